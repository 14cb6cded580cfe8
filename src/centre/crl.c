/* Making and publishing CRLs. */
#include "centre/crl.h"

#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "centre/journal.h"
#include "crypto/hash.h"
#include "store/rows.h"

static enum err row_end(struct rows *rows, struct crl_row *out)
{
    struct crl_row last = {0};
    if (rows_next(rows)) {
        last = (struct crl_row){.number = row_integer(rows, 0),
                                .this_update = row_integer(rows, 1),
                                .epoch = row_integer(rows, 2)};
        row_copy_blob(rows, 3, last.digest, sizeof last.digest);
    }
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

enum err crl_last_of(struct store *store, enum kind kind, unsigned generation, struct crl_row *out,
                     struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_CRL_LAST_OF,
                VALUES(value_integer(kind), value_integer(generation)), &rows, fault);
    return row_end(&rows, out);
}

static int64_t above(int64_t least, int64_t a, int64_t b)
{
    int64_t most = a > b ? a : b;
    return least > most ? least : most + 1;
}

/* Number and thisUpdate above everything that the store and the signer know. */
static enum err crl_next(struct centre *centre, enum kind kind, const struct crl_row *last,
                         struct crl_row *out, struct fault *fault)
{
    struct signer_floors floors;
    enum err err = signer_client_floors(centre->signer, &floors);
    if (err != ERR_NONE)
        return fault_set(fault, err, "crl", "the signer does not answer");
    *out = (struct crl_row){
        .number = above(1, last->number, (int64_t)floors.of[kind].crl_number),
        .this_update = above(clock_now(), last->this_update, floors.of[kind].this_update),
        .epoch = (int64_t)status_map_epoch(centre->maps[kind]),
    };
    return ERR_NONE;
}

/* One list of a batch. */
struct list {
    const struct authority *authority;
    int memfd;
    uint8_t digest[SHA256_LEN];
};

struct batch {
    enum kind kind;
    struct crl_row crl; /* what its lists have in common */
    size_t num;
    struct list lists[SIGNER_GENERATIONS_MAX];
};

static void batch_done(struct batch *batch)
{
    for (size_t i = 0; i < batch->num; i++)
        fd_close(&batch->lists[i].memfd);
}

static enum err crl_journal(struct centre *centre, const struct batch *batch,
                            const struct list *list, struct fault *fault)
{
    char hex[2 * SHA256_LEN + 1], data[256];
    snprintf(data, sizeof data,
             "{\"generation\":%u,\"kind\":\"%s\",\"number\":%lld,\"tbs\":\"%s\"}",
             list->authority->generation, kind_name(batch->kind), (long long)batch->crl.number,
             hex_print(list->digest, SHA256_LEN, hex));
    struct chain_entry entry = {
        .time = clock_now(), .kind = "crl:done", .actor = "system", .role = "system", .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
}

static enum err list_store(struct centre *centre, const struct batch *batch,
                           const struct list *list, struct fault *fault)
{
    const struct crl_row *crl = &batch->crl;
    enum err err =
        store_run(centre->store, STATEMENT_CRL_INSERT,
                  VALUES(value_integer(batch->kind), value_integer(list->authority->generation),
                         value_integer(crl->number), value_integer(crl->this_update),
                         value_integer(crl->epoch), value_blob(bytes_of(list->digest, SHA256_LEN))),
                  fault);
    return err == ERR_NONE ? crl_journal(centre, batch, list, fault) : err;
}

static enum err batch_store(struct centre *centre, const struct batch *batch, struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < batch->num; i++)
        err = list_store(centre, batch, &batch->lists[i], fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

/* Digest of the bytes to sign, and the bytes themselves on disk before the signer sees them. */
static enum err list_keep(struct centre *centre, enum kind kind, struct list *list,
                          struct fault *fault)
{
    char path[CENTRE_PATH + 64], source[64], name[STATUS_NAME];
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CRL);
    snprintf(source, sizeof source, "/proc/self/fd/%d", list->memfd);
    enum err err = file_read(source, &tbs, fault);
    if (err != ERR_NONE)
        return err;
    sha256(buffer_bytes(&tbs), list->digest);
    snprintf(path, sizeof path, "%s/%s.tbs", centre->published,
             status_published_name(kind, list->authority->generation, name));
    return file_replace(path, buffer_bytes(&tbs), 0644, fault);
}

static enum err list_sign(struct centre *centre, const struct batch *batch, const struct list *list,
                          struct fault *fault)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    enum err err = signer_client_crl(centre->signer, batch->kind, list->memfd, &signature, fault);
    if (err == ERR_NONE)
        err = status_crl_publish(centre->published, batch->kind, list->authority->generation,
                                 list->memfd, profile_signature(list->authority->cert.key.type),
                                 buffer_bytes(&signature), (uint64_t)batch->crl.epoch, fault);
    return err;
}

