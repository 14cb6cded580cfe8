#include "centre/crl_run.h"

#include <stdio.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/errand.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/mapping.h"
#include "centre/crl.h"
#include "centre/journal.h"
#include "crypto/hash.h"
#include "crypto/verify.h"

/* A generation, as the map had it when the run began. */
struct scan {
    const struct authority *authority;
    struct status_crl_listing *listing;
    int64_t last_this_update; /* the earliest of its lists' */
};

struct list {
    const struct scan *scan;
    const struct municipality *town; /* NULL: the full list */
    struct status_list name;
    int64_t last_this_update;
    int memfd;
    uint8_t digest[SHA256_LEN];
    uint8_t signature[SIGNER_SIGNATURE_MAX];
    size_t signature_len;
};

/* What a part goes through: work on a thread, then what of it the database keeps. */
enum stage { STAGE_BUILD, STAGE_SIGN, STAGE_PUBLISH, NUM_STAGES };

struct crl_run {
    struct centre *centre;
    enum kind kind;
    enum crl_run_scope scope;
    bool takes[STATUS_MUNICIPALITIES]; /* by row: whose lists are made */
    bool is_last;                      /* afterwards no municipality's list lacks anything */
    struct crl_row crl;                /* what the lists have in common */
    size_t num_scans;
    struct scan scans[SIGNER_GENERATIONS_MAX];
    size_t num, next, end; /* lists; the part that is under way */
    struct list *lists;
    struct signer_client *signer; /* whom the thread asks */
    enum stage stage;             /* of the part */
    struct errand errand;
};

void crl_run_free(struct crl_run *run)
{
    if (!run)
        return;
    (void)!errand_end(&run->errand, NULL);
    for (size_t i = 0; i < run->num; i++)
        fd_close(&run->lists[i].memfd);
    for (size_t i = 0; i < run->num_scans; i++)
        status_crl_listing_free(run->scans[i].listing);
    free(run->lists);
    free(run);
}

void crl_run_cleanup(struct crl_run **run)
{
    crl_run_free(*run);
}

/* --- the moment --- */

static int64_t above(int64_t least, int64_t a, int64_t b)
{
    int64_t most = a > b ? a : b;
    return least > most ? least : most + 1;
}

/* Number and thisUpdate above everything that the store and the signer know. */
static enum err crl_next(struct centre *centre, enum kind kind, struct crl_row *out,
                         struct fault *fault)
{
    struct signer_floors floors;
    struct crl_row last;
    enum err err = crl_last(centre->store, kind, &last, fault);
    if (err != ERR_NONE)
        return err;
    err = signer_client_floors(centre->signer, &floors);
    if (err != ERR_NONE)
        return fault_set(fault, err, "crl", "the signer does not answer");
    *out = (struct crl_row){
        .number = above(1, last.number, (int64_t)floors.of[kind].crl_number),
        .this_update = above(clock_now(), last.this_update, floors.of[kind].this_update),
        .epoch = (int64_t)status_map_epoch(centre->maps[kind]),
    };
    return ERR_NONE;
}

static enum err list_add(struct crl_run *run, struct scan *scan, const struct municipality *town,
                         struct fault *fault)
{
    struct crl_row last;
    unsigned generation = scan->authority->generation;
    enum err err = crl_last_of(run->centre->store, run->kind, generation, town, &last, fault);
    if (err != ERR_NONE)
        return err;
    struct list *list = &run->lists[run->num++];
    *list = (struct list){.scan = scan,
                          .town = town,
                          .name = {.kind = run->kind, .generation = generation},
                          .last_this_update = last.this_update,
                          .memfd = -1};
    if (town)
        memcpy(list->name.municipality, town->code, sizeof list->name.municipality);
    if (last.this_update < scan->last_this_update)
        scan->last_this_update = last.this_update;
    return ERR_NONE;
}

