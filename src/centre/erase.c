/* The act that erases, and its parts. */
#include "centre/erase.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/act.h"
#include "centre/journal.h"
#include "centre/parked.h"
#include "centre/term.h"
#include "store/rows.h"

#define LOOK_AGAIN_DAYS 365 /* at an entry that no rule erases */

static const struct reason reason_runs = {
    "retention", "", "erasure-runs", "An erasure runs already.", "消去の処理が既に実行中です。"};
static const struct reason reason_not_due = {
    "retention", "", "not-due",
    "No personal data of the journal have reached the end of their term.",
    "保存期間の満了した記録はありません。"};

struct erasure {
    int64_t number, num;
    struct date day;
};

/* -- the act -- */

static enum err read_running(struct store *store, struct erasure *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct erasure found = {0};
    store_query(store, STATEMENT_ERASURE_RUNNING, NO_VALUES, &rows, fault);
    if (rows_next(&rows)) {
        found.number = row_integer(&rows, 0);
        found.day = date_of_days((int32_t)row_integer(&rows, 1));
        found.num = row_integer(&rows, 2);
    }
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = found;
    return err;
}

enum err erase_running(struct centre *centre, int64_t *number, int64_t *num, struct fault *fault)
{
    struct erasure erasure;
    enum err err = read_running(centre->store, &erasure, fault);
    if (err != ERR_NONE)
        return err;
    *number = erasure.number;
    *num = erasure.num;
    return ERR_NONE;
}

bool erase_may(struct act_call *call)
{
    struct erasure running;
    int64_t due;
    struct store *store = call->centre->store;
    if (!act_ok(call, read_running(store, &running, &call->fault)) ||
        !act_ok(call, term_count(store, date_of_time(call->now), 1, &due, &call->fault)))
        return false;
    if (running.number)
        return act_refuse(call, &reason_runs);
    return due > 0 || act_refuse(call, &reason_not_due);
}

bool erase_begin(struct act_call *call)
{
    int64_t number;
    struct date day = date_of_time(call->now);
    char text[DATE_TEXT];
    if (!erase_may(call) ||
        !act_ok(call,
                store_ask_integer(call->centre->store, STATEMENT_ERASURE_INSERT,
                                  VALUES(value_integer(date_to_days(day))), &number, &call->fault)))
        return false;
    act_answer(call, "erasure", json_integer(number));
    act_answer(call, "day", json_string(date_print(day, text)));
    act_note(call, "erasure", "%lld", (long long)number);
    act_note(call, "day", "%s", text);
    return call->outcome == ACT_DONE;
}

bool erase_begin_finish(struct act_call *call)
{
    call->centre->has_no_erasure = false;
    return true;
}

/* -- one part -- */

struct due_entry {
    int64_t number, time, application, resident;
    char kind[128];
    bool is_erased;
};

struct part {
    struct store *store;
    const struct erasure *erasure;
    struct due_entry *entries;
    size_t num_entries;
    /* numbers erased under each rule, as a text of "12 13 14" */
    const struct retention *rules[RETENTION_RULES_MAX];
    struct buffer numbers[RETENTION_RULES_MAX];
    size_t num_rules;
    int64_t num_erased;
};

static void part_done(struct part *part)
{
    for (size_t i = 0; i < part->num_rules; i++)
        buffer_done(&part->numbers[i]);
    free(part->entries);
}

static enum err part_read(struct part *part, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(
        part->store, STATEMENT_JOURNAL_TERM_DUE,
        VALUES(value_integer(date_to_days(part->erasure->day)), value_integer(LIMIT_ERASE_PART)),
        &rows, fault);
    while (part->num_entries < LIMIT_ERASE_PART && rows_next(&rows)) {
        struct due_entry *entry = &part->entries[part->num_entries++];
        entry->number = row_integer(&rows, 0);
        row_copy_text(&rows, 1, entry->kind, sizeof entry->kind);
        entry->time = row_integer(&rows, 2);
        entry->application = row_is_null(&rows, 3) ? 0 : row_integer(&rows, 3);
        entry->resident = row_is_null(&rows, 4) ? 0 : row_integer(&rows, 4);
        entry->is_erased = !row_is_null(&rows, 5);
    }
    return rows_end(&rows);
}

static struct buffer *numbers_of(struct part *part, const struct retention *rule)
{
    for (size_t i = 0; i < part->num_rules; i++)
        if (part->rules[i] == rule)
            return &part->numbers[i];
    part->rules[part->num_rules] = rule;
    buffer_init(&part->numbers[part->num_rules], (size_t)LIMIT_ERASE_PART * 24);
    return &part->numbers[part->num_rules++];
}

/* Nothing finds the entry, nor whom it is about, any more. */
static enum err forget(struct store *store, int64_t number, struct fault *fault)
{
    enum err err =
        store_run(store, STATEMENT_JOURNAL_TERM_DELETE, VALUES(value_integer(number)), fault);
    return err != ERR_NONE ? err
                           : store_run(store, STATEMENT_JOURNAL_ABOUT_DELETE,
                                       VALUES(value_integer(number)), fault);
}

