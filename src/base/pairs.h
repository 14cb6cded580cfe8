/* The form of our configuration files: lines of `key = value`, one blank on each side of the sign;
 * empty lines, and lines that begin with '#'. Nothing else. What a key means is the caller's. */
#pragma once

#include "base/bytes.h"

struct pairs {
    struct bytes left;
    int line; /* of the pair that was read last, from 1 */
};

struct pairs pairs_of(struct bytes text);

/* pairs_next reads the next pair; both are borrowed from the text and not empty. ERR_NOT_FOUND at
 * the end; ERR_MALFORMED, with the line in the fault, for a line of another form or without its
 * newline.
 */
enum err pairs_next(struct pairs *pairs, struct bytes *key, struct bytes *value,
                    struct fault *fault) MUST_USE;

/* pairs_complain says what is wrong with the pair that was read last, and returns ERR_MALFORMED. */
enum err pairs_complain(const struct pairs *pairs, const char *rule, const char *text,
                        struct fault *fault);