static enum err scan_add(struct crl_run *run, const struct authority *authority,
                         struct fault *fault)
{
    struct centre *centre = run->centre;
    struct scan *scan = &run->scans[run->num_scans++];
    enum err err = ERR_NONE;
    *scan = (struct scan){.authority = authority, .last_this_update = INT64_MAX};
    if (run->scope & CRL_RUN_FULL)
        err = list_add(run, scan, NULL, fault);
    for (size_t i = 0; err == ERR_NONE && i < centre->municipalities.num; i++)
        if (run->takes[centre->municipalities.rows[i].row])
            err = list_add(run, scan, &centre->municipalities.rows[i], fault);
    return err == ERR_NONE
               ? status_crl_listing_new(centre->maps[run->kind], buffer_bytes(&authority->der),
                                        scan->last_this_update, &scan->listing, fault)
               : err;
}

static enum err scans_add(struct crl_run *run, struct fault *fault)
{
    const struct authorities_of_kind *all = &run->centre->authorities[run->kind];
    enum err err = ERR_NONE;
    for (unsigned i = 0; err == ERR_NONE && i < all->num; i++)
        if (authority_is_current(&all->generations[i]))
            err = scan_add(run, &all->generations[i], fault);
    return err;
}

/* Another writer's clock was ahead of this one: a list is not older than what it tells, and not
 * much newer than its moment. */
static enum err catch_up(struct crl_run *run, struct fault *fault)
{
    int64_t newest = run->crl.this_update;
    for (size_t i = 0; i < run->num_scans; i++)
        if (status_crl_listing_newest(run->scans[i].listing) > newest)
            newest = status_crl_listing_newest(run->scans[i].listing);
    int64_t behind = newest - clock_now();
    if (newest > run->crl.this_update && behind > LIMIT_CLOCK_BEHIND)
        return fault_set(fault, ERR_STATE, "clock",
                         "%" PRId64 " s behind what a list has to tell: set it right (NTP)",
                         behind);
    run->crl.this_update = newest;
    return ERR_NONE;
}

enum err crl_run_new(struct centre *centre, enum kind kind, enum crl_run_scope scope,
                     struct crl_run **out, struct fault *fault)
{
    struct crl_run *run CLEANUP(crl_run_cleanup) = calloc(1, sizeof *run);
    if (!run)
        return ERR_MEMORY;
    *run = (struct crl_run){.centre = centre, .kind = kind, .scope = scope};
    run->lists = calloc(centre->authorities[kind].num * (centre->municipalities.num + 1) + 1,
                        sizeof *run->lists);
    if (!run->lists)
        return ERR_MEMORY;
    if (scope & CRL_RUN_MUNICIPAL) {
        crl_desk_take(&centre->crl, kind, run->takes);
        run->is_last = !crl_desk_lacks(&centre->crl, kind);
    }
    enum err err = crl_next(centre, kind, &run->crl, fault);
    if (err == ERR_NONE)
        err = scans_add(run, fault);
    if (err == ERR_NONE)
        err = catch_up(run, fault);
    if (err == ERR_NONE)
        *out = steal(&run);
    return err;
}

/* --- on a thread: building --- */

/* Digest of the bytes to sign, and the bytes themselves on disk before the signer sees them. */
static enum err list_keep(const struct crl_run *run, struct list *list, struct fault *fault)
{
    struct mapping tbs CLEANUP_MAPPING = {0};
    enum err err = mapping_open(list->memfd, LIMIT_CRL, &tbs, fault);
    if (err != ERR_NONE)
        return err;
    sha256(mapping_bytes(&tbs), list->digest);
    return status_crl_keep(run->centre->published, &list->name, mapping_bytes(&tbs), fault);
}

static enum err list_build(const struct crl_run *run, struct list *list, struct fault *fault)
{
    struct buffer point CLEANUP_BUFFER;
    buffer_init(&point, LIMIT_CERTIFICATE);
    if (list->town)
        profile_put_crl_point(run->centre->site, run->kind, list->town->prefecture,
                              list->town->name, &point);
    const struct status_crl_request request = {
        .number = (uint64_t)run->crl.number,
        .this_update = run->crl.this_update,
        .last_this_update = list->last_this_update,
        .municipality = list->town ? list->town->row : 0,
        .issuing_point = buffer_bytes(&point),
    };
    enum err err = buffer_check(&point);
    if (err == ERR_NONE)
        err = status_crl_build(list->scan->listing, &request, &list->memfd, fault);
    return err == ERR_NONE ? list_keep(run, list, fault) : err;
}

