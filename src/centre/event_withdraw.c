/* Withdrawing an event that is not in effect yet. */
#include "base/encoding.h"
#include "base/limits.h"
#include "centre/event.h"
#include "crypto/hash.h"
#include "store/rows.h"

static const struct reason reason_no_event = {
    "registry", "", "no-event", "No event came under this number.", "この番号の異動はありません。"};
static const struct reason reason_in_effect = {
    "registry", "", "in-effect",
    "The event is in effect. What it changed is changed by another event; certificates that ended "
    "stay so.",
    "この異動はすでに効力が生じています。別の異動で訂正してください。失効した電子証明書は元に戻りま"
    "せ"
    "ん。"};
static const struct reason reason_was_refused = {
    "registry", "", "was-refused",
    "The event was refused on its day; there is nothing to withdraw.",
    "この異動は効力発生日に受け付けられませんでした。取り下げるものはありません。"};

struct applied {
    int64_t resident;
    enum event event;
    struct date effective;
};

static bool find_applied(struct act_call *call, struct applied *out)
{
    char name[64] = "";
    struct rows rows CLEANUP_ROWS = {0};
    store_query(call->centre->store, STATEMENT_RESIDENT_EVENT_FIND,
                VALUES(value_text(call->fields.reference)), &rows, &call->fault);
    bool is_there = rows_next(&rows);
    if (is_there) {
        out->resident = row_integer(&rows, 0);
        row_copy_text(&rows, 1, name, sizeof name);
        out->effective = date_of_days((int32_t)row_integer(&rows, 3));
    }
    if (!act_ok(call, rows_end(&rows)))
        return false;
    if (!is_there || event_parse(name, &out->event) != ERR_NONE)
        return act_refuse(call, &reason_no_event);
    return true;
}

static bool refuse_in_effect(struct act_call *call, struct date since)
{
    struct ruling ruling = ruling_refuse(&reason_in_effect);
    ruling.date = since;
    return act_refuse_ruling(call, &ruling);
}

/* A filed move is in the record: withdrawn by an event of its own, whose number follows from it. */
static bool withdraw_filing(struct act_call *call, const struct applied *filing)
{
    struct change_answer answer;
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of_text(call->fields.reference), digest);
    struct change_event event = {.resident = filing->resident,
                                 .event = EVENT_MOVE_OUT_WITHDRAWN,
                                 .recorded = date_of_time(call->now),
                                 .effective = date_of_time(call->now),
                                 .is_recorded_assumed = true,
                                 .is_effective_assumed = true};
    hex_print(digest, (sizeof event.number - 1) / 2, event.number);
    if (!event_apply(call, &event, &answer))
        return false;
    if (!answer.was_known && (answer.before.residence != RESIDENCE_HERE ||
                              date_compare(answer.before.leaves_on, filing->effective) != 0))
        return refuse_in_effect(call, filing->effective);
    act_answer(call, "known", json_boolean(answer.was_known));
    return true;
}

static bool withdraw_ahead(struct act_call *call, const struct event_ahead *ahead)
{
    act_is_about(call, ahead->resident);
    switch (ahead->state) {
    case AHEAD_DONE:
        return refuse_in_effect(call, date_of_days((int32_t)ahead->effective));
    case AHEAD_REFUSED:
        return act_refuse(call, &reason_was_refused);
    case AHEAD_WITHDRAWN:
    case AHEAD_WAITS:
        break;
    }
    act_answer(call, "known", json_boolean(ahead->state == AHEAD_WITHDRAWN));
    return ahead->state == AHEAD_WITHDRAWN ||
           act_ok(call, event_ahead_decide(call->centre, ahead->number, AHEAD_WITHDRAWN, NULL,
                                           call->now, &call->fault));
}

bool event_withdraw(struct act_call *call)
{
    struct applied applied;
    struct event_ahead ahead = {0};
    buffer_init(&ahead.fields, LIMIT_STORE_VALUE);
    act_answer(call, "reference", json_string(call->fields.reference));
    enum err err = event_ahead_read(call->centre, STATEMENT_EVENT_AHEAD_FIND,
                                    value_text(call->fields.reference), &ahead, &call->fault);
    buffer_done(&ahead.fields);
    if (err == ERR_NONE)
        return withdraw_ahead(call, &ahead);
    if (err != ERR_NOT_FOUND)
        return act_fail(call, err);
    if (!find_applied(call, &applied))
        return false;
    act_is_about(call, applied.resident);
    bool is_filing = applied.event == EVENT_MOVE_OUT_FILED;
    return is_filing && date_compare(applied.effective, date_of_time(call->now)) > 0
               ? withdraw_filing(call, &applied)
               : refuse_in_effect(call, applied.effective);
}
