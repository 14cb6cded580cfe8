/* Events whose day is still to come, as the centre's turn sees them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct centre;

/* Part of the centre. Zeroed: there may be something to do. */
struct event_desk {
    int32_t day;   /* on which nothing is due any more */
    int64_t after; /* of those who leave on this day: looked at up to this resident */
};

/* event_turn lets one event happen whose day has come, in a transaction of its own; *has_more when
 * it is to be called again at once. */
enum err event_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
