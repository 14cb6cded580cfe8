/* What a terminal of the counter asks over HTTP (docs/PROTOCOL.terminal). Nothing is decided here.
 */
#pragma once

#include "web/page.h"

/* terminal_post is a handler of http/server.h: one act of a terminal, JSON in and out. */
void terminal_post(void *context, const struct http_request *request,
                   struct http_response *response);
