/* Carrying out what law/events decides. */
#include "centre/outcome.h"

#include "centre/mass.h"

static const struct reason reason_mass_held = {"event", "", "mass-held",
                                               "a mass hold that has not ended holds it still",
                                               "一括の一時保留が続いているため、保留のままです"};
static const struct reason reason_not_yet = {
    "event", "", "not-yet", "The day of this event is still to come. Enter it on that day.",
    "この事由の効力発生日はまだ到来していません。当日に入力してください。"};

static void facts_of(const struct act_call *call, const struct outcome_request *request,
                     enum card_state card, struct event_facts *out)
{
    struct date today = date_of_time(call->now);
    *out = (struct event_facts){
        .event = request->event,
        .kinds = request->kinds,
        .certificate = {CERTIFICATE_NONE, CERTIFICATE_NONE},
        .card = card,
        .on = request->recorded.year ? request->recorded : today,
        .effective = request->effective.year ? request->effective : today,
    };
}

/* When a revocation counts from: the hold's time, the event's own past day, or now. */
static int64_t time_of(const struct act_call *call, const struct certificate *row,
                       const struct event_outcome *outcome)
{
    if (row->state == STATUS_HELD)
        return row->since;
    int64_t day = outcome->effective.year ? date_start(outcome->effective) : call->now;
    int64_t time = day < call->now ? day : call->now;
    if (outcome->effective.year && date_compare(outcome->effective, date_of_time(call->now)) == 0)
        time = call->now;
    return time < row->issued ? row->issued : time;
}

/* The states to which effects lead; what is not here changes nothing. */
static const struct {
    enum effect effect;
    enum status_state state;
} effect_states[] = {
    {EFFECT_HELD, STATUS_HELD},
    {EFFECT_RELEASED, STATUS_GOOD},
    {EFFECT_REVOKED, STATUS_REVOKED},
    {EFFECT_SUPERSEDED, STATUS_REVOKED},
};

bool outcome_state(enum effect effect, enum status_state *out)
{
    for (size_t i = 0; i < COUNT_OF(effect_states); i++)
        if (effect_states[i].effect == effect) {
            *out = effect_states[i].state;
            return true;
        }
    return false;
}

static int64_t since_of(const struct act_call *call, const struct certificate *row,
                        const struct event_outcome *outcome, enum status_state state)
{
    return state == STATUS_HELD   ? call->now
           : state == STATUS_GOOD ? 0
                                  : time_of(call, row, outcome);
}

static bool change_one(struct act_call *call, const struct certificate *row,
                       const struct event_outcome *outcome, enum status_state state,
                       int64_t application)
{
    int64_t since = since_of(call, row, outcome, state);
    enum status_reason reason =
        state == STATUS_REVOKED ? (enum status_reason)outcome->reason : STATUS_UNSPECIFIED;
    return act_ok(call, certificate_change(call->centre, row, state, reason, since, application,
                                           &call->fault));
}

static void tell(struct act_call *call, const char *what, int64_t serial,
                 const struct event_outcome *outcome, int64_t since)
{
    json_t *list = json_object_get(call->answer, "outcome");
    if (!list) {
        list = json_array();
        json_object_set_new(call->answer, "outcome", list);
    }
    json_array_append_new(
        list, json_pack("{s:s, s:I, s:s, s:s, s:s, s:s, s:s, s:I}", "what", what, "serial",
                        (json_int_t)serial, "effect", effect_name(outcome->effect), "statements",
                        outcome->why.statements, "code", outcome->why.code, "en", outcome->why.en,
                        "ja", outcome->why.ja, "since", (json_int_t)since));
    act_note(call, what, "%s %lld", effect_name(outcome->effect), (long long)serial);
}

/* Two may hold a certificate: a person who reported something, and a mass act. A report makes a
 * hold by a mass act the person's too; so the end of the mass act does not release it. */
static bool join_hold(struct act_call *call, struct event_facts *facts,
                      const struct certificate *row)
{
    if (!row->held_by)
        return true;
    facts->certificate[row->kind] = CERTIFICATE_GOOD;
    struct event_answer answer = event_decide(&call->centre->policy, facts);
    return answer.certificate[row->kind].effect != EFFECT_HELD ||
           act_ok(call, certificate_hold_by(call->centre, row, 0, &call->fault));
}

