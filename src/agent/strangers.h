/* How many connections of others were refused: whoever makes them would otherwise write the log. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#define STRANGERS_QUIET 60000 /* milliseconds between two lines about them */

struct strangers {
    int64_t quiet_until; /* clock_boot */
    unsigned num;        /* since it was said */
};

/* strangers_count counts one more. true: it is to be said, and *num is how many came since then. */
bool strangers_count(struct strangers *strangers, int64_t now, unsigned *num);
