/* Acts that came together: decided in one transaction, signed at once, answered together. While
 * the signer has one batch, the next one is decided:
 *
 *     batch_decide      all checks, one transaction; what is to be signed is durable
 *     batch_receive     of the batch before: its signatures, verified
 *     batch_send        what is to be signed goes to the signer
 *     batch_finish      of the batch before: signatures durable, map, answers
 *
 * batches_step keeps that order. No answer leaves before what it says is durable. */
#pragma once

#include "centre/act.h"
#include "centre/signing.h"

struct batch {
    struct centre *centre;
    size_t num;
    struct act_call calls[LIMIT_ACT_BATCH];
    bool is_decided; /* what the calls wrote is durable; not finished yet */
    struct signing *signing;
};

/* batch_init makes it empty; batch_done ends its calls. */
void batch_init(struct batch *batch, struct centre *centre);
void batch_done(struct batch *batch);

/* batch_add takes one request as it came; its bytes are borrowed until the answer. At most
 * LIMIT_ACT_BATCH. */
void batch_add(struct batch *batch, const struct act_peer *peer, struct bytes request);

/* batches_step decides `next` and sends it, and finishes `before` meanwhile; either may be
 * empty. Afterwards the calls of `before` have their answers, JSON, in call->message, and so have
 * those of `next` unless batch_waits. It never fails: what is wrong is in call->outcome. */
void batches_step(struct batch *before, struct batch *next);
/* batch_waits: the signer has it. */
bool batch_waits(const struct batch *batch);