/* And what a person may release stays held while a mass act lists it. *is_kept tells. */
static bool keep_mass_hold(struct act_call *call, const struct certificate *row, bool *is_kept)
{
    int64_t holder;
    const struct event_outcome stays = {.effect = EFFECT_UNCHANGED, .why = reason_mass_held};
    if (!act_ok(call, mass_holder(call->centre, row->kind, row->serial, &holder, &call->fault)))
        return false;
    *is_kept = holder != 0;
    if (!*is_kept)
        return true;
    tell(call, kind_name(row->kind), row->serial, &stays, row->since);
    return act_ok(call, certificate_hold_by(call->centre, row, holder, &call->fault));
}

static bool apply_to_certificate(struct act_call *call, const struct outcome_request *request,
                                 enum card_state card, const struct certificate *row)
{
    struct event_facts facts;
    facts_of(call, request, card, &facts);
    facts.certificate[row->kind] = certificate_state_on(row, date_of_time(call->now));
    facts.has_held_since = row->state == STATUS_HELD;
    facts.held_since = row->since;
    struct event_answer answer = event_decide(&call->centre->policy, &facts);
    if (!act_allows(call, &answer.ruling))
        return false;
    const struct event_outcome *outcome = &answer.certificate[row->kind];
    bool is_kept = false;
    if (outcome->effect == EFFECT_RELEASED && !keep_mass_hold(call, row, &is_kept))
        return false;
    enum status_state state;
    if (is_kept)
        return true;
    if (!outcome_state(outcome->effect, &state))
        return join_hold(call, &facts, row);
    tell(call, kind_name(row->kind), row->serial, outcome, since_of(call, row, outcome, state));
    return change_one(call, row, outcome, state, request->application);
}

static bool apply_to_card(struct act_call *call, const struct outcome_request *request,
                          struct resident *resident)
{
    struct event_facts facts;
    facts_of(call, request, resident->card_state, &facts);
    struct event_answer answer = event_decide(&call->centre->policy, &facts);
    if (!act_allows(call, &answer.ruling))
        return false;
    enum card_state after = card_state_after(resident->card_state, answer.card.effect);
    if (after == resident->card_state || request->keeps_card)
        return true;
    tell(call, "card", 0, &answer.card, call->now);
    resident->card_state = after;
    return act_ok(call, resident_update(call->centre->store, resident, &call->fault));
}

static bool is_ahead(const struct act_call *call, const struct outcome_request *request)
{
    return request->effective.year &&
           date_compare(request->effective, date_of_time(call->now)) > 0 &&
           request->event != EVENT_MOVE_OUT_FILED;
}

/* What is found was held: a certificate that nobody held, or a mass act alone, is not touched by
 * it. page:S43 */
static bool is_concerned(const struct outcome_request *request, const struct certificate *row)
{
    return !event_ends_hold(request->event) || (row->state == STATUS_HELD && !row->held_by);
}

bool outcome_apply(struct act_call *call, struct resident *resident,
                   const struct outcome_request *request)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    struct date today = date_of_time(call->now);
    if (is_ahead(call, request))
        return act_refuse(call, &reason_not_yet);
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_RESIDENT,
                                       value_integer(resident->number), &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++)
        if (certificate_is_live(&list.rows[i], today) && is_concerned(request, &list.rows[i]) &&
            !apply_to_certificate(call, request, resident->card_state, &list.rows[i]))
            return false;
    return !resident->card_id[0] || apply_to_card(call, request, resident);
}

bool outcome_supersede(struct act_call *call, const struct certificate *successor)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    const struct outcome_request request = {
        .event = EVENT_RENEWED,
        .kinds = 1u << successor->kind,
        .application = successor->application,
    };
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_RESIDENT,
                                       value_integer(successor->resident), &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++) {
        const struct certificate *row = &list.rows[i];
        bool is_predecessor = row->kind == successor->kind && row->serial < successor->serial &&
                              certificate_is_live(row, date_of_time(call->now));
        if (is_predecessor && !apply_to_certificate(call, &request, CARD_GOOD, row))
            return false;
    }
    return true;
}
