#include "centre/maps.h"

#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "centre/journal.h"
#include "store/rows.h"

#define SYNC_MILLISECONDS 60000
#define SYNC_CHANGES      100000 /* what a start replays at most, but for a mass act's last part */
#define NEVER_SYNCED      UINT64_MAX
_Static_assert(STATUS_JOURNAL_LEN == CHAIN_LEN, "a head of the journal fits");

/* -- what is on the disk -- */

/* Does the database have the history in which the maps were synced? Its journal has that head; what
 * it lost behind it, a part of a mass act or the last words that were stored, shows in the epochs.
 */
static enum err synced_is_true(struct centre *centre, const struct status_synced *synced,
                               bool *is_true, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    uint8_t head[CHAIN_LEN] = {0};
    int64_t last = 0;
    *is_true = false;
    if (synced->entry == 0 || synced->entry > INT64_MAX)
        return ERR_NONE;
    store_query(centre->store, STATEMENT_JOURNAL_HASH,
                VALUES(value_integer((int64_t)synced->entry)), &rows, fault);
    if (rows_next(&rows))
        row_copy_blob(&rows, 0, head, sizeof head);
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        err =
            store_ask_integer(centre->store, STATEMENT_CHANGE_LAST_EPOCH, NO_VALUES, &last, fault);
    if (err != ERR_NONE)
        return err;
    *is_true = memcmp(head, synced->head, sizeof head) == 0 && synced->epoch <= (uint64_t)last;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        *is_true = *is_true && status_map_epoch(centre->maps[kind]) <= (uint64_t)last;
    return ERR_NONE;
}

static bool is_of_these(const struct centre *centre, const struct status_synced *synced)
{
    uint8_t ids[NUM_KINDS][STATUS_MAP_ID_LEN];
    for (int kind = 0; kind < NUM_KINDS; kind++)
        status_map_id(centre->maps[kind], ids[kind]);
    return memcmp(ids, synced->maps, sizeof ids) == 0;
}

/* -- opening -- */

/* What is missing or no map any more is made new; before, nothing may call it synced. */
static enum err map_open(struct centre *centre, const char *path, enum kind kind,
                         enum maps_were *were, struct fault *fault)
{
    struct status_map **map = &centre->maps[kind];
    struct fault why = {0};
    enum err err = status_map_open(path, kind, true, map, &why);
    if (err != ERR_NOT_FOUND && err != ERR_MALFORMED) {
        if (err != ERR_NONE)
            *fault = why;
        return err;
    }
    *were = MAPS_DAMAGED;
    err = status_synced_forget(centre->synced, fault);
    if (err == ERR_NONE)
        err = status_map_replace(path, kind, fault);
    return err == ERR_NONE ? status_map_open(path, kind, true, map, fault) : err;
}

/* All that they say is taken back; before, nothing may call it synced, and a follower's may not be
 * answered from. */
static enum err maps_clear(struct centre *centre, struct fault *fault)
{
    enum err err = status_synced_forget(centre->synced, fault);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++) {
        status_map_set_fed(centre->maps[kind], 0);
        err = status_map_clear(centre->maps[kind]);
    }
    return err;
}

static enum err maps_believe(struct centre *centre, uint64_t epoch)
{
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = status_map_rewind(centre->maps[kind], epoch);
    centre->synced_epoch = epoch;
    return err;
}

enum err maps_open(struct centre *centre, const char *const paths[static NUM_KINDS],
                   enum maps_were *were, struct fault *fault)
{
    struct status_synced synced;
    bool is_true = false;
    enum err err = ERR_NONE;
    *were = MAPS_TRUE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = map_open(centre, paths[kind], (enum kind)kind, were, fault);
    if (err == ERR_NONE && status_synced_read(centre->synced, &synced) &&
        is_of_these(centre, &synced))
        err = synced_is_true(centre, &synced, &is_true, fault);
    if (err != ERR_NONE)
        return err;
    if (is_true)
        return maps_believe(centre, synced.epoch);
    if (*were == MAPS_TRUE)
        *were = MAPS_AGAIN;
    centre->synced_epoch = NEVER_SYNCED;
    return maps_clear(centre, fault);
}

void maps_done(struct centre *centre)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        status_map_free(centre->maps[kind]);
}

/* -- syncing -- */

static uint64_t epoch_of(const struct centre *centre)
{
    uint64_t epoch = UINT64_MAX;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        uint64_t of_kind = status_map_epoch(centre->maps[kind]);
        epoch = of_kind < epoch ? of_kind : epoch;
    }
    return epoch;
}

bool maps_sync_is_due(const struct centre *centre)
{
    if (centre->synced_epoch == NEVER_SYNCED)
        return true;
    uint64_t num = epoch_of(centre) - centre->synced_epoch;
    return num >= SYNC_CHANGES ||
           (num && clock_monotonic() - centre->last_map_sync >= SYNC_MILLISECONDS);
}

/* journal_head in the caller's transaction, if there is one. */
static enum err note_write(struct centre *centre, uint64_t epoch, struct fault *fault)
{
    struct status_synced synced = {.epoch = epoch};
    int64_t entry = 0;
    enum err err = journal_head(centre->store, &entry, synced.head, fault);
    synced.entry = (uint64_t)entry;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        status_map_id(centre->maps[kind], synced.maps[kind]);
    return err == ERR_NONE ? status_synced_write(centre->synced, &synced, fault) : err;
}

enum err maps_note(struct centre *centre, struct fault *fault)
{
    return centre->synced_epoch == NEVER_SYNCED ? ERR_NONE
                                                : note_write(centre, centre->synced_epoch, fault);
}

/* The epoch first, then the words that it is about, then the note: each may only be behind. */
enum err maps_sync(struct centre *centre, struct fault *fault)
{
    uint64_t epoch = epoch_of(centre);
    if (epoch == centre->synced_epoch)
        return ERR_NONE;
    int64_t start = clock_monotonic_micro();
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (status_map_sync(centre->maps[kind]) != ERR_NONE)
            return fault_set(fault, ERR_IO, "map", "it could not be written to the disk");
    enum err err = note_write(centre, epoch, fault);
    if (err != ERR_NONE)
        return err;
    centre->synced_epoch = epoch;
    centre->last_map_sync = clock_monotonic();
    counter_observe(COUNTER(MAP_SYNC_SECONDS), 0, clock_monotonic_micro() - start);
    return ERR_NONE;
}
