/* What the centre does at start, and from time to time. */
#include "centre/centre.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "centre/act.h"
#include "centre/certificate.h"
#include "centre/counts.h"
#include "centre/crl.h"
#include "centre/erase.h"
#include "centre/follower.h"
#include "centre/journal.h"
#include "centre/maps.h"
#include "centre/restore.h"
#include "centre/setup.h"
#include "centre/signing.h"
#include "centre/term.h"
#include "login/challenge.h"
#include "registry/search.h"
#include "store/rows.h"

#define TURN_MILLISECONDS  1000
#define SWEEP_MILLISECONDS (3600 * 1000)
#define STALE_SECONDS      (14 * 24 * 3600) /* a certificate that was never installed */

static enum err read_is_sample(struct centre *centre, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    centre->is_sample = false;
    store_query(centre->store, STATEMENT_PROPERTY_READ, VALUES(value_text("sample")), &rows, fault);
    if (rows_next(&rows))
        centre->is_sample = bytes_equal_text(row_text(&rows, 0), "1");
    return rows_end(&rows);
}

/* The signer may have its whole log to read first, however long that takes; if it cannot, it ends
 * and the socket with it. */
static enum err floors_await(struct signer_client *signer, struct signer_floors *out)
{
    int timeout = signer->timeout;
    signer->timeout = -1;
    enum err err = signer_client_floors(signer, out);
    signer->timeout = timeout;
    return err;
}

enum err centre_open(struct centre *centre, struct fault *fault)
{
    struct signer_floors floors;
    enum err err = floors_await(centre->signer, &floors);
    if (err != ERR_NONE)
        return fault_set(fault, err, "signer", "the signer does not answer");
    for (int kind = 0; kind < NUM_KINDS; kind++)
        centre->serial_floor[kind] = (int64_t)floors.of[kind].serial;
    err = restore_check(centre->store, &floors, fault);
    if (err == ERR_NONE)
        err = permit_keys_load(centre, fault);
    if (err != ERR_NONE)
        return err;
    if (challenges_new(LIMIT_LOGIN_CHALLENGES, &centre->login_challenges) != ERR_NONE)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    err = search_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    snprintf(centre->counter_id, sizeof centre->counter_id, "%.5s001A", centre->town->code);
    centre->last_checkpoint = centre->last_sweep = clock_monotonic();
    return read_is_sample(centre, fault);
}

void centre_done(struct centre *centre)
{
    crl_desk_done(&centre->crl);
    workers_free(centre->workers);
    mass_desk_done(&centre->mass);
    import_desk_done(&centre->import);
    challenges_free(centre->login_challenges);
    centre->workers = NULL;
    authority_unload(centre);
}

static enum err close_stale(struct centre *centre, const struct certificate *row,
                            struct fault *fault)
{
    char data[96];
    snprintf(data, sizeof data, "{\"kind\":\"%s\",\"serial\":%lld}", kind_name(row->kind),
             (long long)row->serial);
    struct chain_entry entry = {.time = clock_now(),
                                .kind = "never-installed:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    enum err err = certificate_change(centre, row, STATUS_REVOKED, STATUS_UNSPECIFIED, clock_now(),
                                      row->application, fault);
    const struct term_subject subject = {row->application, &row->resident, 1};
    if (err == ERR_NONE)
        err = journal_append(centre->store, &entry, bytes_of_text(data), fault);
    return err != ERR_NONE ? err : term_add(centre->store, &entry, &subject, fault);
}

/* Certificates that nobody installed within 14 days are revoked (unspecified). */
static enum err sweep(struct centre *centre, struct fault *fault)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    enum err err = certificate_list(centre, STATEMENT_CERTIFICATES_STALE,
                                    value_integer(clock_now() - STALE_SECONDS), &list, fault);
    if (err != ERR_NONE || list.num == 0)
        return err;
    err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < list.num; i++)
        err = close_stale(centre, &list.rows[i], fault);
    if (err == ERR_NONE)
        err = store_commit(centre->store, fault);
    else
        store_rollback(centre->store);
    return err != ERR_NONE ? err : change_feed(centre, fault);
}

