/* A letter of a day's batch: listed with the others, printed, come back. */
#include "counter/notice.h"

#include <stdio.h>
#include <string.h>

#include "counter/paper.h"
#include "law/window.h"
#include "registry/resident.h"

static const struct reason reason_unknown = {"notice", "S11", "no-such-notice",
                                             "No notice has this number.",
                                             "この番号の通知はありません。"};
static const struct reason reason_returned = {"notice", "S11", "returned-already",
                                              "That this notice came back is written down already.",
                                              "この通知の返送は、既に記録されています。"};
static const struct reason reason_gone = {
    "notice", "S14", "not-resident",
    "The holder is not a resident of this town any more. The letter is not to be sent.",
    "本人は、現在この町の住民ではありません。この通知は送らないでください。"};

/* --- rows --- */

static struct date row_day(struct rows *rows, int column)
{
    return date_of_days((int32_t)row_integer_within(rows, column, 0, INT32_MAX));
}

void notice_of_row(struct rows *rows, struct notice_letter *out)
{
    *out = (struct notice_letter){.number = row_integer(rows, 0),
                                  .day = row_day(rows, 1),
                                  .notice =
                                      (enum notice)row_integer_within(rows, 2, 1, NUM_NOTICES - 1),
                                  .resident = row_integer(rows, 3),
                                  .tells = row_day(rows, 4)};
    if (row_is_null(rows, 5))
        return;
    out->returned = row_day(rows, 5);
    row_copy_text(rows, 6, out->returned_by, sizeof out->returned_by);
}

bool notice_read(struct act_call *call, struct notice_letter *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct notice_letter found;
    store_query(call->centre->store, STATEMENT_NOTICE_READ,
                VALUES(value_integer(call->fields.number)), &rows, &call->fault);
    bool is_found = rows_next(&rows);
    if (is_found)
        notice_of_row(&rows, &found);
    if (!act_ok(call, rows_end(&rows)))
        return false;
    if (!is_found)
        return act_refuse(call, &reason_unknown);
    *out = found;
    return true;
}

/* The last days of its certificates, by their kind; year 0: it is not about this kind. */
static bool read_last_days(struct act_call *call, int64_t number, struct date out[static NUM_KINDS])
{
    struct rows rows CLEANUP_ROWS = {0};
    memset(out, 0, NUM_KINDS * sizeof *out);
    store_query(call->centre->store, STATEMENT_NOTICE_CERTIFICATES, VALUES(value_integer(number)),
                &rows, &call->fault);
    while (rows_next(&rows))
        out[row_integer_within(&rows, 0, 0, NUM_KINDS - 1)] = row_day(&rows, 1);
    return act_ok(call, rows_end(&rows));
}

/* Whom it goes to, who may have gone since. */
static bool read_resident(struct act_call *call, const struct notice_letter *letter,
                          struct resident *out, bool *is_here)
{
    enum err err = resident_find(call->centre->store, letter->resident, out, &call->fault);
    *is_here = err == ERR_NONE &&
               resident_lives_in(out, call->centre->town->code, date_of_time(call->now));
    if (err == ERR_NOT_FOUND)
        *out = (struct resident){0};
    return err == ERR_NOT_FOUND || act_ok(call, err);
}

/* --- the list of a day --- */

static void put_day(json_t *json, const char *name, struct date day)
{
    char text[DATE_TEXT];
    json_object_set_new(json, name, json_string(day.year ? date_print(day, text) : ""));
}

static bool letter_json(struct act_call *call, const struct notice_letter *letter, json_t *list)
{
    struct resident resident;
    struct date last_days[NUM_KINDS];
    char name[NAME_TEXT] = "";
    bool is_here;
    if (!read_resident(call, letter, &resident, &is_here) ||
        !read_last_days(call, letter->number, last_days))
        return false;
    if (resident.number && !act_ok(call, name_join(&resident.name, name, &call->fault)))
        return false;
    json_t *row = json_pack("{s:I, s:I, s:s, s:s, s:b, s:s}", "number", (json_int_t)letter->number,
                            "resident", (json_int_t)letter->resident, "name", name, "notice",
                            notice_name(letter->notice), "is_resident", is_here, "returned_by",
                            letter->returned_by);
    put_day(row, "tells", letter->tells);
    put_day(row, "returned", letter->returned);
    put_day(row, "signature_until", last_days[KIND_SIGNATURE]);
    put_day(row, "authentication_until", last_days[KIND_AUTHENTICATION]);
    json_array_append_new(list, row);
    act_is_about(call, letter->resident);
    return true;
}

struct letter_page {
    struct notice_letter letters[LIMIT_NOTICE_PAGE];
    int num;
    bool has_more;
};

static bool read_page(struct act_call *call, struct date day, struct letter_page *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    int most = act_page_size(call, LIMIT_NOTICE_PAGE);
    *out = (struct letter_page){0};
    store_query(call->centre->store, STATEMENT_NOTICE_LIST,
                VALUES(value_integer(date_to_days(day)), value_integer(call->fields.after),
                       value_integer((int64_t)most + 1)),
                &rows, &call->fault);
    while (rows_next(&rows)) {
        if (out->num < most)
            notice_of_row(&rows, &out->letters[out->num++]);
        else
            out->has_more = true;
    }
    return act_ok(call, rows_end(&rows));
}

static bool answer_letters(struct act_call *call, struct date day)
{
    struct letter_page page;
    json_t *list = json_array();
    act_answer(call, "letters", list);
    if (!read_page(call, day, &page))
        return false;
    for (int i = 0; i < page.num; i++)
        if (!letter_json(call, &page.letters[i], list))
            return false;
    act_answer(call, "more", json_boolean(page.has_more));
    return true;
}

