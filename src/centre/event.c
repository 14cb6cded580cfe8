/* The acts on events: what comes in is registry's, what follows for certificates is law's. */
#include "centre/event.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "centre/import.h"
#include "centre/outcome.h"
#include "centre/town.h"
#include "crypto/random.h"
#include "registry/change_event.h"

static const struct reason reason_two_persons = {"two-persons", "S45", "two-persons",
                                                 "Two persons decide this, in an act of its own.",
                                                 "専用の操作で、職員2名により処理してください。"};
static const struct reason reason_not_of_register = {
    "registry", "", "not-of-the-register", "Only events of the resident register come this way.",
    "ここで受け付けるのは住民記録の異動だけです。"};
static const struct reason reason_own_reference = {"registry", "", "own-reference",
                                                   "Numbers that begin so are the centre's own.",
                                                   "この形式の番号は、認証局が使用します。"};
static const struct reason reason_not_by_record = {
    "registry", "", "not-by-record", "The record does not allow this event on its day.",
    "住民票の記載内容により、この異動を処理できません。"};
static const struct reason reason_no_reference = {"registry", "", "no-reference",
                                                  "An event has its sender's number.",
                                                  "異動には送信元の番号が必要です。"};
static const struct reason reason_recorded_ahead = {"registry", "", "recorded-ahead",
                                                    "What is recorded later is not recorded yet.",
                                                    "記載日が未来の日付です。"};
static const struct reason reason_another_event = {
    "registry", "", "another-event", "Another event came under this number.",
    "この番号では、内容の異なる異動を受け付けています。"};
static const struct reason reason_died = {"registry", "", "has-died",
                                          "This resident has died; only a record error is mended.",
                                          "亡くなった方の記録です。誤りの訂正以外はできません。"};
static const struct reason reason_order = {
    "registry", "", "out-of-order", "An event that was recorded later has changed the same item.",
    "より新しい記載日の異動が、同じ項目をすでに変更しています。"};
static const struct reason reason_card_comes = {
    "registry", "", "card-is-imported", "An import that is under way gives this card to somebody.",
    "実行中の取込みに、このカードを持つ住民が含まれています。"};

/* -- an event -- */

/* Events that end a certificate only because one of the four is another now. page:S09 */
static bool is_about_the_four(enum event event)
{
    static const enum event events[] = {EVENT_MOVED_WITHIN, EVENT_RENAMED, EVENT_SEX_CORRECTED,
                                        EVENT_BIRTH_DATE_CORRECTED, EVENT_ADDRESS_RENAMED};
    for (size_t i = 0; i < COUNT_OF(events); i++)
        if (events[i] == event)
            return true;
    return false;
}

static bool card_may_come(struct act_call *call, const char *card)
{
    bool awaits = false;
    return act_ok(call, import_awaits(call->centre, card, &awaits, &call->fault)) &&
           (!awaits || act_refuse(call, &reason_card_comes));
}

static bool event_changes(struct act_call *call, struct change_event *out)
{
    const char *name;
    json_t *value;
    json_object_foreach (call->fields.changes, name, value) {
        if (out->num_changes == CHANGE_EVENT_ITEMS)
            return act_ok(call, fault_set(&call->fault, ERR_LIMIT, "changes", "more than %d",
                                          CHANGE_EVENT_ITEMS));
        struct item_change *change = &out->changes[out->num_changes++];
        change->value = json_string_value(value);
        if (item_parse_name(name, &change->item) != ERR_NONE)
            return act_ok(call, fault_set(&call->fault, ERR_MALFORMED, "changes",
                                          "no item is called %.40s", name));
        if (change->item == ITEM_CARD_ID && !card_may_come(call, change->value))
            return false;
    }
    return true;
}

static bool event_make(struct act_call *call, struct change_event *out)
{
    struct date today = date_of_time(call->now);
    uint8_t random[8];
    *out = (struct change_event){.resident = call->fields.resident,
                                 .event = call->fields.event,
                                 .recorded = today,
                                 .is_recorded_assumed = !act_has(call, FIELD_RECORDED),
                                 .is_effective_assumed = !act_has(call, FIELD_EFFECTIVE)};
    if (act_has(call, FIELD_RECORDED))
        out->recorded = call->fields.recorded;
    out->effective = act_has(call, FIELD_EFFECTIVE) ? call->fields.effective : out->recorded;
    random_bytes(random, sizeof random);
    hex_print(random, sizeof random, out->number);
    if (act_has(call, FIELD_REFERENCE))
        memcpy(out->number, call->fields.reference, sizeof out->number);
    return event_changes(call, out);
}

/* What the register decides is a refusal; what it cannot read is an error. */
static bool check_applied(struct act_call *call, enum err err)
{
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &town_no_resident);
    if (err == ERR_EXISTS && strcmp(call->fault.rule, "number") == 0)
        return act_refuse(call, &reason_another_event);
    if (err == ERR_STATE && strcmp(call->fault.rule, "residence") == 0)
        return act_refuse(call, &reason_died);
    if (err == ERR_STATE && strcmp(call->fault.rule, "order") == 0)
        return act_refuse(call, &reason_order);
    return act_ok(call, err);
}

