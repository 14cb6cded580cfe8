/* Properties of the whole data, by name. One has its own functions: whether the data is made up. */
#pragma once

#include "store/store.h"

/* store_mark_sample says once, before anything else is written, whether this is sample data; it can
 * never be said otherwise (ERR_DENIED). In the open transaction. */
enum err store_mark_sample(struct store *store, bool is_sample, struct fault *fault) MUST_USE;
/* store_is_sample: data that was never marked is real. */
enum err store_is_sample(struct store *store, bool *out, struct fault *fault) MUST_USE;
