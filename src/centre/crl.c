/* When lists are due. */
#include "centre/crl.h"

#include "base/clock.h"
#include "centre/crl_run.h"
#include "store/rows.h"

#define RUN_MILLISECONDS 20 /* how often it is looked how far a run is */

/* --- rows --- */

void crl_row_read(struct rows *rows, struct crl_row *out)
{
    *out = (struct crl_row){.number = row_integer(rows, 0),
                            .this_update = row_integer(rows, 1),
                            .epoch = row_integer_within(rows, 2, 0, INT64_MAX)};
    row_copy_blob(rows, 3, out->digest, sizeof out->digest);
}

static enum err row_end(struct rows *rows, struct crl_row *out)
{
    struct crl_row last = {0};
    if (rows_next(rows))
        crl_row_read(rows, &last);
    enum err err = rows_end(rows);
    if (err == ERR_NONE)
        *out = last;
    return err;
}

enum err crl_last(struct store *store, enum kind kind, struct crl_row *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_CRL_LAST, VALUES(value_integer(kind)), &rows, fault);
    return row_end(&rows, out);
}

enum err crl_last_of(struct store *store, enum kind kind, unsigned generation,
                     const struct municipality *municipality, struct crl_row *out,
                     struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t code = municipality ? municipality_number(municipality) : 0;
    store_query(store, STATEMENT_CRL_LAST_OF,
                VALUES(value_integer(kind), value_integer(generation), value_integer(code)), &rows,
                fault);
    return row_end(&rows, out);
}

/* --- the full lists, at once --- */

/* What is under way is finished first: numbers rise in the order in which lists are signed. */
enum err crl_publish(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct crl_run *run CLEANUP(crl_run_cleanup) = NULL;
    enum err err = crl_desk_settle(&centre->crl, fault);
    if (err == ERR_NONE)
        err = crl_run_new(centre, kind, CRL_RUN_FULL, &run, fault);
    if (err == ERR_NONE)
        err = crl_run_begin(run, centre->signer, fault);
    return err == ERR_NONE ? crl_run_finish(run, fault) : err;
}

int64_t crl_last_daily(int64_t t)
{
    return date_start(date_of_time(t - CRL_DAILY)) + CRL_DAILY;
}

/* The last list is stored before it is signed and published: a start may find it unpublished. */
bool crl_is_published(const struct centre *centre, const struct status_list *list,
                      const struct crl_row *row)
{
    return status_crl_is_published(centre->published, list,
                                   bytes_of(row->digest, sizeof row->digest)) &&
           status_epoch_is_published(centre->published, list, (uint64_t)row->epoch);
}

static enum err is_due(struct centre *centre, enum kind kind, unsigned generation,
                       bool looks_at_files, bool *out, struct fault *fault)
{
    struct crl_row last;
    const struct status_list full = {.kind = kind, .generation = generation};
    enum err err = crl_last_of(centre->store, kind, generation, NULL, &last, fault);
    *out = err == ERR_NONE && ((uint64_t)last.epoch < status_map_epoch(centre->maps[kind]) ||
                               last.this_update < crl_last_daily(clock_now()) ||
                               (looks_at_files && !crl_is_published(centre, &full, &last)));
    return err;
}

/* Is any full list of the kind? */
static enum err kind_is_due(struct centre *centre, enum kind kind, bool looks_at_files, bool *out,
                            struct fault *fault)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    enum err err = ERR_NONE;
    *out = false;
    for (unsigned i = 0; err == ERR_NONE && !*out && i < all->num; i++)
        if (authority_is_current(&all->generations[i]))
            err = is_due(centre, kind, i + 1, looks_at_files, out, fault);
    return err;
}

enum err crl_publish_due(struct centre *centre, struct fault *fault)
{
    int64_t daily = crl_last_daily(clock_now());
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++) {
        bool due = false;
        err = kind_is_due(centre, (enum kind)kind, true, &due, fault);
        if (err == ERR_NONE && due)
            err = crl_publish(centre, (enum kind)kind, fault);
    }
    if (err != ERR_NONE)
        return err;
    centre->has_new_change = false;
    centre->daily = daily;
    return ERR_NONE;
}

/* --- beside the acts --- */

/* While a mass act runs, lists wait longer: many changes go into one (docs/PROTOCOL.status 4). */
static int64_t delay(const struct centre *centre)
{
    return (int64_t)(centre->mass.is_idle ? CRL_DELAY : CRL_DELAY_MASS) * 1000;
}

static bool is_old(const struct centre *centre)
{
    return clock_monotonic() - centre->change_at >= delay(centre);
}

/* A change is 5 seconds old, it has become 00:30 (the clock of sample data may have been moved to
 * either side of it), or a municipality's list is missing. */
static void round_begin(struct centre *centre)
{
    struct crl_desk *desk = &centre->crl;
    int64_t daily = crl_last_daily(clock_now());
    if (daily != centre->daily)
        for (int kind = 0; kind < NUM_KINDS; kind++)
            crl_desk_all_lack(desk, (enum kind)kind);
    centre->daily = daily;
    if (centre->has_new_change && !is_old(centre))
        return;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        desk->waits[kind] = centre->has_new_change || crl_desk_lacks(desk, (enum kind)kind);
    centre->has_new_change = false;
}

/* Two lists within a second would be one that begins in the future. If the clock of sample data was
 * further on before, waiting does not help. */
static bool comes_soon(int64_t t)
{
    int64_t left = t - clock_now();
    return left >= 0 && left < 2;
}

/* Without a signer's socket for
 * lists the caller waits for them. */
static enum err kind_begin(struct centre *centre, enum kind kind, struct fault *fault)
{
    bool due = false;
    struct crl_row last;
    struct crl_desk *desk = &centre->crl;
    struct signer_client *signer = centre->list_signer ? centre->list_signer : centre->signer;
    enum err err = crl_last(centre->store, kind, &last, fault);
    if (err != ERR_NONE || comes_soon(last.this_update))
        return err;
    err = kind_is_due(centre, kind, false, &due, fault);
    desk->waits[kind] = false;
    if (err != ERR_NONE || (!due && !crl_desk_lacks(desk, kind)))
        return err;
    err = crl_run_new(centre, kind, due ? CRL_RUN_ALL : CRL_RUN_MUNICIPAL, &desk->run, fault);
    if (err == ERR_NONE)
        err = crl_run_begin(desk->run, signer, fault);
    return err == ERR_NONE && signer == centre->signer ? crl_desk_settle(desk, fault) : err;
}

static bool has_waiting(const struct crl_desk *desk)
{
    bool has = false;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        has = has || desk->waits[kind];
    return has;
}

enum err crl_turn(struct centre *centre, int *wait, struct fault *fault)
{
    struct crl_desk *desk = &centre->crl;
    enum err err = ERR_NONE;
    if (desk->run)
        err = crl_desk_go_on(desk, fault);
    if (err == ERR_NONE && !desk->run && !has_waiting(desk))
        round_begin(centre);
    for (int kind = 0; err == ERR_NONE && !desk->run && kind < NUM_KINDS; kind++)
        if (desk->waits[kind])
            err = kind_begin(centre, (enum kind)kind, fault);
    if (desk->run && *wait > RUN_MILLISECONDS)
        *wait = RUN_MILLISECONDS;
    return err;
}
