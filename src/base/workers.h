/* Threads that do the same piece of work for each of many things, such as checking signatures: what
 * needs nothing but memory, and takes longer than handing it over. */
#pragma once

#include <stddef.h>

#include "base/err.h"

struct workers;

/* workers_new starts num threads beside the caller's; 0: as many as there are processors,
 * WORKERS_MAX at most. ERR_MEMORY when one cannot be started. */
#define WORKERS_MAX 16
enum err workers_new(unsigned num, struct workers **out) MUST_USE;
void workers_free(struct workers *workers); /* takes NULL */

/* workers_each runs function(context, i) for each i below num, on all threads and on the caller's,
 * and returns when all are done. One caller at a time. workers may be NULL: then on the caller's
 * thread alone. */
void workers_each(struct workers *workers, void (*function)(void *context, size_t i), void *context,
                  size_t num);
