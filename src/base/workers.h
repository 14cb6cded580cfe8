/* Threads that do the same piece of work for each of many things, such as checking signatures: what
 * needs nothing but memory, and takes longer than handing it over. */
#pragma once

#include <stdatomic.h>
#include <stddef.h>

#include "base/err.h"

struct workers;

/* What is under way. Its fields are the workers' own. */
struct task {
    void (*function)(void *context, size_t i);
    void *context;
    size_t num;
    _Atomic size_t next;
    unsigned num_busy; /* threads that are at it */
    struct task *older;
};

/* workers_new starts num threads beside the caller's; 0: as many as there are processors,
 * WORKERS_MAX at most. ERR_MEMORY when one cannot be started. */
#define WORKERS_MAX 16
enum err workers_new(unsigned num, struct workers **out) MUST_USE;
void workers_free(struct workers *workers); /* takes NULL */

/* workers_begin has function(context, i) run for each i below num, on all threads, and returns at
 * once; workers_end helps, and returns when all are done: once for each task that was begun, which
 * stays where it is until then. What was begun last is worked off first. One caller's thread for
 * one `workers`. workers may be NULL: then workers_end does it all. */
void workers_begin(struct workers *workers, struct task *task,
                   void (*function)(void *context, size_t i), void *context, size_t num);
void workers_end(struct workers *workers, struct task *task);

/* workers_each is workers_begin and workers_end. */
void workers_each(struct workers *workers, void (*function)(void *context, size_t i), void *context,
                  size_t num);
