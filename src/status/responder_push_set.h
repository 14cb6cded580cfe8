/* A push set, made and signed by the responder (PROTOCOL.push-set). */
#pragma once

#include "status/responder.h"

/* responder_push_set reads the map of one authority once and appends the signed set; *epoch is what
 * it says. ERR_NOT_FOUND: no certificate in date. */
enum err responder_push_set(struct responder *responder, size_t number, int64_t now,
                            struct buffer *out, uint64_t *epoch) MUST_USE;
uint64_t responder_epoch(const struct responder *responder, size_t authority); /* of the map, now */
