/* The acts socket: several connections at once, each with one request under way; a client that is
 * slow, silent or malformed harms nobody else. What waits together goes into one batch; while the
 * signer has it, the next one is decided. */
#pragma once

#include "centre/centre.h"

#define SERVE_HALF_FRAME 10000 /* milliseconds that half a request may take */

/* Something else that the loop watches, such as the control socket of `status`. handle returns an
 * error to end the loop. */
struct serve_watch {
    int fd;       /* -1: nothing */
    int64_t rest; /* monotonic milliseconds: not looked at before */
    enum err (*handle)(void *context, struct fault *fault);
    void *context;
};

/* Where the loop takes acts from, and what else it watches. */
struct serve_sources {
    int listening;
    int web; /* a handler puts web's socket here, and the loop takes it over; -1: none */
    struct serve_watch *watches;
    size_t num_watches;
};

/* serve_acts answers until stop becomes true (set by a signal) or the centre cannot go on. */
enum err serve_acts(struct centre *centre, struct serve_sources *sources, const volatile int *stop,
                    struct fault *fault) MUST_USE;