static enum err list_build(struct centre *centre, struct batch *batch,
                           const struct authority *authority, struct fault *fault)
{
    struct crl_row last;
    struct list *list = &batch->lists[batch->num];
    enum err err = crl_last_of(centre->store, batch->kind, authority->generation, &last, fault);
    if (err != ERR_NONE)
        return err;
    const struct status_crl_request request = {
        .issuer = buffer_bytes(&authority->der),
        .number = (uint64_t)batch->crl.number,
        .this_update = batch->crl.this_update,
        .next_update = batch->crl.this_update + STATUS_CRL_LIFE,
        .last_this_update = last.this_update,
    };
    *list = (struct list){.authority = authority, .memfd = -1};
    err = status_crl_build(centre->maps[batch->kind], &request, &list->memfd, fault);
    if (err != ERR_NONE)
        return err;
    batch->num++;
    return list_keep(centre, batch->kind, list, fault);
}

/* Whose lists are still made: an authority that has ended signed nothing that is in date. */
static bool has_list(const struct authority *authority)
{
    return authority->der.len > 0 && !authority_has_ended(authority, clock_now());
}

enum err crl_publish(struct centre *centre, enum kind kind, struct fault *fault)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    struct batch batch CLEANUP(batch_done) = {.kind = kind};
    struct crl_row last;
    enum err err = crl_last(centre->store, kind, &last, fault);
    if (err == ERR_NONE)
        err = crl_next(centre, kind, &last, &batch.crl, fault);
    for (unsigned i = 0; err == ERR_NONE && i < all->num; i++)
        if (has_list(&all->generations[i]))
            err = list_build(centre, &batch, &all->generations[i], fault);
    if (err == ERR_NONE)
        err = batch_store(centre, &batch, fault);
    for (size_t i = 0; err == ERR_NONE && i < batch.num; i++)
        err = list_sign(centre, &batch, &batch.lists[i], fault);
    return err;
}

int64_t crl_last_daily(int64_t t)
{
    return date_start(date_of_time(t - CRL_DAILY)) + CRL_DAILY;
}

/* The last list is stored before it is signed and published: a start may find it unpublished. */
static bool is_published(const struct centre *centre, enum kind kind, unsigned generation,
                         const struct crl_row *last)
{
    return status_crl_is_published(centre->published, kind, generation,
                                   bytes_of(last->digest, sizeof last->digest),
                                   (uint64_t)last->epoch);
}

static enum err is_due(struct centre *centre, enum kind kind, unsigned generation, int64_t daily,
                       bool *out, struct fault *fault)
{
    struct crl_row last;
    enum err err = crl_last_of(centre->store, kind, generation, &last, fault);
    *out = err == ERR_NONE &&
           ((uint64_t)last.epoch < status_map_epoch(centre->maps[kind]) ||
            last.this_update < daily || !is_published(centre, kind, generation, &last));
    return err;
}

static enum err publish_if_due(struct centre *centre, enum kind kind, int64_t daily,
                               struct fault *fault)
{
    const struct authorities_of_kind *all = &centre->authorities[kind];
    bool due = false;
    enum err err = ERR_NONE;
    for (unsigned i = 0; err == ERR_NONE && !due && i < all->num; i++)
        if (has_list(&all->generations[i]))
            err = is_due(centre, kind, i + 1, daily, &due, fault);
    return err == ERR_NONE && due ? crl_publish(centre, kind, fault) : err;
}

enum err crl_publish_due(struct centre *centre, struct fault *fault)
{
    int64_t daily = crl_last_daily(clock_now());
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        enum err err = publish_if_due(centre, (enum kind)kind, daily, fault);
        if (err != ERR_NONE)
            return err;
    }
    centre->has_new_change = false;
    centre->daily = daily;
    return ERR_NONE;
}
