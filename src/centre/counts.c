#include "centre/counts.h"

#include "base/clock.h"
#include "base/counters.h"

#define PARKED_MILLISECONDS 5000 /* between two looks at how many wait */

/* The place of an act in the tables, one behind the other. */
static unsigned place_of(const struct centre *centre, const struct act *act)
{
    size_t place = 0;
    for (size_t t = 0; t < centre->num_tables; t++) {
        const struct act_table *table = &centre->tables[t];
        if (act >= table->acts && act < table->acts + table->num_acts)
            return (unsigned)(place + (size_t)(act - table->acts));
        place += table->num_acts;
    }
    return COUNTED_ACTS;
}

static enum counted_outcome outcome_of(const struct act_call *call)
{
    static const enum counted_outcome outcomes[] = {
        [ACT_FAILED] = COUNTED_FAILED, [ACT_REFUSED] = COUNTED_REFUSED, [ACT_DONE] = COUNTED_DONE};
    return call->outcome == ACT_DONE && call->parked_now ? COUNTED_PARKED : outcomes[call->outcome];
}

void counts_call(const struct act_call *call)
{
    unsigned place = call->act ? place_of(call->centre, call->act) : COUNTED_ACTS;
    counter_act(place, call->act ? call->act->name : "", outcome_of(call));
    if (call->outcome == ACT_REFUSED)
        counter_add(COUNTER(REASONS),
                    counter_named(COUNTER(REASONS), "reason", call->refusal.reason.code), 1);
}

enum err counts_turn(struct centre *centre, struct fault *fault)
{
    int64_t now = clock_monotonic(), num = 0;
    if (centre->parked_counted_at && now - centre->parked_counted_at < PARKED_MILLISECONDS)
        return ERR_NONE;
    enum err err =
        store_ask_integer(centre->store, STATEMENT_PARKED_WAITING, NO_VALUES, &num, fault);
    if (err != ERR_NONE)
        return err;
    centre->parked_counted_at = now;
    counter_set(COUNTER(PARKED), 0, (uint64_t)num);
    return ERR_NONE;
}
