/* Writing changes, and feeding the status map with them. */
#include "centre/change.h"

#include <stdlib.h>

#include "base/clock.h"
#include "store/rows.h"

void change_told(struct centre *centre)
{
    if (centre->has_new_change)
        return;
    centre->has_new_change = true;
    centre->change_at = clock_monotonic();
}

struct value change_municipality(const struct centre *centre)
{
    return value_integer(municipality_number(centre->town));
}

enum err change_add(struct centre *centre, const struct change *change, struct fault *fault)
{
    int64_t epoch;
    enum err err = store_ask_integer(
        centre->store, STATEMENT_CHANGE_INSERT,
        VALUES(value_integer(change->kind), value_integer(change->serial),
               value_integer(change->state), value_integer(change->reason),
               value_integer(change->time), change_municipality(centre),
               change->application ? value_integer(change->application) : value_null()),
        &epoch, fault);
    if (err == ERR_NONE)
        change_told(centre);
    return err;
}

/* One row of CHANGE_FEED into its map. */
static enum err feed_row(struct centre *centre, struct rows *rows, uint64_t *epoch,
                         struct fault *fault)
{
    uint64_t row_epoch = (uint64_t)row_integer(rows, 0);
    int64_t kind = row_integer_within(rows, 1, 0, NUM_KINDS - 1);
    uint64_t serial = (uint64_t)row_integer(rows, 2);
    const struct municipality *town =
        municipalities_find_number(&centre->municipalities, row_integer(rows, 7));
    struct status_entry before,
        entry = {
            .state = (enum status_state)row_integer_within(rows, 3, STATUS_NEVER, STATUS_REVOKED),
            .reason = (enum status_reason)row_integer_within(rows, 4, 0, 10),
            .municipality = town ? town->row : 0,
            .last_day = date_of_days((int32_t)row_integer_within(rows, 6, 0, INT32_MAX)),
        };
    int64_t time = row_integer(rows, 5);
    if (entry.state == STATUS_HELD || entry.state == STATUS_REVOKED)
        entry.since = time;
    if (rows_end(rows) != ERR_NONE)
        return rows_end(rows);
    bool has_register = centre->municipalities.num > 0; /* a follower has none, and no such lists */
    if (!town && has_register)
        return fault_set(fault, ERR_NOT_FOUND, "municipality",
                         "a change of one that is not in etc/municipalities");
    enum err err = status_map_get(centre->maps[kind], serial, &before);
    if (err != ERR_NONE)
        return err;
    crl_desk_note(&centre->crl, (enum kind)kind, &before, &entry);
    *epoch = row_epoch;
    return status_map_set(centre->maps[kind], serial, &entry);
}

#define FEED_ROWS 1000

static uint64_t epoch_of_maps(const struct centre *centre)
{
    uint64_t epoch = UINT64_MAX;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        uint64_t of_kind = status_map_epoch(centre->maps[kind]);
        epoch = of_kind < epoch ? of_kind : epoch;
    }
    return epoch;
}

static enum err epoch_raise(struct centre *centre, uint64_t epoch)
{
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        if (epoch > status_map_epoch(centre->maps[kind]))
            err = status_map_set_epoch(centre->maps[kind], epoch);
    return err;
}

enum err change_feed_part(struct centre *centre, uint64_t last, bool *is_all, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    uint64_t epoch = epoch_of_maps(centre);
    int num_fed = 0;
    enum err err = ERR_NONE;
    store_query(centre->store, STATEMENT_CHANGE_FEED,
                VALUES(value_integer((int64_t)epoch), value_integer(FEED_ROWS),
                       value_integer((int64_t)last)),
                &rows, fault);
    for (; err == ERR_NONE && rows_next(&rows); num_fed++)
        err = feed_row(centre, &rows, &epoch, fault);
    if (err == ERR_NONE)
        err = rows_end(&rows);
    if (err == ERR_NONE)
        err = epoch_raise(centre, epoch);
    if (err == ERR_NONE)
        *is_all = num_fed < FEED_ROWS;
    return err;
}

enum err change_feed(struct centre *centre, struct fault *fault)
{
    bool is_all = false;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && !is_all)
        err = change_feed_part(centre, INT64_MAX, &is_all, fault);
    return err;
}