/* How many letters of each kind, and what came back. */
static bool answer_counts(struct act_call *call, struct date day)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    act_answer(call, "counts", list);
    store_query(call->centre->store, STATEMENT_NOTICE_LETTER_COUNTS,
                VALUES(value_integer(date_to_days(day))), &rows, &call->fault);
    while (rows_next(&rows)) {
        int64_t notice = row_integer_within(&rows, 0, 1, NUM_NOTICES - 1);
        json_array_append_new(list, json_pack("{s:s, s:I, s:I}", "notice",
                                              notice_name((enum notice)notice), "count",
                                              (json_int_t)row_integer(&rows, 1), "returned",
                                              (json_int_t)row_integer(&rows, 2)));
    }
    return act_ok(call, rows_end(&rows));
}

/* How many certificates came to which notice, or why to none. */
static bool answer_outcomes(struct act_call *call, struct date day)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    act_answer(call, "outcomes", list);
    store_query(call->centre->store, STATEMENT_NOTICE_COUNTS,
                VALUES(value_integer(date_to_days(day))), &rows, &call->fault);
    while (rows_next(&rows)) {
        char outcome[32];
        row_copy_text(&rows, 0, outcome, sizeof outcome);
        json_array_append_new(list, json_pack("{s:s, s:I}", "outcome", outcome, "count",
                                              (json_int_t)row_integer(&rows, 1)));
    }
    return act_ok(call, rows_end(&rows));
}

/* The newest days that had any, and the one that is meant: the newest, where none is named. */
static bool answer_days(struct act_call *call, struct date *day)
{
    struct rows rows CLEANUP_ROWS = {0};
    char text[DATE_TEXT];
    struct date newest = {0};
    json_t *list = json_array();
    act_answer(call, "days", list);
    store_query(call->centre->store, STATEMENT_NOTICE_DAYS,
                VALUES(value_integer(INT32_MAX), value_integer(LIMIT_NOTICE_DAYS)), &rows,
                &call->fault);
    while (rows_next(&rows)) {
        struct date found = row_day(&rows, 0);
        newest = newest.year ? newest : found;
        json_array_append_new(list, json_string(date_print(found, text)));
    }
    *day = act_has(call, FIELD_DATE) ? call->fields.date
           : newest.year             ? newest
                                     : date_of_time(call->now);
    act_answer(call, "date", json_string(date_print(*day, text)));
    return act_ok(call, rows_end(&rows));
}

bool notice_list(struct act_call *call)
{
    struct date day;
    return answer_days(call, &day) && answer_counts(call, day) && answer_outcomes(call, day) &&
           answer_letters(call, day) && call->outcome == ACT_DONE;
}

/* --- its paper --- */

static const char *paper_of(enum notice notice)
{
    return notice == NOTICE_CARD_ENDS ? "card-notice" : "expiry-notice";
}

/* The number of the reply form has the day before it, so that nobody takes it for an application's.
 * page:S29 */
static void put_letter(const struct act_call *call, const struct notice_letter *letter,
                       const struct date last_days[static NUM_KINDS], json_t *items)
{
    char text[48];
    snprintf(text, sizeof text, "%04d%02d%02d-%lld", letter->day.year, letter->day.month,
             letter->day.day, (long long)letter->number);
    paper_put(items, "number", text);
    paper_put_day(items, "date", date_of_time(call->now));
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        if (!last_days[kind].year)
            continue;
        snprintf(text, sizeof text, "%s-until", kind_name((enum kind)kind));
        paper_put_day(items, text, last_days[kind]);
        if (letter->notice != NOTICE_CARD_ENDS)
            paper_put_day(items, "opens", window_opens(&call->centre->policy, last_days[kind]));
    }
    if (letter->notice == NOTICE_CARD_ENDS)
        paper_put_day(items, "card-until", letter->tells);
}

bool notice_paper(struct act_call *call)
{
    struct notice_letter letter;
    struct resident resident;
    struct date last_days[NUM_KINDS];
    bool is_here;
    json_t *items = json_object();
    act_answer(call, "items", items);
    if (!notice_read(call, &letter))
        return false;
    act_is_about(call, letter.resident);
    if (!read_resident(call, &letter, &resident, &is_here) ||
        !read_last_days(call, letter.number, last_days))
        return false;
    if (!is_here)
        return act_refuse(call, &reason_gone);
    if (!paper_put_holder(call, &resident, true, items))
        return false;
    put_letter(call, &letter, last_days, items);
    paper_put_sender(call, items);
    act_answer(call, "paper", json_string(paper_of(letter.notice)));
    return call->outcome == ACT_DONE;
}

/* --- it came back --- */

bool notice_returned(struct act_call *call)
{
    struct notice_letter letter;
    char day[DATE_TEXT];
    struct date today = date_of_time(call->now);
    if (!notice_read(call, &letter))
        return false;
    act_is_about(call, letter.resident);
    if (letter.returned.year)
        return act_refuse(call, &reason_returned);
    act_answer(call, "number", json_integer(letter.number));
    act_answer(call, "date", json_string(date_print(letter.day, day)));
    act_answer(call, "returned", json_string(date_print(today, day)));
    return act_ok(call, store_run_one(call->centre->store, STATEMENT_NOTICE_RETURN,
                                      VALUES(value_integer(letter.number),
                                             value_integer(date_to_days(today)),
                                             value_text(call->actor.name)),
                                      &call->fault)) &&
           call->outcome == ACT_DONE;
}
