/* The acts of an import that comes in parts. */
#include "centre/import.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/act.h"
#include "centre/import_row.h"
#include "centre/town.h"
#include "store/rows.h"

static const struct reason reason_runs = {
    "import", "", "import-runs", "An import goes over into the register; this can follow it.",
    "住民の取込みを実行中です。終了してからやり直してください。"};
static const struct reason reason_cut = {"import", "", "cut-line",
                                         "A part ends in the middle of a line, or has none.",
                                         "途中で切れている行があります。"};
static const struct reason reason_long = {"import", "", "import-too-long",
                                          "An import has 2,000,000 lines at most.",
                                          "一度に取り込めるのは 2,000,000 行までです。"};
static const struct reason reason_given_up = {
    "import", "", "import-given-up", "This import was given up; send the file once more.",
    "この取込みは中止されました。ファイルを送り直してください。"};
static const struct reason reason_no_import = {
    "import", "", "no-import", "No import has this number.", "この番号の取込みはありません。"};

static void list_done(struct import_list *list)
{
    parts_done(&list->parts);
    *list = (struct import_list){0};
}

void import_desk_done(struct import_desk *desk)
{
    list_done(&desk->list);
    list_done(&desk->next);
}

enum err import_read(struct centre *centre, enum statement statement, int64_t value,
                     struct import_row *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct import_row found = {0};
    store_query(centre->store, statement, VALUES(value_integer(value)), &rows, fault);
    if (rows_next(&rows)) {
        found.number = row_integer(&rows, 0);
        found.state = (enum import_state)row_integer_within(&rows, 1, IMPORT_BEGUN, IMPORT_EMPTIED);
        found.count = row_integer(&rows, 2);
        if (!row_is_null(&rows, 3))
            row_copy_blob(&rows, 3, found.digest, sizeof found.digest);
        row_copy_text(&rows, 4, found.first, sizeof found.first);
        found.time = row_integer(&rows, 5);
        found.finished = row_is_null(&rows, 6) ? 0 : row_integer(&rows, 6);
    }
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = found;
    return err;
}

bool import_comes_first(struct act_call *call)
{
    struct import_row row;
    struct fault absent = {0};
    enum err err =
        import_read(call->centre, STATEMENT_IMPORT_OF_STATE, IMPORT_TAKEN, &row, &absent);
    if (err == ERR_NOT_FOUND)
        return act_ok(call, store_run(call->centre->store, STATEMENT_IMPORT_DROP_BEGUN, NO_VALUES,
                                      &call->fault));
    return act_ok(call, err) && act_refuse(call, &reason_runs);
}

enum err import_awaits(struct centre *centre, const char *card, bool *out, struct fault *fault)
{
    int64_t num;
    enum err err = store_ask_integer(centre->store, STATEMENT_IMPORT_HAS_CARD,
                                     VALUES(value_text(card)), &num, fault);
    if (err == ERR_NONE)
        *out = num != 0;
    return err;
}

/* -- a part -- */

/* What was begun before and is not whole is given up. */
static bool list_begin(struct act_call *call, struct import_list *list)
{
    struct store *store = call->centre->store;
    return import_comes_first(call) &&
           act_ok(call,
                  store_ask_integer(store, STATEMENT_IMPORT_INSERT,
                                    VALUES(value_text(list->parts.first), value_integer(call->now)),
                                    &list->number, &call->fault));
}

static bool list_open(struct act_call *call, struct import_list *list)
{
    const struct import_list *begun = &call->centre->import.list;
    struct import_row row;
    if (!parts_open(call, &begun->parts, &list->parts))
        return false;
    if (call->fields.from == 0)
        return list_begin(call, list);
    list->number = begun->number;
    list->num_faults = begun->num_faults;
    return act_ok(call, import_read(call->centre, STATEMENT_IMPORT_READ, list->number, &row,
                                    &call->fault)) &&
           (row.state == IMPORT_BEGUN || act_refuse(call, &reason_given_up));
}

/* A refusal keeps nothing of the act, but that the import is given up. */
static bool give_up(struct act_call *call)
{
    struct import_desk *desk = &call->centre->import;
    list_done(&desk->list);
    desk->is_idle = false;
    return act_ok(
        call, store_run(call->centre->store, STATEMENT_IMPORT_DROP_BEGUN, NO_VALUES, &call->fault));
}

