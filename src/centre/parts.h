/* A file that comes in parts, an act each: whose it is, how many lines have come, and the SHA-256
 * of them. It lives in memory: what is not whole when `commit` ends is given up. The last part
 * names the SHA-256 of all, so that what was meant is what came. */
#pragma once

#include "centre/staff.h"
#include "crypto/hash.h"
#include "law/decision.h"

struct act_call;

struct parts {
    int64_t count; /* lines so far */
    char first[STAFF_NAME];
    struct hash_stream *hash; /* NULL: none has begun */
};
void parts_done(struct parts *parts);

/* parts_open begins a file with "from" 0, or goes on with *begun where this is the part behind it;
 * else it refuses. *out is a copy, which takes the place of *begun once the act is on the disk. */
bool parts_open(struct act_call *call, const struct parts *begun, struct parts *out) MUST_USE;
/* parts_add counts what came with this act: so many lines. */
bool parts_add(struct act_call *call, struct parts *parts, int64_t num_lines) MUST_USE;
/* parts_is_last tells whether the act ends the file; parts_end then compares the SHA-256, and
 * answers it. Refused: it is another. */
bool parts_is_last(const struct act_call *call);
bool parts_end(struct act_call *call, struct parts *parts,
               uint8_t digest[static SHA256_LEN]) MUST_USE;
