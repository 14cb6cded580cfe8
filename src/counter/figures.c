/* See figures.h. */
#include "counter/figures.h"

#include <string.h>

#include "base/limits.h"
#include "store/rows.h"

#define DAY_SECONDS INT64_C(86400)

static json_t *row_string(struct rows *rows, int column)
{
    struct bytes text = row_text(rows, column);
    return json_stringn((const char *)text.data, text.len);
}

static bool put_procedures(struct act_call *call, int64_t begin, int64_t end)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    act_answer(call, "procedures", list);
    store_query(call->centre->store, STATEMENT_APPLICATION_FIGURES,
                VALUES(value_integer(begin), value_integer(end)), &rows, &call->fault);
    while (rows_next(&rows))
        json_array_append_new(list, json_pack("{s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "procedure",
                                              row_string(&rows, 0), "opened",
                                              (json_int_t)row_integer(&rows, 1), "finished",
                                              (json_int_t)row_integer(&rows, 2), "handling_seconds",
                                              (json_int_t)row_integer(&rows, 3), "closed",
                                              (json_int_t)row_integer(&rows, 4), "begun",
                                              (json_int_t)row_integer(&rows, 5), "waiting_seconds",
                                              (json_int_t)row_integer(&rows, 6)));
    return act_ok(call, rows_end(&rows));
}

/* What did not end well: "act:code" of the journal. */
static bool put_refusals(struct act_call *call, int64_t begin, int64_t end)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    act_answer(call, "refusals", list);
    store_query(call->centre->store, STATEMENT_JOURNAL_KINDS,
                VALUES(value_integer(begin), value_integer(end)), &rows, &call->fault);
    while (rows_next(&rows)) {
        struct bytes kind = row_text(&rows, 0);
        const char *text = (const char *)kind.data;
        const char *colon = memchr(text, ':', kind.len);
        size_t len = colon ? (size_t)(colon - text) : kind.len;
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:I}", "act", json_stringn(text, len), "code",
                            colon ? json_stringn(colon + 1, kind.len - len - 1) : json_string(""),
                            "count", (json_int_t)row_integer(&rows, 1)));
    }
    return act_ok(call, rows_end(&rows));
}

bool figures_run(struct act_call *call)
{
    int64_t days =
        call->fields.count < LIMIT_FIGURES_DAYS ? call->fields.count : LIMIT_FIGURES_DAYS;
    int64_t begin = date_start(call->fields.date), end = begin + days * DAY_SECONDS;
    act_answer(call, "days", json_integer(days));
    return put_procedures(call, begin, end) && put_refusals(call, begin, end);
}
