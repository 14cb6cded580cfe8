/* Random bytes for keys, nonces and serials. Ends the process when the system has none: nothing
 * sensible can go on without them. */
#pragma once

#include <stddef.h>

void random_bytes(void *out, size_t len);
