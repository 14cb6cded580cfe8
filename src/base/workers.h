/* Threads that do small pieces of work which need nothing but memory, such as checking signatures,
 * while their owner goes on. The owner's loop watches workers_fd and takes back what is done. */
#pragma once

#include <stddef.h>

#include "base/err.h"

/* A piece of work; embedded by the owner, who keeps it until it was taken back. */
struct job {
    void (*run)(struct job *job, unsigned thread); /* thread: 0 … num - 1 */
    struct job *next;
    struct barrier *barrier; /* of workers_each; NULL in an owner's job */
};

struct workers;

/* workers_new starts num threads; 0: as many as there are processors, WORKERS_MAX at most. */
#define WORKERS_MAX 16
enum err workers_new(unsigned num, struct workers **out) MUST_USE;
void workers_free(struct workers *workers); /* takes NULL; what was not begun is not run */
unsigned workers_num(const struct workers *workers);

void workers_give(struct workers *workers, struct job *job);
/* workers_fd is readable when something was done since workers_take last found nothing. */
int workers_fd(const struct workers *workers);
/* workers_take gives one that is done, in no special order; NULL: none at this moment. */
struct job *workers_take(struct workers *workers);

/* workers_each runs function(context, i) for each i below num, on all threads and on the caller's,
 * and returns when all are done. workers may be NULL: then on the caller's alone. */
void workers_each(struct workers *workers, void (*function)(void *context, size_t i), void *context,
                  size_t num);
