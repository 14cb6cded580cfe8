/* The batch of a day, in parts, each in one transaction with its letters, the place that was
 * reached and a journal entry that has the counts. A start goes on behind the last part. */
#include <jansson.h>
#include <stdlib.h>

#include "base/clock.h"
#include "centre/crl.h"
#include "centre/journal.h"
#include "counter/notice.h"
#include "counter/notice_due.h"

/* What is told of, in the order in which it is worked off: by the last day of the certificates that
 * have come so near since the batch before. */
static const enum notice points[] = {NOTICE_ENDS, NOTICE_OPENS};

struct batch {
    struct date day;
    size_t point;
    /* the certificate up to which it is */
    struct date last_day;
    int64_t kind, serial;
};

struct part {
    struct centre *centre;
    struct batch batch;
    struct notice_due due[LIMIT_NOTICE_PART];
    size_t num;
    json_t *counts; /* outcome → how many */
};

static void part_done(struct part *part)
{
    json_decref(part->counts);
}

static struct date row_day(struct rows *rows, int column)
{
    return date_of_days((int32_t)row_integer_within(rows, column, 0, INT32_MAX));
}

static struct value value_day(struct date day)
{
    return value_integer(date_to_days(day));
}

/* -- which batch -- */

static enum err batch_read(struct store *store, struct batch *out, bool *is_found,
                           struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct batch found = {0};
    store_query(store, STATEMENT_NOTICE_BATCH_RUNNING, NO_VALUES, &rows, fault);
    *is_found = rows_next(&rows);
    if (*is_found)
        found = (struct batch){.day = row_day(&rows, 0),
                               .point = (size_t)row_integer_within(&rows, 1, 0, COUNT_OF(points)),
                               .last_day = row_day(&rows, 2),
                               .kind = row_integer(&rows, 3),
                               .serial = row_integer(&rows, 4)};
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = found;
    return err;
}

/* Up to which last day the batch before has come with a point; without one, all that still live. */
static enum err point_begins(struct centre *centre, const struct batch *batch, struct date *out,
                             struct fault *fault)
{
    int64_t before;
    struct date ended = date_add_days(batch->day, -1);
    enum err err = store_ask_integer(centre->store, STATEMENT_NOTICE_BATCH_BEFORE,
                                     VALUES(value_day(batch->day)), &before, fault);
    if (err != ERR_NONE)
        return err;
    *out = ended;
    if (before >= 0)
        *out =
            notice_last_due(&centre->policy, points[batch->point], date_of_days((int32_t)before));
    else if (batch->point > 0)
        *out = notice_last_due(&centre->policy, points[batch->point - 1], batch->day);
    return ERR_NONE;
}

/* Behind all certificates of a last day. */
static void batch_goes_behind(struct batch *batch, struct date last_day)
{
    batch->last_day = last_day;
    batch->kind = NUM_KINDS;
    batch->serial = 0;
}

static enum err batch_begin(struct centre *centre, struct date day, struct batch *out,
                            struct fault *fault)
{
    struct date begins;
    struct batch batch = {.day = day};
    enum err err = point_begins(centre, &batch, &begins, fault);
    if (err != ERR_NONE)
        return err;
    batch_goes_behind(&batch, begins);
    *out = batch;
    return store_run(centre->store, STATEMENT_NOTICE_BATCH_INSERT,
                     VALUES(value_day(day), value_day(begins)), fault);
}

/* -- one part -- */

static enum err part_read(struct part *part, struct date until, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    const struct batch *batch = &part->batch;
    store_query(part->centre->store, STATEMENT_NOTICE_DUE,
                VALUES(value_day(batch->last_day), value_integer(batch->kind),
                       value_integer(batch->serial), value_day(until),
                       value_integer(LIMIT_NOTICE_PART)),
                &rows, fault);
    while (part->num < LIMIT_NOTICE_PART && rows_next(&rows))
        part->due[part->num++] =
            (struct notice_due){.last_day = row_day(&rows, 0),
                                .kind = (enum kind)row_integer_within(&rows, 1, 0, NUM_KINDS - 1),
                                .serial = row_integer(&rows, 2),
                                .resident = row_integer(&rows, 3)};
    return rows_end(&rows);
}

static void count(struct part *part, const char *outcome)
{
    json_int_t before = json_integer_value(json_object_get(part->counts, outcome));
    json_object_set_new(part->counts, outcome, json_integer(before + 1));
}

