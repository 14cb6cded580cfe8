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

enum err crl_last(struct store *store, enum kind kind, struct crl_row *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct crl_row last = {0};
    store_query(store, STATEMENT_CRL_LAST, VALUES(value_integer(kind)), &rows, fault);
    if (rows_next(&rows)) {
        last = (struct crl_row){.number = row_integer(&rows, 0),
                                .this_update = row_integer(&rows, 1),
                                .epoch = row_integer(&rows, 2)};
        row_copy_blob(&rows, 3, last.digest, sizeof last.digest);
    }
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = last;
    return err;
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

static enum err crl_journal(struct centre *centre, enum kind kind, const struct crl_row *crl,
                            const uint8_t digest[static SHA256_LEN], struct fault *fault)
{
    char hex[2 * SHA256_LEN + 1], data[256];
    snprintf(data, sizeof data, "{\"kind\":\"%s\",\"number\":%lld,\"tbs\":\"%s\"}", kind_name(kind),
             (long long)crl->number, hex_print(digest, SHA256_LEN, hex));
    struct chain_entry entry = {
        .time = clock_now(), .kind = "crl:done", .actor = "system", .role = "system", .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
}

static enum err crl_store(struct centre *centre, enum kind kind, const struct crl_row *crl,
                          const uint8_t digest[static SHA256_LEN], struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    err = store_run(centre->store, STATEMENT_CRL_INSERT,
                    VALUES(value_integer(kind), value_integer(crl->number),
                           value_integer(crl->this_update), value_integer(crl->epoch),
                           value_blob(bytes_of(digest, SHA256_LEN))),
                    fault);
    if (err == ERR_NONE)
        err = crl_journal(centre, kind, crl, digest, fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

/* Digest of the bytes to sign, and the bytes themselves on disk before the signer sees them. */
static enum err crl_keep(struct centre *centre, enum kind kind, int memfd,
                         uint8_t digest[static SHA256_LEN], struct fault *fault)
{
    char path[CENTRE_PATH + 32], source[64];
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CRL);
    snprintf(source, sizeof source, "/proc/self/fd/%d", memfd);
    enum err err = file_read(source, &tbs, fault);
    if (err != ERR_NONE)
        return err;
    sha256(buffer_bytes(&tbs), digest);
    snprintf(path, sizeof path, "%s/%s.tbs", centre->published, kind_name(kind));
    return file_replace(path, buffer_bytes(&tbs), 0644, fault);
}

static enum err crl_sign(struct centre *centre, enum kind kind, const struct crl_row *crl,
                         int memfd, struct fault *fault)
{
    uint8_t digest[SHA256_LEN];
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    enum err err = crl_keep(centre, kind, memfd, digest, fault);
    if (err == ERR_NONE)
        err = crl_store(centre, kind, crl, digest, fault);
    if (err == ERR_NONE)
        err = signer_client_crl(centre->signer, kind, memfd, &signature, fault);
    if (err == ERR_NONE)
        err = status_crl_publish(centre->published, kind, memfd,
                                 profile_signature(centre->authorities[kind].cert.key.type),
                                 buffer_bytes(&signature), (uint64_t)crl->epoch, fault);
    return err;
}

enum err crl_publish(struct centre *centre, enum kind kind, struct fault *fault)
{
    struct crl_row last = {0}, crl = {0};
    enum err err = crl_last(centre->store, kind, &last, fault);
    if (err == ERR_NONE)
        err = crl_next(centre, kind, &last, &crl, fault);
    if (err != ERR_NONE)
        return err;
    const struct status_crl_request request = {
        .issuer = buffer_bytes(&centre->authorities[kind].der),
        .number = (uint64_t)crl.number,
        .this_update = crl.this_update,
        .next_update = crl.this_update + STATUS_CRL_LIFE,
        .last_this_update = last.this_update,
    };
    int memfd CLEANUP_FD = -1;
    err = status_crl_build(centre->maps[kind], &request, &memfd, fault);
    return err != ERR_NONE ? err : crl_sign(centre, kind, &crl, memfd, fault);
}

int64_t crl_last_daily(int64_t t)
{
    return date_start(date_of_time(t - CRL_DAILY)) + CRL_DAILY;
}

/* The last list is stored before it is signed and published: a start may find it unpublished. */
static bool is_published(const struct centre *centre, enum kind kind, const struct crl_row *last)
{
    return status_crl_is_published(centre->published, kind,
                                   bytes_of(last->digest, sizeof last->digest),
                                   (uint64_t)last->epoch);
}

enum err crl_publish_due(struct centre *centre, struct fault *fault)
{
    int64_t daily = crl_last_daily(clock_now());
    for (int i = 0; i < NUM_KINDS; i++) {
        enum kind kind = (enum kind)i;
        struct crl_row last;
        enum err err = crl_last(centre->store, kind, &last, fault);
        if (err != ERR_NONE)
            return err;
        bool lacks_change = (uint64_t)last.epoch < status_map_epoch(centre->maps[kind]);
        bool is_due =
            lacks_change || last.this_update < daily || !is_published(centre, kind, &last);
        if (is_due && (err = crl_publish(centre, kind, fault)) != ERR_NONE)
            return err;
    }
    centre->has_new_change = false;
    centre->daily = daily;
    return ERR_NONE;
}
