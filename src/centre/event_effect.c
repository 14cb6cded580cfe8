/* What events did: kept with them, and shown of a resident. */
#include <string.h>

#include "base/limits.h"
#include "centre/event.h"
#include "store/rows.h"

#define WHAT_CARD 2

static int what_of(const char *what)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (strcmp(kind_name((enum kind)kind), what) == 0)
            return kind;
    return WHAT_CARD;
}

static const char *text_of(json_t *row, const char *name)
{
    return json_string_value(json_object_get(row, name));
}

/* As outcome_apply told it. */
bool event_keep_effects(struct act_call *call, const char *number)
{
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(call->answer, "outcome"), i, row) {
        json_int_t serial = json_integer_value(json_object_get(row, "serial"));
        json_int_t since = json_integer_value(json_object_get(row, "since"));
        if (!act_ok(
                call,
                store_run(call->centre->store, STATEMENT_EVENT_EFFECT_INSERT,
                          VALUES(value_text(number), value_integer(what_of(text_of(row, "what"))),
                                 value_integer(serial), value_text(text_of(row, "effect")),
                                 value_text(text_of(row, "statements")),
                                 value_text(text_of(row, "code")), value_integer(since),
                                 value_integer(call->now)),
                          &call->fault)))
            return false;
    }
    return true;
}

static json_t *row_string(struct rows *rows, int column)
{
    struct bytes text = row_text(rows, column);
    return json_stringn((const char *)text.data, text.len);
}

enum err event_put_effects(struct centre *centre, const char *number, json_t *list,
                           struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, STATEMENT_EVENT_EFFECTS, VALUES(value_text(number)), &rows, fault);
    while (rows_next(&rows)) {
        int64_t what = row_integer_within(&rows, 0, 0, WHAT_CARD);
        json_array_append_new(
            list, json_pack("{s:s, s:I, s:o, s:o, s:o, s:I}", "what",
                            what == WHAT_CARD ? "card" : kind_name((enum kind)what), "serial",
                            (json_int_t)row_integer(&rows, 1), "effect", row_string(&rows, 2),
                            "statements", row_string(&rows, 3), "code", row_string(&rows, 4),
                            "since", (json_int_t)row_integer(&rows, 5)));
    }
    return rows_end(&rows);
}

bool event_tell_effects(struct act_call *call, const char *number)
{
    json_t *list = json_array();
    act_answer(call, "outcome", list);
    return act_ok(call, event_put_effects(call->centre, number, list, &call->fault));
}

/* -- what happened to a resident -- */

static bool put_events(struct act_call *call, json_t *list)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(call->centre->store, STATEMENT_RESIDENT_EVENTS,
                VALUES(value_integer(call->fields.resident), value_integer(LIMIT_EVENTS_SHOWN)),
                &rows, &call->fault);
    while (rows_next(&rows)) {
        char recorded[DATE_TEXT], effective[DATE_TEXT];
        date_print(date_of_days((int32_t)row_integer(&rows, 2)), recorded);
        date_print(date_of_days((int32_t)row_integer(&rows, 3)), effective);
        json_array_append_new(list,
                              json_pack("{s:o, s:o, s:s, s:s, s:[]}", "reference",
                                        row_string(&rows, 0), "event", row_string(&rows, 1),
                                        "recorded", recorded, "effective", effective, "outcome"));
    }
    return act_ok(call, rows_end(&rows));
}

bool event_list(struct act_call *call)
{
    size_t i;
    json_t *row, *events = json_array(), *ahead = json_array();
    act_answer(call, "events", events);
    act_answer(call, "ahead", ahead);
    if (!put_events(call, events))
        return false;
    json_array_foreach (events, i, row)
        if (!act_ok(call, event_put_effects(call->centre, text_of(row, "reference"),
                                            json_object_get(row, "outcome"), &call->fault)))
            return false;
    event_ahead_put_all(call, ahead);
    return call->outcome == ACT_DONE;
}
