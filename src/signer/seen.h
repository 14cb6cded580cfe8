/* A set of 32-byte digests: what was signed before. It only grows, and lives as long as the signer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

#define SEEN_LEN 32

struct seen {
    uint8_t (*rows)[SEEN_LEN]; /* a row of zeros is free */
    size_t num_rows, num_used; /* num_rows is 0 or a power of two */
};

void seen_init(struct seen *seen);
void seen_done(struct seen *seen);
/* seen_reserve makes room for `more` digests, so that adding them cannot fail. */
enum err seen_reserve(struct seen *seen, size_t more) MUST_USE;
void seen_add(struct seen *seen, const uint8_t digest[static SEEN_LEN]);
bool seen_has(const struct seen *seen, const uint8_t digest[static SEEN_LEN]);
