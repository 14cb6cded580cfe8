/* Status's side of the control socket to commit. */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"

enum err control_send_wish(int fd, struct bytes spki) MUST_USE;
/* control_receive_responder appends the certificate that commit sent. */
enum err control_receive_responder(int fd, int timeout, enum kind *kind,
                                   struct buffer *certificate) MUST_USE;
