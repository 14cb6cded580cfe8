/* See audit.h. */
#include "centre/audit.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/chain.h"
#include "store/rows.h"

static const struct reason reason_no_entry = {"journal", "", "no-entry",
                                              "The journal has no entry of this number.",
                                              "この番号の記録はありません。"};

#define DAY_SECONDS INT64_C(86400)
#define DAYS_MAX    36600

static json_t *row_string(struct rows *rows, int column)
{
    struct bytes text = row_is_null(rows, column) ? bytes_of("", 0) : row_text(rows, column);
    return json_stringn(text.len ? (const char *)text.data : "", text.len);
}

/* "event:done" as its two words. */
static void put_kind(json_t *row, struct bytes kind)
{
    const char *text = (const char *)kind.data;
    const char *colon = kind.len ? memchr(text, ':', kind.len) : NULL;
    size_t len = colon ? (size_t)(colon - text) : kind.len;
    json_object_set_new(row, "act", json_stringn(len ? text : "", len));
    json_object_set_new(row, "outcome",
                        colon ? json_stringn(colon + 1, kind.len - len - 1) : json_string(""));
}

/* Columns: sequence, kind, actor, role, second, time. */
static json_t *entry_json(struct rows *rows)
{
    char time[TIME_TEXT];
    json_t *row =
        json_pack("{s:I, s:s, s:o, s:o, s:o}", "number", (json_int_t)row_integer(rows, 0), "time",
                  time_print(row_integer(rows, 5), time), "actor", row_string(rows, 2), "role",
                  row_string(rows, 3), "second", row_string(rows, 4));
    put_kind(row, row_text(rows, 1));
    return row;
}

/* -- looking for entries -- */

/* Numbers; the newest comes first. */
struct window {
    int64_t from, until;
};

/* The first entry that was made then or later. */
static bool first_at(struct act_call *call, int64_t time, int64_t *out)
{
    return act_ok(call, store_ask_integer(call->centre->store, STATEMENT_JOURNAL_FIRST_AT,
                                          VALUES(value_integer(time)), out, &call->fault));
}

/* The day in Japan, as many days as "count" says; without a day all. */
static bool window_of(struct act_call *call, struct window *out)
{
    *out = (struct window){.from = 0, .until = INT64_MAX};
    if (act_has(call, FIELD_DATE)) {
        int64_t days = act_has(call, FIELD_COUNT) ? call->fields.count : 1;
        int64_t begin = date_start(call->fields.date);
        days = days < DAYS_MAX ? days : DAYS_MAX;
        if (!first_at(call, begin, &out->from) ||
            !first_at(call, begin + days * DAY_SECONDS, &out->until))
            return false;
    }
    if (act_has(call, FIELD_AFTER) && call->fields.after < out->until)
        out->until = call->fields.after;
    return true;
}

bool audit_find(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct window window;
    json_t *list = json_array();
    int num = 0, page = act_page_size(call, LIMIT_JOURNAL_FOUND);
    int64_t looked = 0, last = 0;
    act_answer(call, "entries", list);
    if (!window_of(call, &window))
        return false;
    store_query(call->centre->store, STATEMENT_JOURNAL_LOOK,
                VALUES(value_integer(window.from), value_integer(window.until),
                       value_integer(LIMIT_JOURNAL_LOOK)),
                &rows, &call->fault);
    while (num < page && rows_next(&rows)) {
        struct bytes kind = row_text(&rows, 1), actor = row_text(&rows, 2);
        size_t len = strlen(call->fields.entry);
        bool fits = (kind.len >= len && memcmp(kind.data, call->fields.entry, len) == 0) &&
                    (!call->fields.name[0] || bytes_equal_text(actor, call->fields.name));
        last = row_integer(&rows, 0);
        looked++;
        if (!fits)
            continue;
        json_array_append_new(list, entry_json(&rows));
        num++;
    }
    if (!act_ok(call, rows_end(&rows)))
        return false;
    act_answer(call, "more", json_boolean(num == page || looked == LIMIT_JOURNAL_LOOK));
    act_answer(call, "last", json_integer(last));
    act_note(call, "found", "%d", num);
    return true;
}

