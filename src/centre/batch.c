/* Many acts at once, in the order that batch.h gives. */
#include "centre/batch.h"

#include "base/clock.h"
#include "base/counters.h"
#include "centre/change.h"
#include "centre/counts.h"

void batch_init(struct batch *batch, struct centre *centre)
{
    batch->centre = centre;
    batch->num = 0;
    batch->is_decided = false;
    batch->signing = NULL;
}

void batch_done(struct batch *batch)
{
    for (size_t i = 0; i < batch->num; i++)
        act_call_done(&batch->calls[i]);
    signing_free(batch->signing);
    batch_init(batch, batch->centre);
}

void batch_add(struct batch *batch, const struct act_peer *peer, struct bytes request)
{
    act_call_init(&batch->calls[batch->num++], batch->centre, peer, request);
}

bool batch_waits(const struct batch *batch)
{
    return batch->signing;
}

static void fail_all(struct batch *batch, enum err err, const char *rule, const struct fault *fault)
{
    for (size_t i = 0; i < batch->num; i++) {
        struct act_call *call = &batch->calls[i];
        if (call->outcome != ACT_FAILED) {
            act_fail(call, err);
            fault_set(&call->fault, err, rule, "%s", fault->text);
        }
    }
}

/* -- deciding -- */

static bool batch_writes(const struct batch *batch)
{
    for (size_t i = 0; i < batch->num; i++)
        if (act_call_writes(&batch->calls[i]))
            return true;
    return false;
}

/* On any thread. */
static void call_parse(void *context, size_t i)
{
    act_call_parse(&((struct act_call *)context)[i]);
}

/* On any thread. */
static void call_prove(void *context, size_t i)
{
    struct act_call *call = &((struct act_call *)context)[i];
    if (call->outcome == ACT_DONE)
        proofs_check(&call->fields, &call->proofs);
}

/* Whoever asked has not been answered before, and none of this depends on who comes first: a staff
 * row or a card that a batch before changes meanwhile counts as changed afterwards. */
void batch_prepare(struct batch *batch)
{
    struct centre *centre = batch->centre;
    workers_each(centre->workers, call_parse, batch->calls, batch->num);
    for (size_t i = 0; i < batch->num; i++) {
        struct act_call *call = &batch->calls[i];
        act_call_admit(call);
        if (call->outcome == ACT_DONE)
            proofs_look(centre->store, &call->fields, &call->proofs);
    }
    workers_begin(centre->workers, &batch->proofs, call_prove, batch->calls, batch->num);
}

/* One transaction, a savepoint for each call. */
static enum err decide_all(struct batch *batch, struct fault *fault)
{
    struct store *store = batch->centre->store;
    enum err err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < batch->num; i++)
        act_call_decide(&batch->calls[i]);
    return store_commit(store, fault);
}

static void batch_decide(struct batch *batch)
{
    struct fault fault = {0};
    workers_end(batch->centre->workers, &batch->proofs);
    if (!batch_writes(batch))
        return;
    int64_t start = clock_monotonic_micro();
    enum err err = decide_all(batch, &fault);
    counter_observe(COUNTER(BATCH_SECONDS), COUNTED_DECIDE, clock_monotonic_micro() - start);
    if (err != ERR_NONE)
        fail_all(batch, err, store_is_undecided(batch->centre->store) ? "undecided" : "not-done",
                 &fault);
    batch->is_decided = err == ERR_NONE;
}

/* -- signing and answering -- */

/* Nobody is told "done": the next start does it. */
static void batch_break(struct batch *batch, enum err err, const struct fault *fault)
{
    batch->centre->is_broken = true;
    batch->is_decided = false;
    fail_all(batch, err, "stored-not-finished", fault);
}

static void batch_receive(struct batch *batch)
{
    struct fault fault = {0};
    enum err err = signing_receive(batch->signing, &fault);
    if (batch->signing)
        counter_observe(COUNTER(BATCH_SECONDS), COUNTED_SIGN,
                        clock_monotonic_micro() - batch->sent_at);
    if (err != ERR_NONE)
        batch_break(batch, err, &fault);
}

/* Nothing goes on behind a batch that broke: what it left unsigned has lower serials. */
static enum err check_whole(const struct batch *batch, struct fault *fault)
{
    return batch->centre->is_broken
               ? fault_set(fault, ERR_STATE, "centre", "acts before could not be finished")
               : ERR_NONE;
}

static void batch_send(struct batch *batch)
{
    if (!batch->is_decided)
        return;
    struct fault fault = {0};
    enum err err = check_whole(batch, &fault);
    batch->sent_at = clock_monotonic_micro();
    if (err == ERR_NONE)
        err = signing_send(batch->centre, &batch->signing, &fault);
    if (err != ERR_NONE)
        batch_break(batch, err, &fault);
}

/* The signatures in a second transaction, then the map. */
static void batch_settle(struct batch *batch)
{
    struct fault fault = {0};
    int64_t start = clock_monotonic_micro();
    enum err err = check_whole(batch, &fault);
    if (err == ERR_NONE)
        err = signing_keep(batch->signing, &fault);
    if (err == ERR_NONE)
        err = change_feed(batch->centre, &fault);
    counter_observe(COUNTER(BATCH_SECONDS), COUNTED_STORE, clock_monotonic_micro() - start);
    if (err != ERR_NONE)
        batch_break(batch, err, &fault);
}

/* On any thread. */
static void call_print(void *context, size_t i)
{
    act_call_print(&((struct act_call *)context)[i]);
}

static void batch_finish(struct batch *batch)
{
    if (batch->is_decided)
        batch_settle(batch);
    for (size_t i = 0; i < batch->num; i++) {
        act_call_finish(&batch->calls[i]);
        counts_call(&batch->calls[i]);
    }
    workers_each(batch->centre->workers, call_print, batch->calls, batch->num);
    signing_free(steal(&batch->signing));
}

void batches_step(struct batch *sent, struct batch *ready)
{
    if (ready->num)
        counter_observe(COUNTER(BATCH_ACTS), 0, (int64_t)ready->num);
    batch_decide(ready);
    batch_receive(sent);
    batch_send(ready);
    batch_finish(sent);
    if (!batch_waits(ready))
        batch_finish(ready);
}