static enum err erase_one(struct part *part, const struct due_entry *entry,
                          const struct retention *rule, struct fault *fault)
{
    struct buffer *numbers = numbers_of(part, rule);
    enum err err =
        parked_erase(part->store, entry->number, entry->kind, part->erasure->day, rule, fault);
    if (err == ERR_NONE)
        err = store_run_one(part->store, STATEMENT_JOURNAL_PERSONAL_ERASE,
                            VALUES(value_integer(entry->number),
                                   value_integer(date_to_days(part->erasure->day)),
                                   value_text(rule->name)),
                            fault);
    if (err != ERR_NONE)
        return err;
    buffer_put_format(numbers, "%s%lld", numbers->len ? " " : "", (long long)entry->number);
    part->num_erased++;
    return forget(part->store, entry->number, fault);
}

/* What somebody erased behind our back is no erasure of ours: it is not listed, and found. */
static enum err entry_work(struct part *part, const struct due_entry *entry, struct fault *fault)
{
    const struct retention *rule = NULL;
    struct date due = {0}, day = part->erasure->day;
    if (entry->is_erased)
        return forget(part->store, entry->number, fault);
    enum err err = term_ask(part->store, entry->kind, entry->time, entry->application,
                            entry->resident, &rule, &due, fault);
    if (err != ERR_NONE)
        return err;
    if (rule && date_compare(due, day) <= 0)
        return erase_one(part, entry, rule, fault);
    due = rule ? due : date_add_days(day, LOOK_AGAIN_DAYS);
    return store_run(part->store, STATEMENT_JOURNAL_TERM_MOVE,
                     VALUES(value_integer(entry->number), value_integer(date_to_days(due))), fault);
}

/* -- what the journal says of it -- */

static enum err append(struct store *store, const char *kind, json_t *data, struct fault *fault)
{
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    if (!text)
        return ERR_MEMORY;
    struct chain_entry entry = {
        .time = clock_now(), .kind = kind, .actor = "system", .role = "system", .second = ""};
    enum err err = journal_append(store, &entry, bytes_of_text(text), fault);
    free(text);
    return err;
}

static enum err part_journal(const struct part *part, struct fault *fault)
{
    char day[DATE_TEXT];
    json_t *rules = json_object();
    for (size_t i = 0; i < part->num_rules; i++)
        json_object_set_new(
            rules, part->rules[i]->name,
            json_stringn((const char *)part->numbers[i].data, part->numbers[i].len));
    json_t *data = json_pack("{s:I, s:s, s:o}", "erasure", (json_int_t)part->erasure->number, "day",
                             date_print(part->erasure->day, day), "erased", rules);
    enum err err = append(part->store, "journal-erase:part", data, fault);
    json_decref(data);
    return err;
}

static enum err erase_close(struct store *store, const struct erasure *erasure, struct fault *fault)
{
    char day[DATE_TEXT];
    json_t *data = json_pack("{s:I, s:s, s:I}", "erasure", (json_int_t)erasure->number, "day",
                             date_print(erasure->day, day), "count", (json_int_t)erasure->num);
    enum err err = append(store, "journal-erase:finished", data, fault);
    json_decref(data);
    return err != ERR_NONE
               ? err
               : store_run_one(store, STATEMENT_ERASURE_FINISH,
                               VALUES(value_integer(erasure->number), value_integer(clock_now())),
                               fault);
}

/* -- turns -- */

static enum err part_work(struct store *store, const struct erasure *erasure, struct fault *fault)
{
    struct part part CLEANUP(part_done) = {.store = store,
                                           .erasure = erasure,
                                           .entries =
                                               calloc(LIMIT_ERASE_PART, sizeof *part.entries)};
    enum err err = part.entries ? part_read(&part, fault) : ERR_MEMORY;
    if (err == ERR_NONE && part.num_entries == 0)
        return erase_close(store, erasure, fault);
    for (size_t i = 0; err == ERR_NONE && i < part.num_entries; i++)
        err = entry_work(&part, &part.entries[i], fault);
    if (err != ERR_NONE || part.num_erased == 0)
        return err;
    err = part_journal(&part, fault);
    return err != ERR_NONE
               ? err
               : store_run_one(
                     store, STATEMENT_ERASURE_ADD,
                     VALUES(value_integer(erasure->number), value_integer(part.num_erased)), fault);
}

static enum err turn_commit(struct store *store, const struct erasure *erasure, struct fault *fault)
{
    enum err err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    err = part_work(store, erasure, fault);
    if (err == ERR_NONE)
        return store_commit(store, fault);
    store_rollback(store);
    return err;
}

enum err erase_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    struct erasure erasure;
    *has_more = false;
    if (centre->has_no_erasure)
        return ERR_NONE;
    enum err err = read_running(centre->store, &erasure, fault);
    if (err != ERR_NONE)
        return err;
    centre->has_no_erasure = erasure.number == 0;
    *has_more = !centre->has_no_erasure;
    return *has_more ? turn_commit(centre->store, &erasure, fault) : ERR_NONE;
}