/* -- one entry -- */

bool audit_show(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(call->centre->store, STATEMENT_JOURNAL_SHOW,
                VALUES(value_integer(call->fields.number)), &rows, &call->fault);
    if (rows_next(&rows)) {
        char day[DATE_TEXT];
        json_t *row = entry_json(&rows);
        act_answer(call, "entry", row);
        if (!row_is_null(&rows, 6)) {
            struct bytes data = row_blob(&rows, 6);
            size_t len = data.len < LIMIT_JOURNAL_SHOWN ? data.len : 0;
            json_t *fields = len ? json_loadb((const char *)data.data, len, 0, NULL) : NULL;
            json_object_set_new(row, "data", fields ? fields : json_null());
        }
        if (!row_is_null(&rows, 7))
            json_object_set_new(
                row, "erased_on",
                json_string(date_print(date_of_days((int32_t)row_integer(&rows, 7)), day)));
    }
    enum err err = rows_end_one(&rows);
    return err == ERR_NOT_FOUND ? act_refuse(call, &reason_no_entry) : act_ok(call, err);
}

/* -- the chain -- */

/* What an entry's columns give, head upon head. Columns as JOURNAL_READ has them. */
static enum err check_entry(struct rows *rows, const uint8_t before[static CHAIN_LEN],
                            bool is_first, bool *is_good)
{
    char kind[128], actor[STAFF_NAME], role[128], second[STAFF_NAME];
    uint8_t head[CHAIN_LEN], link[CHAIN_LEN], held[CHAIN_LEN], salt[CHAIN_LEN], sum[CHAIN_LEN];
    struct chain_entry entry = {.number = row_integer(rows, 0),
                                .time = row_integer(rows, 7),
                                .kind = kind,
                                .actor = actor,
                                .role = role,
                                .second = second};
    row_copy_text(rows, 3, kind, sizeof kind);
    row_copy_text(rows, 4, actor, sizeof actor);
    row_copy_text(rows, 5, role, sizeof role);
    row_copy_text(rows, 6, second, sizeof second);
    row_copy_blob(rows, 1, head, sizeof head);
    row_copy_blob(rows, 2, entry.commitment, sizeof entry.commitment);
    row_copy_blob(rows, 8, held, sizeof held);
    *is_good = is_first || memcmp(head, before, sizeof head) == 0;
    enum err err = chain_link(&entry, link);
    if (err == ERR_NONE)
        chain_walk(head, link);
    *is_good = *is_good && memcmp(head, held, sizeof head) == 0;
    if (err != ERR_NONE || row_is_null(rows, 9))
        return err;
    row_copy_blob(rows, 9, salt, sizeof salt);
    err = chain_commit(salt, row_blob(rows, 10), sum);
    *is_good = *is_good && memcmp(sum, entry.commitment, sizeof sum) == 0;
    return err;
}

bool audit_check(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    uint8_t head[CHAIN_LEN] = {0};
    int64_t next = call->fields.from > 0 ? call->fields.from : 1, num = 0;
    bool is_good = true;
    enum err err = ERR_NONE;
    store_query(call->centre->store, STATEMENT_JOURNAL_READ,
                VALUES(value_integer(next), value_integer(LIMIT_JOURNAL_CHECK)), &rows,
                &call->fault);
    while (err == ERR_NONE && is_good && rows_next(&rows)) {
        is_good = row_integer(&rows, 0) == next; /* a gap */
        if (is_good)
            err = check_entry(&rows, head, num == 0 && next > 1, &is_good);
        row_copy_blob(&rows, 8, head, sizeof head);
        next += is_good;
        num++;
    }
    if (!act_ok(call, err) || (is_good && !act_ok(call, rows_end(&rows))))
        return false;
    act_answer(call, "next", json_integer(next)); /* the first that was not found good */
    act_answer(call, "good", json_boolean(is_good));
    act_answer(call, "more", json_boolean(is_good && num == LIMIT_JOURNAL_CHECK));
    act_answer_bytes(call, "head", bytes_of(head, sizeof head));
    return true;
}
