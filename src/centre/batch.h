/* Acts that came together: decided in one transaction, signed at once, answered together. Three
 * batches are under way: of one the proofs are checked on other threads, one is decided, one is at
 * the signer.
 *
 *     batch_prepare     reads the requests; proofs begin
 *     batch_decide      of the batch before: all checks, one transaction; what is to be signed is
 *                       durable
 *     batch_receive     of the batch before that: its signatures, verified
 *     batch_send        what is to be signed goes to the signer
 *     batch_finish      signatures durable, map, answers
 *
 * batches_step keeps the order of the last four. No answer leaves before what it says is durable.
 */
#pragma once

#include "base/workers.h"
#include "centre/act.h"
#include "centre/signing.h"

struct batch {
    struct centre *centre;
    size_t num;
    struct act_call calls[LIMIT_ACT_BATCH];
    struct task proofs; /* under way between batch_prepare and batch_decide */
    bool is_decided;    /* what the calls wrote is durable; not finished yet */
    struct signing *signing;
    int64_t sent_at; /* to the signer; monotonic microseconds */
};

/* batch_init makes it empty; batch_done ends its calls. */
void batch_init(struct batch *batch, struct centre *centre);
void batch_done(struct batch *batch);

/* batch_add takes one request as it came; its bytes are borrowed until the answer. At most
 * LIMIT_ACT_BATCH. */
void batch_add(struct batch *batch, const struct act_peer *peer, struct bytes request);

/* batch_prepare reads what was added. Until batches_step, proofs are checked on other threads. */
void batch_prepare(struct batch *batch);
/* batches_step decides `ready`, which was prepared, and sends it; meanwhile it finishes `sent`.
 * Either may be empty. Afterwards the calls of `sent` have their answers, JSON, in call->message,
 * and so have those of `ready` unless batch_waits. It never fails: what is wrong is in
 * call->outcome. */
void batches_step(struct batch *sent, struct batch *ready);
/* batch_waits: the signer has it. */
bool batch_waits(const struct batch *batch);
