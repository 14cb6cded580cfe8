/* Events whose day is still to come: kept, found again, and carried out on that day. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/change.h"
#include "centre/event.h"
#include "crypto/hash.h"
#include "registry/resident.h"
#include "store/rows.h"

static const struct reason reason_another_event = {
    "registry", "", "another-event", "Another event came under this number.",
    "この番号では、内容の異なる異動を受け付けています。"};

static const char *const states[] = {
    [AHEAD_WAITS] = "waits",
    [AHEAD_DONE] = "done",
    [AHEAD_WITHDRAWN] = "withdrawn",
    [AHEAD_REFUSED] = "refused",
};

static void row_read(struct rows *rows, struct event_ahead *out)
{
    row_copy_text(rows, 0, out->number, sizeof out->number);
    out->resident = row_integer(rows, 1);
    row_copy_text(rows, 2, out->event, sizeof out->event);
    out->effective = row_integer(rows, 3);
    if (!row_is_null(rows, 4))
        buffer_put_bytes(&out->fields, row_text(rows, 4));
    row_copy_blob(rows, 5, out->digest, sizeof out->digest);
    out->state = (enum ahead_state)row_integer_within(rows, 6, AHEAD_WAITS, AHEAD_REFUSED);
    row_copy_text(rows, 7, out->code, sizeof out->code);
}

enum err event_ahead_read(struct centre *centre, enum statement statement, struct value value,
                          struct event_ahead *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, statement, &value, 1, &rows, fault);
    if (rows_next(&rows))
        row_read(&rows, out);
    return rows_end_one(&rows);
}

enum err event_ahead_decide(struct centre *centre, const char *number, enum ahead_state state,
                            const char *code, int64_t now, struct fault *fault)
{
    return store_run_one(centre->store, STATEMENT_EVENT_AHEAD_DECIDE,
                         VALUES(value_text(number), value_integer(state),
                                code ? value_text(code) : value_null(), value_integer(now)),
                         fault);
}

/* -- keeping -- */

/* What the act says: the note is no part of it. */
static char *fields_text(const struct act_call *call, uint8_t digest[static SHA256_LEN])
{
    json_t *fields = json_copy(call->request);
    json_object_del(fields, "note");
    char *text = json_dumps(fields, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(fields);
    if (text)
        sha256(bytes_of_text(text), digest);
    return text;
}

bool event_ahead_add(struct act_call *call)
{
    uint8_t digest[SHA256_LEN];
    char *text = fields_text(call, digest);
    if (!text)
        return act_fail(call, ERR_MEMORY);
    enum err err =
        store_run(call->centre->store, STATEMENT_EVENT_AHEAD_INSERT,
                  VALUES(value_text(call->fields.reference), value_integer(call->fields.resident),
                         value_text(event_name(call->fields.event)),
                         value_integer(date_to_days(call->fields.effective)), value_text(text),
                         value_blob(bytes_of(digest, sizeof digest)), value_integer(call->now)),
                  &call->fault);
    free(text);
    return act_ok(call, err);
}

bool event_ahead_known(struct act_call *call, bool *is_known)
{
    uint8_t digest[SHA256_LEN];
    struct event_ahead ahead = {0};
    buffer_init(&ahead.fields, LIMIT_STORE_VALUE);
    enum err err = event_ahead_read(call->centre, STATEMENT_EVENT_AHEAD_FIND,
                                    value_text(call->fields.reference), &ahead, &call->fault);
    buffer_done(&ahead.fields);
    if (err == ERR_NOT_FOUND)
        return true;
    if (!act_ok(call, err))
        return false;
    char *text = fields_text(call, digest);
    free(text);
    if (!text)
        return act_fail(call, ERR_MEMORY);
    if (memcmp(digest, ahead.digest, sizeof digest) != 0)
        return act_refuse(call, &reason_another_event);
    char day[DATE_TEXT];
    json_t *outcome = json_array();
    act_answer(call, "known", json_true());
    act_answer(call, "reference", json_string(ahead.number));
    act_answer(call, "state", json_string(states[ahead.state]));
    act_answer(call, "waits", json_string(date_print(date_of_days((int32_t)ahead.effective), day)));
    act_answer(call, "outcome", outcome);
    *is_known = true;
    return act_ok(call, event_put_effects(call->centre, ahead.number, outcome, &call->fault));
}

void event_ahead_put_all(struct act_call *call, json_t *list)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(call->centre->store, STATEMENT_EVENT_AHEAD_OF_RESIDENT,
                VALUES(value_integer(call->fields.resident), value_integer(LIMIT_EVENTS_SHOWN)),
                &rows, &call->fault);
    while (rows_next(&rows)) {
        char day[DATE_TEXT];
        struct event_ahead ahead = {0};
        buffer_init(&ahead.fields, LIMIT_STORE_VALUE);
        row_read(&rows, &ahead);
        buffer_done(&ahead.fields);
        date_print(date_of_days((int32_t)ahead.effective), day);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s, s:s}", "reference",
                                              ahead.number, "event", ahead.event, "effective", day,
                                              "state", states[ahead.state], "code", ahead.code));
    }
    (void)!act_ok(call, rows_end(&rows));
}