/* --- in the database --- */

static enum err list_journal(const struct crl_run *run, const struct list *list,
                             struct fault *fault)
{
    char hex[2 * SHA256_LEN + 1], data[256], municipality[64] = "";
    if (list->town)
        snprintf(municipality, sizeof municipality, "\"municipality\":\"%s\",", list->town->code);
    snprintf(data, sizeof data,
             "{\"generation\":%u,\"kind\":\"%s\",%s\"number\":%lld,\"tbs\":\"%s\"}",
             list->name.generation, kind_name(run->kind), municipality, (long long)run->crl.number,
             hex_print(list->digest, SHA256_LEN, hex));
    struct chain_entry entry = {
        .time = clock_now(), .kind = "crl:done", .actor = "system", .role = "system", .second = ""};
    return journal_append(run->centre->store, &entry, bytes_of_text(data), fault);
}

static enum err list_store(const struct crl_run *run, const struct list *list, struct fault *fault)
{
    const struct crl_row *crl = &run->crl;
    int64_t code = list->town ? municipality_number(list->town) : 0;
    enum err err = store_run(run->centre->store, STATEMENT_CRL_INSERT,
                             VALUES(value_integer(run->kind), value_integer(list->name.generation),
                                    value_integer(code), value_integer(crl->number),
                                    value_integer(crl->this_update), value_integer(crl->epoch),
                                    value_blob(bytes_of(list->digest, SHA256_LEN))),
                             fault);
    return err == ERR_NONE ? list_journal(run, list, fault) : err;
}

/* With the last one: every municipality has a list that knows all changes up to the epoch. */
static enum err done_store(const struct crl_run *run, struct fault *fault)
{
    if (run->end < run->num || !run->is_last)
        return ERR_NONE;
    return store_run(run->centre->store, STATEMENT_CRL_DONE_WRITE,
                     VALUES(value_integer(run->kind), value_integer(run->crl.epoch)), fault);
}

/* --- on a thread: signing --- */

static enum err list_sign(const struct crl_run *run, struct list *list, struct fault *fault)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, sizeof list->signature);
    enum err err = signer_client_crl(run->signer, run->kind, list->memfd, &signature, fault);
    if (err != ERR_NONE)
        return err;
    if (verify_digest(list->scan->authority->key, HASH_SHA256,
                      bytes_of(list->digest, sizeof list->digest),
                      buffer_bytes(&signature)) != ERR_NONE)
        return fault_set(fault, ERR_PEER, "list", "the signer gave a wrong signature");
    list->signature_len = signature.len;
    memcpy(list->signature, signature.data, signature.len);
    return ERR_NONE;
}

/* --- in the database: for followers, which build the same full list --- */

static enum err signature_store(const struct crl_run *run, const struct list *list,
                                struct fault *fault)
{
    if (list->town)
        return ERR_NONE;
    return store_run(run->centre->store, STATEMENT_CRL_SIGNATURE_INSERT,
                     VALUES(value_integer(run->kind), value_integer(list->name.generation),
                            value_integer(run->crl.number),
                            value_blob(bytes_of(list->signature, list->signature_len))),
                     fault);
}

/* --- on a thread: publishing --- */

static enum err list_publish(const struct crl_run *run, struct list *list, struct fault *fault)
{
    const char *folder = run->centre->published;
    enum err err = status_crl_publish(folder, &list->name, list->memfd,
                                      profile_signature(list->scan->authority->cert.key.type),
                                      bytes_of(list->signature, list->signature_len), fault);
    if (err == ERR_NONE && !list->town)
        err = status_epoch_publish(folder, &list->name, (uint64_t)run->crl.epoch, fault);
    fd_close(&list->memfd);
    list->memfd = -1;
    return err;
}

