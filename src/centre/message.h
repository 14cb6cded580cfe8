/* A message of the acts socket as JSON: counted before it is built, since a few bytes of text can
 * become a hundred times as much memory. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"

/* message_load reads one JSON value of at most LIMIT_ACT_VALUES parts, no name twice. The caller
 * owns *out. ERR_MALFORMED, or ERR_LIMIT. */
enum err message_load(struct bytes text, json_t **out, struct fault *fault) MUST_USE;
