/* One piece of work on a thread of its own, while the caller goes on with other things and asks now
 * and then whether it is done. */
#pragma once

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "base/err.h"

typedef enum err errand_function(void *context, struct fault *fault);

struct errand {
    bool is_begun;
    pthread_t thread;
    errand_function *function;
    void *context;
    _Atomic bool is_done;
    enum err err;
    struct fault fault;
};

/* errand_begin starts it; nothing else is under way in this struct, which stays where it is until
 * errand_end. ERR_MEMORY when no thread can be started. */
enum err errand_begin(struct errand *errand, errand_function *function, void *context) MUST_USE;
bool errand_is_done(const struct errand *errand); /* errand_end will not wait */
/* errand_end waits, and gives what the function returned, with its fault. */
enum err errand_end(struct errand *errand, struct fault *fault) MUST_USE;