static enum err part_count(const struct part *part, struct fault *fault)
{
    const char *outcome;
    json_t *num;
    enum err err = ERR_NONE;
    json_object_foreach (part->counts, outcome, num)
        if (err == ERR_NONE)
            err = store_run(part->centre->store, STATEMENT_NOTICE_COUNT_ADD,
                            VALUES(value_day(part->batch.day), value_text(outcome),
                                   value_integer(json_integer_value(num))),
                            fault);
    return err;
}

static enum err part_journal(const struct part *part, struct fault *fault)
{
    char day[DATE_TEXT];
    json_t *data =
        json_pack("{s:s, s:O}", "day", date_print(part->batch.day, day), "counts", part->counts);
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(data);
    if (!text)
        return ERR_MEMORY;
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "notice-make:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    enum err err = journal_append(part->centre->store, &entry, bytes_of_text(text), fault);
    free(text);
    return err;
}

/* A part that is not full was the last one of its point. */
static enum err part_reached(struct part *part, struct fault *fault)
{
    struct batch *batch = &part->batch;
    if (part->num == LIMIT_NOTICE_PART) {
        const struct notice_due *last = &part->due[part->num - 1];
        *batch = (struct batch){batch->day, batch->point, last->last_day, last->kind, last->serial};
    } else if (++batch->point < COUNT_OF(points)) {
        struct date begins;
        enum err err = point_begins(part->centre, batch, &begins, fault);
        if (err != ERR_NONE)
            return err;
        batch_goes_behind(batch, begins);
    } else
        return store_run_one(part->centre->store, STATEMENT_NOTICE_BATCH_FINISH,
                             VALUES(value_day(batch->day), value_integer(clock_now())), fault);
    return store_run_one(part->centre->store, STATEMENT_NOTICE_BATCH_REACHED,
                         VALUES(value_day(batch->day), value_integer((int64_t)batch->point),
                                value_day(batch->last_day), value_integer(batch->kind),
                                value_integer(batch->serial)),
                         fault);
}

static enum err part_work(struct part *part, struct fault *fault)
{
    struct date until =
        notice_last_due(&part->centre->policy, points[part->batch.point], part->batch.day);
    enum err err = part_read(part, until, fault);
    for (size_t i = 0; err == ERR_NONE && i < part->num; i++) {
        const char *outcome = "";
        err = notice_due_work(part->centre, &part->due[i], part->batch.day, &outcome, fault);
        if (err == ERR_NONE)
            count(part, outcome);
    }
    if (err == ERR_NONE && part->num)
        err = part_count(part, fault);
    if (err == ERR_NONE && part->num)
        err = part_journal(part, fault);
    return err == ERR_NONE ? part_reached(part, fault) : err;
}

/* -- turns -- */

/* The oldest batch that runs, else that of the day if there was none; *is_idle: it was finished. */
static enum err part_begin(struct part *part, struct date day, bool *is_idle, struct fault *fault)
{
    int64_t last;
    bool is_found;
    struct store *store = part->centre->store;
    *is_idle = false;
    enum err err = batch_read(store, &part->batch, &is_found, fault);
    if (err != ERR_NONE || is_found)
        return err;
    err = store_ask_integer(store, STATEMENT_NOTICE_BATCH_BEFORE,
                            VALUES(value_day(date_add_days(day, 1))), &last, fault);
    if (err != ERR_NONE)
        return err;
    *is_idle = last == date_to_days(day);
    return *is_idle ? ERR_NONE : batch_begin(part->centre, day, &part->batch, fault);
}

static enum err turn_commit(struct centre *centre, struct date day, bool *is_idle,
                            struct fault *fault)
{
    struct part part CLEANUP(part_done) = {.centre = centre, .counts = json_object()};
    if (!part.counts)
        return ERR_MEMORY;
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = part_begin(&part, day, is_idle, fault);
    if (err == ERR_NONE && !*is_idle)
        err = part_work(&part, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err notice_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    int64_t daily = crl_last_daily(clock_now());
    bool is_idle;
    if (daily == centre->notices_daily)
        return ERR_NONE;
    enum err err = turn_commit(centre, date_of_time(daily), &is_idle, fault);
    if (err != ERR_NONE)
        return err;
    if (is_idle)
        centre->notices_daily = daily;
    else
        *has_more = true;
    return ERR_NONE;
}