static enum err checkpoint(struct centre *centre, struct fault *fault)
{
    uint8_t head[CHAIN_LEN];
    centre->last_checkpoint = clock_monotonic();
    enum err err = journal_head(centre->store, &centre->checkpoint_entry, head, fault);
    return err != ERR_NONE ? err
                           : journal_checkpoint(centre->store, centre->signer, clock_now(),
                                                centre->checkpoints, fault);
}

static enum err checkpoint_if_due(struct centre *centre, int64_t now, struct fault *fault)
{
    int64_t number = 0;
    uint8_t head[CHAIN_LEN];
    enum err err = journal_head(centre->store, &number, head, fault);
    counter_set(COUNTER(JOURNAL), 0, (uint64_t)number);
    counter_set(COUNTER(JOURNAL_SIGNED), 0, (uint64_t)centre->checkpoint_entry);
    bool is_long = number - centre->checkpoint_entry >= JOURNAL_CHECKPOINT_ENTRIES;
    bool is_old = now - centre->last_checkpoint >= (int64_t)JOURNAL_CHECKPOINT_SECONDS * 1000;
    return err == ERR_NONE && (is_long || is_old) ? checkpoint(centre, fault) : err;
}

enum err centre_start(struct centre *centre, struct fault *fault)
{
    enum err err = workers_new(0, &centre->workers);
    if (err == ERR_NONE)
        err = authority_load(centre, fault);
    if (err == ERR_NONE && !centre->makes_authorities)
        err = setup_check_unfinished(centre, fault);
    if (err == ERR_NONE)
        err = signing_settle(centre, fault);
    if (err == ERR_NONE)
        err = setup_use_authorities(centre, fault);
    if (err == ERR_NONE)
        err = permit_keys_settle(centre, fault);
    if (err == ERR_NONE)
        err = mass_start(centre, fault);
    if (err == ERR_NONE)
        err = import_start(centre, fault);
    if (err == ERR_NONE)
        err = change_feed(centre, fault);
    if (err == ERR_NONE)
        err = sweep(centre, fault);
    if (err == ERR_NONE)
        err = crl_publish_due(centre, fault);
    if (err == ERR_NONE)
        err = crl_desk_load(centre, fault);
    if (err == ERR_NONE)
        err = maps_sync(centre, fault);
    return err != ERR_NONE ? err : checkpoint(centre, fault);
}

enum err centre_turn(struct centre *centre, int *wait, struct fault *fault)
{
    int64_t now = clock_monotonic();
    enum err err = ERR_NONE;
    bool has_mass = false, has_import = false, has_event = false, has_erasure = false,
         has_more = false;
    err = mass_turn(centre, &has_mass, fault);
    if (err == ERR_NONE)
        err = import_turn(centre, &has_import, fault);
    if (err == ERR_NONE)
        err = event_turn(centre, &has_event, fault);
    if (err == ERR_NONE)
        err = erase_turn(centre, &has_erasure, fault);
    *wait = has_mass || has_import || has_event || has_erasure ? 0 : TURN_MILLISECONDS;
    if (err == ERR_NONE)
        err = door_flush(centre, false, fault);
    if (err == ERR_NONE && now - centre->last_sweep >= SWEEP_MILLISECONDS) {
        centre->last_sweep = now;
        err = sweep(centre, fault);
    }
    for (size_t i = 0; err == ERR_NONE && i < centre->num_tables; i++)
        if (centre->tables[i].turn)
            err = centre->tables[i].turn(centre, &has_more, fault);
    if (has_more)
        *wait = 0;
    if (err == ERR_NONE)
        err = follower_turn(centre, fault);
    if (err == ERR_NONE)
        err = crl_turn(centre, wait, fault);
    if (err == ERR_NONE && maps_sync_is_due(centre))
        err = maps_sync(centre, fault);
    if (err == ERR_NONE)
        err = counts_turn(centre, fault);
    return err == ERR_NONE ? checkpoint_if_due(centre, now, fault) : err;
}
