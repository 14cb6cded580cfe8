/* What a descriptor holds, as memory that is only read: for content too long to copy. */
#pragma once

#include "base/bytes.h"

struct mapping {
    void *at; /* NULL: none */
    size_t len;
};
void mapping_done(struct mapping *mapping);
#define CLEANUP_MAPPING CLEANUP(mapping_done)

/* mapping_open maps all of fd, which may be closed afterwards. ERR_LIMIT when it is empty or longer
 * than cap bytes. */
enum err mapping_open(int fd, size_t cap, struct mapping *out, struct fault *fault) MUST_USE;
struct bytes mapping_bytes(const struct mapping *mapping); /* borrowed */
