/* Answers that were made before, found by the very bytes of their request: one signature serves
 * every request of the next minutes. An answer counts only while what it says is still so: the
 * word of its serial, its responder certificate and its time are held against the present. Answers
 * to requests with a nonce are never kept. The responder certificate, with which every answer ends,
 * is not kept in each of them: the caller puts it behind what it finds. */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"

struct answers;

/* What an answer was made from. */
struct answer_basis {
    size_t authority; /* of the responder's */
    uint64_t serial;
    uint64_t word;       /* of the map */
    uint64_t delegation; /* number of the responder certificate */
    int64_t made, end;   /* thisUpdate, nextUpdate */
};

enum err answers_new(struct answers **out) MUST_USE; /* LIMIT_STATUS_ANSWERS */
void answers_free(struct answers *answers);          /* takes NULL */

/* answers_find appends the answer to this request up to the certificate, and tells what it was made
 * from; false when there is none. The caller decides whether the basis still holds. Any thread may
 * call both. */
bool answers_find(struct answers *answers, struct bytes request, struct buffer *out,
                  struct answer_basis *basis) MUST_USE;
/* answers_keep takes a copy of an answer up to the certificate, in place of another if need be.
 * What is too long is not kept. */
void answers_keep(struct answers *answers, struct bytes request, struct bytes answer,
                  const struct answer_basis *basis);