bool event_apply(struct act_call *call, const struct change_event *event, struct change_answer *out)
{
    return check_applied(call, change_event_apply(call->centre->store, event,
                                                  &call->centre->municipalities,
                                                  call->centre->substitutes, out, &call->fault));
}

/* The record first, then the certificates, where anything follows for them. */
static bool apply_to_register(struct act_call *call)
{
    struct change_event event;
    struct change_answer answer;
    if (!event_make(call, &event) || !event_apply(call, &event, &answer))
        return false;
    act_answer(call, "known", json_boolean(answer.was_known));
    if (call->actor.roles != ROLE_SENDER) /* a program that sends learns nothing of the record */
        act_answer(call, "resident", town_resident_json(&answer.after));
    act_answer(call, "reference", json_string(event.number));
    if (answer.was_known)
        return event_tell_effects(call, event.number);
    if (!answer.four_changed && is_about_the_four(event.event))
        return true;
    /* The record has the new card already; what a re-issue makes void is the old one. */
    const struct outcome_request request = {.event = event.event,
                                            .kinds = call->fields.kinds,
                                            .effective = call->fields.effective,
                                            .recorded = call->fields.recorded,
                                            .keeps_card = event.event == EVENT_CARD_REISSUED};
    return outcome_apply(call, &answer.after, &request) && event_keep_effects(call, event.number);
}

/* What is not of the register: cards, keys and PINs. */
static bool apply_to_certificates(struct act_call *call)
{
    struct resident resident;
    const struct outcome_request request = {.event = call->fields.event,
                                            .kinds = call->fields.kinds,
                                            .effective = call->fields.effective};
    enum err err =
        resident_find(call->centre->store, call->fields.resident, &resident, &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &town_no_resident);
    if (!act_ok(call, err))
        return false;
    act_answer(call, "resident", town_resident_json(&resident));
    return outcome_apply(call, &resident, &request);
}

/* A filed move is in the record from now on, with its day: law says what follows on that. */
static bool is_ahead(const struct act_call *call)
{
    return change_event_knows(call->fields.event) && act_has(call, FIELD_EFFECTIVE) &&
           date_compare(call->fields.effective, date_of_time(call->now)) > 0 &&
           call->fields.event != EVENT_MOVE_OUT_FILED;
}

/* Tried, as if its day had come, so that what is wrong with it is said now; then put back. */
static bool wait_for_day(struct act_call *call)
{
    char day[DATE_TEXT];
    struct change_event event;
    struct change_answer answer;
    struct store *store = call->centre->store;
    if (!act_ok(call, store_savepoint(store, &call->fault)))
        return false;
    bool is_good = event_make(call, &event) && event_apply(call, &event, &answer);
    if (!act_ok(call, store_rollback_to(store, &call->fault)) || !is_good)
        return false;
    if (answer.was_known)
        return act_refuse(call, &reason_another_event);
    act_answer(call, "known", json_false());
    act_answer(call, "reference", json_string(event.number));
    act_answer(call, "waits", json_string(date_print(event.effective, day)));
    return act_has(call, FIELD_REFERENCE) ? event_ahead_add(call)
                                          : act_refuse(call, &reason_no_reference);
}

static bool check_sender(struct act_call *call)
{
    if (call->actor.roles != ROLE_SENDER)
        return true;
    if (!change_event_knows(call->fields.event))
        return act_refuse(call, &reason_not_of_register);
    return act_has(call, FIELD_REFERENCE) || act_refuse(call, &reason_no_reference);
}

static bool decide(struct act_call *call)
{
    bool is_known = false;
    if (event_needs_two(call->fields.event))
        return act_refuse(call, &reason_two_persons);
    if (!check_sender(call))
        return false;
    if (!call->is_due && strncmp(call->fields.reference, EVENT_OWN, strlen(EVENT_OWN)) == 0)
        return act_refuse(call, &reason_own_reference);
    if (act_has(call, FIELD_RECORDED) &&
        date_compare(call->fields.recorded, date_of_time(call->now)) > 0)
        return act_refuse(call, &reason_recorded_ahead);
    if (!change_event_knows(call->fields.event))
        return apply_to_certificates(call);
    if (!call->is_due && act_has(call, FIELD_REFERENCE) &&
        (!event_ahead_known(call, &is_known) || is_known))
        return is_known;
    return is_ahead(call) ? wait_for_day(call) : apply_to_register(call);
}

/* What the record does not allow on an event's day is a refusal, with its entry, like any other. */
static bool refuse_due(struct act_call *call)
{
    enum err err = call->fault.code;
    bool is_of_record = err == ERR_MALFORMED || err == ERR_LIMIT || err == ERR_EXISTS;
    return call->is_due && call->outcome == ACT_FAILED && is_of_record &&
           act_refuse(call, &reason_not_by_record);
}

bool event_run(struct act_call *call)
{
    return decide(call) || refuse_due(call);
}

/* A day may have come already. */
bool event_finish(struct act_call *call)
{
    call->centre->events = (struct event_desk){0};
    return true;
}
