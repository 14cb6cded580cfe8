#include "centre/crl_desk.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/crl.h"
#include "centre/crl_run.h"
#include "store/rows.h"

/* --- what is known at a start --- */

/* The oldest of a municipality's lists, of all generations: up to which epoch they know everything.
 * -1 when one is missing. */
struct known {
    enum kind kind;
    int64_t epochs[STATUS_MUNICIPALITIES];
};

/* As the store has it, of this day, and published. */
static bool is_whole(const struct centre *centre, const struct status_list *list,
                     const struct crl_row *last)
{
    return last->number && last->this_update >= crl_last_daily(clock_now()) &&
           status_crl_is_published(centre->published, list,
                                   bytes_of(last->digest, sizeof last->digest));
}

static enum err list_look(struct centre *centre, struct known *known, unsigned generation,
                          const struct municipality *town, struct fault *fault)
{
    struct crl_row last;
    struct status_list list = {.kind = known->kind, .generation = generation};
    int64_t *epoch = &known->epochs[town->row];
    enum err err = crl_last_of(centre->store, known->kind, generation, town, &last, fault);
    if (err != ERR_NONE)
        return err;
    memcpy(list.municipality, town->code, sizeof list.municipality);
    if (last.number)
        centre->crl.has[known->kind][town->row] = true;
    if (!is_whole(centre, &list, &last))
        last.epoch = -1;
    if (last.epoch < *epoch)
        *epoch = last.epoch;
    return ERR_NONE;
}

static enum err lists_look(struct centre *centre, struct known *known, struct fault *fault)
{
    const struct authorities_of_kind *all = &centre->authorities[known->kind];
    enum err err = ERR_NONE;
    for (size_t i = 0; i < STATUS_MUNICIPALITIES; i++)
        known->epochs[i] = INT64_MAX;
    for (unsigned g = 0; g < all->num; g++)
        for (size_t i = 0; err == ERR_NONE && i < centre->municipalities.num; i++)
            if (authority_is_current(&all->generations[g]))
                err = list_look(centre, known, g + 1, &centre->municipalities.rows[i], fault);
    return err;
}

/* Up to which epoch the lists of all municipalities were made is stored with the last of them. */
static enum err changes_look(struct centre *centre, const struct known *known, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t done = 0;
    struct crl_desk *desk = &centre->crl;
    enum err err = store_ask_integer(centre->store, STATEMENT_CRL_DONE_READ,
                                     VALUES(value_integer(known->kind)), &done, fault);
    if (err != ERR_NONE)
        return err;
    store_query(centre->store, STATEMENT_CHANGE_MUNICIPALITIES,
                VALUES(value_integer(known->kind), value_integer(done)), &rows, fault);
    while (rows_next(&rows)) {
        const struct municipality *town =
            municipalities_find_number(&centre->municipalities, row_integer(&rows, 0));
        if (!town)
            continue; /* change_feed has refused it, if it is still to be seen */
        desk->has[known->kind][town->row] = true;
        if (row_integer(&rows, 1) > known->epochs[town->row])
            desk->lacks[known->kind][town->row] = true;
    }
    return rows_end(&rows);
}

static enum err kind_load(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct crl_desk *desk = &centre->crl;
    struct known known = {.kind = kind};
    desk->has[kind][centre->town->row] = true;
    enum err err = lists_look(centre, &known, fault);
    if (err == ERR_NONE)
        err = changes_look(centre, &known, fault);
    for (size_t i = 0; err == ERR_NONE && i < STATUS_MUNICIPALITIES; i++)
        if (desk->has[kind][i] && known.epochs[i] < 0)
            desk->lacks[kind][i] = true;
    return err;
}

enum err crl_desk_load(struct centre *centre, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = kind_load(centre, (enum kind)kind, fault);
    return err;
}

void crl_desk_done(struct crl_desk *desk)
{
    crl_run_free(desk->run);
    desk->run = NULL;
}

/* --- while it runs --- */

static bool is_listed(const struct status_entry *entry)
{
    return entry->state == STATUS_HELD || entry->state == STATUS_REVOKED;
}

void crl_desk_note(struct crl_desk *desk, enum kind kind, const struct status_entry *before,
                   const struct status_entry *after)
{
    if (is_listed(before))
        desk->lacks[kind][before->municipality] = true;
    if (is_listed(after) || !desk->has[kind][after->municipality])
        desk->lacks[kind][after->municipality] = true;
    desk->has[kind][after->municipality] = true;
}

void crl_desk_all_lack(struct crl_desk *desk, enum kind kind)
{
    memcpy(desk->lacks[kind], desk->has[kind], sizeof desk->lacks[kind]);
}

void crl_desk_take(struct crl_desk *desk, enum kind kind, bool out[static STATUS_MUNICIPALITIES])
{
    size_t first = desk->turn[kind];
    bool *lacks = desk->lacks[kind];
    for (size_t i = 0, num = 0; i < STATUS_MUNICIPALITIES && num < LIMIT_CRL_RUN; i++) {
        size_t row = (first + i) % STATUS_MUNICIPALITIES;
        out[row] = lacks[row];
        num += lacks[row];
        lacks[row] = false;
        desk->turn[kind] = row + 1;
    }
}

bool crl_desk_lacks(const struct crl_desk *desk, enum kind kind)
{
    return memchr(desk->lacks[kind], true, sizeof desk->lacks[kind]) != NULL;
}

enum err crl_desk_go_on(struct crl_desk *desk, struct fault *fault)
{
    bool is_over = false;
    enum err err = crl_run_turn(desk->run, &is_over, fault);
    if (err != ERR_NONE || is_over)
        crl_desk_done(desk);
    return err;
}

enum err crl_desk_settle(struct crl_desk *desk, struct fault *fault)
{
    enum err err = desk->run ? crl_run_finish(desk->run, fault) : ERR_NONE;
    crl_desk_done(desk);
    return err;
}