/* After the last one, the epoch of the lists of municipalities. */
static enum err done_publish(const struct crl_run *run, struct fault *fault)
{
    enum err err = ERR_NONE;
    if (run->end < run->num || !run->is_last)
        return ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < run->num_scans; i++) {
        struct status_list any = {.kind = run->kind,
                                  .generation = run->scans[i].authority->generation};
        memcpy(any.municipality, run->centre->town->code, sizeof any.municipality);
        err = status_epoch_publish(run->centre->published, &any, (uint64_t)run->crl.epoch, fault);
    }
    return err;
}

/* --- part by part --- */

/* Each for every list of the part, then the ends once; or NULL. */
static const struct {
    enum err (*work)(const struct crl_run *run, struct list *list, struct fault *fault);
    enum err (*work_end)(const struct crl_run *run, struct fault *fault);
    enum err (*store)(const struct crl_run *run, const struct list *list, struct fault *fault);
    enum err (*store_end)(const struct crl_run *run, struct fault *fault);
} stages[NUM_STAGES] = {
    [STAGE_BUILD] = {list_build, NULL, list_store, done_store},
    [STAGE_SIGN] = {list_sign, NULL, signature_store, NULL},
    [STAGE_PUBLISH] = {list_publish, done_publish, NULL, NULL},
};

static enum err part_work(void *context, struct fault *fault)
{
    const struct crl_run *run = context;
    enum err err = ERR_NONE;
    for (size_t i = run->next; err == ERR_NONE && i < run->end; i++)
        err = stages[run->stage].work(run, &run->lists[i], fault);
    bool has_end = stages[run->stage].work_end;
    return err == ERR_NONE && has_end ? stages[run->stage].work_end(run, fault) : err;
}

static void part_next(struct crl_run *run)
{
    run->next = run->end;
    run->end = run->num - run->next < LIMIT_CRL_PART ? run->num : run->next + LIMIT_CRL_PART;
    run->stage = STAGE_BUILD;
}

static enum err part_begin(struct crl_run *run, struct fault *fault)
{
    enum err err = errand_begin(&run->errand, part_work, run);
    return err == ERR_NONE ? ERR_NONE : fault_set(fault, err, "lists", "no thread for them");
}

static enum err part_store(const struct crl_run *run, struct fault *fault)
{
    struct store *store = run->centre->store;
    if (!stages[run->stage].store)
        return ERR_NONE;
    enum err err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = run->next; err == ERR_NONE && i < run->end; i++)
        err = stages[run->stage].store(run, &run->lists[i], fault);
    if (err == ERR_NONE && stages[run->stage].store_end)
        err = stages[run->stage].store_end(run, fault);
    if (err == ERR_NONE)
        return store_commit(store, fault);
    store_rollback(store);
    return err;
}

enum err crl_run_begin(struct crl_run *run, struct signer_client *signer, struct fault *fault)
{
    run->signer = signer;
    part_next(run);
    return part_begin(run, fault);
}

/* The thread has come to the end of the part's stage. */
static enum err part_go_on(struct crl_run *run, bool *is_over, struct fault *fault)
{
    enum err err = errand_end(&run->errand, fault);
    if (err == ERR_NONE)
        err = part_store(run, fault);
    if (err != ERR_NONE)
        return err;
    if (++run->stage == NUM_STAGES)
        part_next(run);
    *is_over = run->next == run->num;
    return *is_over ? ERR_NONE : part_begin(run, fault);
}

enum err crl_run_turn(struct crl_run *run, bool *is_over, struct fault *fault)
{
    return errand_is_done(&run->errand) ? part_go_on(run, is_over, fault) : ERR_NONE;
}

enum err crl_run_finish(struct crl_run *run, struct fault *fault)
{
    bool is_over = false;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && !is_over)
        err = part_go_on(run, &is_over, fault);
    return err;
}
