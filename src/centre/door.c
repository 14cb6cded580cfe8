/* Counting refusals at the door, and writing them down. */
#include "centre/door.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "centre/act.h"
#include "centre/journal.h"

static struct door_row row_of(const struct act_call *call, int64_t uid)
{
    struct door_row row = {.act = call->act->name, .code = call->refusal.reason.code, .uid = uid};
    snprintf(row.actor, sizeof row.actor, "%s",
             call->actor.name[0] ? call->actor.name : DOOR_UNKNOWN);
    return row;
}

static bool is_same(const struct door_row *a, const struct door_row *b)
{
    return strcmp(a->actor, b->actor) == 0 && strcmp(a->act, b->act) == 0 &&
           strcmp(a->code, b->code) == 0;
}

static struct door_row *row_find(struct door *door, const struct door_row *row)
{
    for (size_t i = 0; i < door->num; i++)
        if (is_same(&door->rows[i], row))
            return &door->rows[i];
    return NULL;
}

static size_t num_of_actor(const struct door *door, const char *actor)
{
    size_t num = 0;
    for (size_t i = 0; i < door->num; i++)
        num += strcmp(door->rows[i].actor, actor) == 0;
    return num;
}

/* Nobody's flood hides what somebody else was refused: an actor has a few rows, and what is more
 * stands in one of several acts; the last row of all is that of several actors. */
static void row_merge(const struct door *door, struct door_row *row)
{
    if (num_of_actor(door, row->actor) >= LIMIT_DOOR_ROWS_EACH - 1)
        row->act = row->code = DOOR_SEVERAL;
    if (door->num >= LIMIT_DOOR_ROWS - 1) {
        row->act = row->code = DOOR_SEVERAL;
        snprintf(row->actor, sizeof row->actor, "%s", DOOR_SEVERAL);
    }
}

bool door_count(struct act_call *call, int64_t uid)
{
    struct door *door = &call->centre->door;
    struct door_row row = row_of(call, uid);
    if (door->num == 0)
        door->since = clock_monotonic();
    struct door_row *known = row_find(door, &row);
    if (!known) {
        row_merge(door, &row);
        known = row_find(door, &row);
    }
    if (known)
        known->num_later++;
    else
        door->rows[door->num++] = row;
    return !known;
}

static enum err row_journal(struct centre *centre, const struct door_row *row, int64_t count,
                            struct fault *fault)
{
    char kind[128], data[96];
    snprintf(kind, sizeof kind, "%s:%s", row->act, row->code);
    snprintf(data, sizeof data, "{\"count\":%lld,\"uid\":%lld}", (long long)count,
             (long long)row->uid);
    struct chain_entry entry = {
        .time = clock_now(), .kind = kind, .actor = row->actor, .role = "", .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
}

enum err door_journal(struct act_call *call)
{
    struct door_row row = row_of(call, call->peer.uid);
    return row_journal(call->centre, &row, 1, &call->fault);
}

static enum err rows_journal(struct centre *centre, struct fault *fault)
{
    const struct door *door = &centre->door;
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < door->num; i++)
        if (door->rows[i].num_later)
            err = row_journal(centre, &door->rows[i], door->rows[i].num_later, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err door_flush(struct centre *centre, bool is_end, struct fault *fault)
{
    struct door *door = &centre->door;
    int64_t num_later = 0;
    bool is_over = is_end || clock_monotonic() - door->since >= LIMIT_DOOR_MINUTE;
    for (size_t i = 0; i < door->num; i++)
        num_later += door->rows[i].num_later;
    if (!is_over)
        return ERR_NONE;
    enum err err = num_later ? rows_journal(centre, fault) : ERR_NONE;
    if (err == ERR_NONE)
        door->num = 0;
    return err;
}