/* -- their day -- */

/* The act as it would have come today, asked by the system. */
static enum err run_due(struct centre *centre, json_t *fields, struct act_call *call)
{
    static const struct act_peer nobody = {.uid = STAFF_NO_UID};
    *call = (struct act_call){0};
    json_t *request = json_pack("{s:s, s:O}", "act", "event", "fields", fields);
    char *text = request ? json_dumps(request, JSON_COMPACT) : NULL;
    json_decref(request);
    if (!text)
        return ERR_MEMORY;
    act_call_init(call, centre, &nobody, bytes_of_text(text));
    act_call_parse(call);
    free(text);
    if (!call->act || call->fields_err != ERR_NONE)
        return call->fields_err != ERR_NONE ? call->fields_err : ERR_STATE;
    call->actor = (struct staff){
        .name = "system", .uid = STAFF_NO_UID, .roles = ROLE_SYSTEM, .is_active = true};
    call->is_due = true;
    call->outcome = ACT_DONE;
    act_is_about(call, call->fields.resident);
    act_call_decide(call);
    return ERR_NONE;
}

static const char *code_of(const struct act_call *call)
{
    return call->outcome == ACT_REFUSED ? call->refusal.reason.code : err_name(call->fault.code);
}

/* Is it the record that does not let it happen, and not the database? */
static bool is_of_record(const struct act_call *call)
{
    return call->outcome == ACT_REFUSED || call->fault.code == ERR_MALFORMED ||
           call->fault.code == ERR_LIMIT || call->fault.code == ERR_EXISTS;
}

static enum err failed(const struct act_call *call, struct fault *fault)
{
    *fault = call->fault;
    return call->fault.code != ERR_NONE ? call->fault.code : ERR_STATE;
}

/* What cannot be done on its day, since the record is another by now, is refused for good. What the
 * database cannot do is tried again. */
static enum err due_step(struct centre *centre, const struct event_ahead *ahead,
                         struct fault *fault)
{
    struct act_call call;
    json_t *fields = json_loadb((const char *)ahead->fields.data, ahead->fields.len, 0, NULL);
    enum err err = fields ? run_due(centre, fields, &call) : ERR_MALFORMED;
    json_decref(fields);
    if (!fields)
        return event_ahead_decide(centre, ahead->number, AHEAD_REFUSED, err_name(err), clock_now(),
                                  fault);
    bool is_done = err == ERR_NONE && call.outcome == ACT_DONE;
    if (is_done || is_of_record(&call))
        err = event_ahead_decide(centre, ahead->number, is_done ? AHEAD_DONE : AHEAD_REFUSED,
                                 is_done ? NULL : code_of(&call), call.now, fault);
    else
        err = failed(&call, fault);
    act_call_done(&call);
    return err;
}

/* A filed move whose day has come: they have moved. page:S09 */
static enum err leave_step(struct centre *centre, const struct resident *resident,
                           struct fault *fault)
{
    char number[41], day[DATE_TEXT];
    struct act_call call;
    snprintf(number, sizeof number, EVENT_OWN "%lld-%s", (long long)resident->number,
             date_print(resident->leaves_on, day));
    json_t *fields =
        json_pack("{s:I, s:s, s:s, s:s}", "resident", (json_int_t)resident->number, "event",
                  event_name(EVENT_MOVED_OUT), "effective", day, "reference", number);
    enum err err = fields ? run_due(centre, fields, &call) : ERR_MEMORY;
    json_decref(fields);
    if (!fields)
        return err;
    if (err == ERR_NONE && call.outcome != ACT_DONE && !is_of_record(&call))
        err = failed(&call, fault);
    act_call_done(&call);
    return err;
}

static enum err step(struct centre *centre, struct date today, bool *has_more, struct fault *fault)
{
    struct resident resident;
    struct event_ahead ahead = {0};
    buffer_init(&ahead.fields, LIMIT_STORE_VALUE);
    enum err err = event_ahead_read(centre, STATEMENT_EVENT_AHEAD_DUE,
                                    value_integer(date_to_days(today)), &ahead, fault);
    *has_more = true;
    if (err == ERR_NONE)
        err = due_step(centre, &ahead, fault);
    else if (err == ERR_NOT_FOUND) {
        err = resident_next_leaving(centre->store, today, centre->events.after, &resident, fault);
        *has_more = err == ERR_NONE;
        if (err == ERR_NONE) {
            centre->events.after = resident.number;
            err = leave_step(centre, &resident, fault);
        }
    }
    buffer_done(&ahead.fields);
    return err == ERR_NOT_FOUND ? ERR_NONE : err;
}

enum err event_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    struct date today = date_of_time(clock_now());
    struct event_desk *desk = &centre->events;
    *has_more = false;
    if (desk->day == date_to_days(today))
        return ERR_NONE;
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = step(centre, today, has_more, fault);
    err =
        err == ERR_NONE ? store_commit(centre->store, fault) : (store_rollback(centre->store), err);
    if (err == ERR_NONE && !*has_more)
        *desk = (struct event_desk){.day = date_to_days(today)};
    return err == ERR_NONE ? change_feed(centre, fault) : err;
}