static bool part_is_whole(const struct act_call *call)
{
    struct bytes file = call->fields.file;
    return file.len && (parts_is_last(call) || file.data[file.len - 1] == '\n');
}

/* Bad lines do not end the import: those behind them are looked at, too. */
static bool list_take(struct act_call *call, struct import_list *list, struct import_report *report)
{
    struct centre *centre = call->centre;
    int64_t num = 0;
    if (!part_is_whole(call))
        return act_refuse(call, &reason_cut);
    if (!act_ok(call, import_stage(centre->store, list->number, call->fields.file,
                                   list->parts.count + 1, "file", &centre->municipalities,
                                   centre->substitutes, report, &num, &call->fault)))
        return false;
    if (list->parts.count + num > LIMIT_IMPORT_LINES)
        return act_refuse(call, &reason_long);
    return parts_add(call, &list->parts, num);
}

/* Whole: refused with all that is wrong, or on its way. */
static bool list_end(struct act_call *call, struct import_list *list, struct import_report *report)
{
    struct store *store = call->centre->store;
    uint8_t digest[SHA256_LEN];
    call->kept = give_up;
    if (!parts_end(call, &list->parts, digest) ||
        !act_ok(call, import_stage_check(store, list->number, "file", report, &call->fault)))
        return false;
    list->num_faults += (int64_t)report->num_faults;
    if (list->num_faults) {
        town_tell_faults(call, report, list->num_faults);
        return act_refuse(call, town_reason_import());
    }
    return act_ok(call, store_run_one(store, STATEMENT_IMPORT_WHOLE,
                                      VALUES(value_integer(list->number),
                                             value_integer(list->parts.count - 1),
                                             value_blob(bytes_of(digest, sizeof digest))),
                                      &call->fault));
}

bool import_part(struct act_call *call)
{
    struct import_desk *desk = &call->centre->import;
    struct import_report report CLEANUP_IMPORT_REPORT = {0};
    list_done(&desk->next);
    desk->next_call = call;
    if (!list_open(call, &desk->next) || !list_take(call, &desk->next, &report))
        return false;
    if (parts_is_last(call)) {
        if (!list_end(call, &desk->next, &report))
            return false;
    } else {
        desk->next.num_faults += (int64_t)report.num_faults;
        town_tell_faults(call, &report, (int64_t)report.num_faults);
    }
    act_answer(call, "number", json_integer(desk->next.number));
    act_answer(call, "count", json_integer(desk->next.parts.count));
    return call->outcome == ACT_DONE;
}

/* Now that the part is on the disk, the next one may follow. */
bool import_part_finish(struct act_call *call)
{
    struct import_desk *desk = &call->centre->import;
    if (desk->next_call != call)
        return true;
    list_done(&desk->list);
    desk->list = desk->next;
    desk->next = (struct import_list){0};
    desk->next_call = NULL;
    desk->is_idle = false;
    desk->heard = clock_monotonic();
    if (parts_is_last(call))
        list_done(&desk->list);
    return true;
}

/* -- showing -- */

bool import_show(struct act_call *call)
{
    static const char *const states[] = {
        [IMPORT_BEGUN] = "begun",     [IMPORT_TAKEN] = "runs",      [IMPORT_FINISHED] = "finished",
        [IMPORT_DROPPED] = "dropped", [IMPORT_EMPTIED] = "dropped",
    };
    char time[TIME_TEXT];
    struct import_row row;
    enum err err =
        import_read(call->centre, STATEMENT_IMPORT_READ, call->fields.number, &row, &call->fault);
    int64_t left = 0;
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_no_import);
    if (!act_ok(call, err))
        return false;
    if (row.state == IMPORT_TAKEN)
        left = row.count - call->centre->import.num_taken;
    act_answer(call, "number", json_integer(row.number));
    act_answer(call, "state", json_string(states[row.state]));
    act_answer(call, "count", json_integer(row.count));
    act_answer(call, "remaining", json_integer(left));
    act_answer_bytes(call, "digest", bytes_of(row.digest, sizeof row.digest));
    act_answer(call, "first", json_string(row.first));
    act_answer(call, "begun", json_string(time_print(row.time, time)));
    if (row.finished)
        act_answer(call, "finished", json_string(time_print(row.finished, time)));
    return true;
}
