/* From stored bytes to stored certificates. */
#include "centre/signing.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "centre/certificate.h"
#include "centre/journal.h"
#include "crypto/hash.h"
#include "crypto/verify.h"
#include "store/rows.h"
#include "x509/cert.h"

enum err signing_next_serial(struct centre *centre, enum kind kind, int64_t *serial,
                             struct fault *fault)
{
    int64_t last;
    enum err err = store_ask_integer(centre->store, STATEMENT_SIGNING_LAST_SERIAL,
                                     VALUES(value_integer(kind)), &last, fault);
    if (err != ERR_NONE)
        return err;
    *serial = (last > centre->serial_floor[kind] ? last : centre->serial_floor[kind]) + 1;
    return ERR_NONE;
}

enum err signing_add(struct centre *centre, enum kind kind, int64_t serial,
                     enum signer_certificate what, struct bytes tbs, struct fault *fault)
{
    return store_run(
        centre->store, STATEMENT_SIGNING_INSERT,
        VALUES(value_integer(kind), value_integer(serial), value_integer(what), value_blob(tbs)),
        fault);
}

enum err signing_signed(struct centre *centre, enum kind kind, int64_t serial,
                        struct bytes signature, struct fault *fault)
{
    return store_run_one(centre->store, STATEMENT_SIGNING_DONE,
                         VALUES(value_integer(kind), value_integer(serial), value_blob(signature)),
                         fault);
}

enum err signing_assemble(struct bytes tbs, struct bytes signature, struct buffer *out)
{
    enum algorithm algorithm;
    enum err err = cert_parse_algorithm(tbs, &algorithm);
    return err == ERR_NONE ? cert_assemble(tbs, algorithm, signature, out) : err;
}

/* One thing that waits, and what became of it. */
struct waiting {
    enum kind kind;
    int64_t serial;
    enum signer_certificate what;
    const struct authority *authority;
    struct buffer tbs, certificate;
    uint8_t digest[SHA256_LEN]; /* of tbs */
    enum err err;
};

enum signing_stage { SIGNING_SENT, SIGNING_RECEIVED, SIGNING_KEPT };

struct signing {
    struct centre *centre;
    enum signing_stage stage;
    size_t num;
    struct waiting items[LIMIT_ACT_BATCH];
    struct signer_item answers[LIMIT_ACT_BATCH];
};
_Static_assert(LIMIT_ACT_BATCH <= SIGNER_BATCH_MAX, "what is decided at once is signed at once");

static enum err signing_new(struct centre *centre, struct signing **out)
{
    struct signing *signing = calloc(1, sizeof *signing);
    if (!signing)
        return ERR_MEMORY;
    signing->centre = centre;
    *out = signing;
    return ERR_NONE;
}

void signing_free(struct signing *signing)
{
    if (!signing)
        return;
    if (signing->centre->signing == signing)
        signing->centre->signing = NULL;
    for (size_t i = 0; i < signing->num; i++) {
        buffer_done(&signing->items[i].tbs);
        buffer_done(&signing->items[i].certificate);
    }
    free(signing);
}

static void signing_cleanup(struct signing **signing)
{
    signing_free(*signing);
}

/* -- reading what waits -- */

/* The serial after which nothing was sent yet: what is under way has no results in the database. */
static int64_t sent_until(const struct centre *centre, enum kind kind)
{
    int64_t last = 0;
    const struct signing *before = centre->signing;
    for (size_t i = 0; before && i < before->num; i++)
        if (before->items[i].kind == kind)
            last = before->items[i].serial;
    return last;
}

static enum err waiting_read(enum kind kind, struct signing *signing, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(signing->centre->store, STATEMENT_SIGNING_WAITING,
                VALUES(value_integer(kind), value_integer(sent_until(signing->centre, kind)),
                       value_integer((int64_t)(LIMIT_ACT_BATCH - signing->num))),
                &rows, fault);
    while (signing->num < LIMIT_ACT_BATCH && rows_next(&rows)) {
        struct waiting *item = &signing->items[signing->num++];
        *item = (struct waiting){.kind = kind, .serial = row_integer(&rows, 0)};
        item->what = (enum signer_certificate)row_integer_within(&rows, 1, 0, SIGNER_RESPONDER);
        buffer_init(&item->tbs, LIMIT_CERTIFICATE);
        buffer_init(&item->certificate, LIMIT_CERTIFICATE);
        buffer_put_bytes(&item->tbs, row_blob(&rows, 2));
    }
    return rows_end(&rows);
}

/* The signer's answer is believed only after it was verified with the key that is the authority's.
 * On any thread. */
static void waiting_verify(void *context, size_t i)
{
    struct waiting *item = &((struct signing *)context)->items[i];
    const struct signer_item *answer = &((struct signing *)context)->answers[i];
    const struct authority *authority = item->authority;
    struct bytes tbs = buffer_bytes(&item->tbs);
    struct bytes signature = bytes_of(answer->signature, answer->signature_len);
    sha256(tbs, item->digest);
    if (answer->err != ERR_NONE)
        return;
    item->err = authority ? verify_digest(authority->key, HASH_SHA256,
                                          bytes_of(item->digest, SHA256_LEN), signature)
                          : ERR_PEER;
    if (item->err == ERR_NONE)
        item->err = signing_assemble(tbs, signature, &item->certificate);
}

static enum err waiting_check(const struct waiting *item, const struct signer_item *answer,
                              struct fault *fault)
{
    if (answer->err != ERR_NONE && answer->err != ERR_DENIED)
        return fault_set(fault, answer->err, "signing", "the signer: %s", answer->fault.text);
    if (item->err != ERR_NONE)
        return fault_set(fault, ERR_PEER, "signing", "the signer gave a wrong signature");
    return ERR_NONE;
}

/* -- the journal: one entry for what was signed at once; a refusal has its own, with its rule -- */

static void put_item(struct buffer *data, const struct waiting *item, const char *rule)
{
    static const char *const whats[] = {"authority", "leaf", "responder"};
    char hex[2 * SHA256_LEN + 1];
    buffer_put_format(data,
                      "%s{\"kind\":\"%s\",\"serial\":%lld,\"rule\":\"%.40s\",\"tbs\":\"%s\","
                      "\"what\":\"%s\"}",
                      data->len ? "," : "{\"signatures\":[", kind_name(item->kind),
                      (long long)item->serial, rule, hex_print(item->digest, SHA256_LEN, hex),
                      whats[item->what]);
}

static enum err journal_items(struct centre *centre, const char *kind, struct buffer *data,
                              struct fault *fault)
{
    buffer_put_text(data, "]}");
    struct chain_entry entry = {
        .time = clock_now(), .kind = kind, .actor = "system", .role = "system", .second = ""};
    enum err err = buffer_check(data);
    return err == ERR_NONE ? journal_append(centre->store, &entry, buffer_bytes(data), fault) : err;
}

static enum err journal_refusal(struct centre *centre, const struct waiting *item, const char *rule,
                                struct fault *fault)
{
    struct buffer data CLEANUP_BUFFER;
    buffer_init(&data, LIMIT_FRAME);
    put_item(&data, item, rule);
    return journal_items(centre, "sign:refused", &data, fault);
}

static enum err journal_signatures(const struct signing *signing, struct fault *fault)
{
    struct buffer data CLEANUP_BUFFER;
    buffer_init(&data, LIMIT_FRAME);
    for (size_t i = 0; i < signing->num; i++)
        if (signing->answers[i].err == ERR_NONE)
            put_item(&data, &signing->items[i], "");
    return data.len ? journal_items(signing->centre, "sign:done", &data, fault) : ERR_NONE;
}

/* signature: empty when the signer refused. */
static enum err waiting_keep(struct centre *centre, const struct waiting *item,
                             struct bytes signature, struct fault *fault)
{
    struct bytes certificate = buffer_bytes(&item->certificate);
    enum err err =
        signature.len
            ? signing_signed(centre, item->kind, item->serial, signature, fault)
            : store_run_one(centre->store, STATEMENT_SIGNING_REFUSE,
                            VALUES(value_integer(item->kind), value_integer(item->serial)), fault);
    return err == ERR_NONE && item->what == SIGNER_LEAF
               ? certificate_signed(centre, item->kind, item->serial, certificate, fault)
               : err;
}

static enum err waiting_keep_all(const struct signing *signing, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < signing->num; i++) {
        const struct signer_item *answer = &signing->answers[i];
        bool is_refused = answer->err != ERR_NONE;
        struct bytes signature =
            bytes_of(answer->signature, is_refused ? 0 : answer->signature_len);
        err = waiting_keep(signing->centre, &signing->items[i], signature, fault);
        if (err == ERR_NONE && is_refused)
            err = journal_refusal(signing->centre, &signing->items[i], answer->fault.rule, fault);
    }
    return err == ERR_NONE ? journal_signatures(signing, fault) : err;
}

/* -- the steps -- */

static enum err send_all(struct signing *signing, struct fault *fault)
{
    for (size_t i = 0; i < signing->num; i++) {
        struct waiting *item = &signing->items[i];
        struct bytes tbs = buffer_bytes(&item->tbs);
        item->authority = authority_of_tbs(signing->centre, item->kind, item->what, tbs);
        signing->answers[i] =
            (struct signer_item){.kind = item->kind, .what = item->what, .tbs = tbs};
    }
    return signer_client_certificates_send(signing->centre->signer, signing->answers, signing->num,
                                           fault);
}

enum err signing_send(struct centre *centre, struct signing **out, struct fault *fault)
{
    struct signing *signing CLEANUP(signing_cleanup) = NULL;
    enum err err = signing_new(centre, &signing);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = waiting_read((enum kind)kind, signing, fault);
    *out = NULL;
    if (err != ERR_NONE || signing->num == 0)
        return err;
    err = send_all(signing, fault);
    if (err != ERR_NONE)
        return err;
    centre->signing = *out = steal(&signing);
    return ERR_NONE;
}

enum err signing_receive(struct signing *signing, struct fault *fault)
{
    if (!signing || signing->stage != SIGNING_SENT)
        return ERR_NONE;
    struct centre *centre = signing->centre;
    enum err err =
        signer_client_certificates_receive(centre->signer, signing->answers, signing->num, fault);
    if (err != ERR_NONE)
        return err;
    workers_each(centre->workers, waiting_verify, signing, signing->num);
    for (size_t i = 0; err == ERR_NONE && i < signing->num; i++)
        err = waiting_check(&signing->items[i], &signing->answers[i], fault);
    if (err == ERR_NONE)
        signing->stage = SIGNING_RECEIVED;
    return err;
}

enum err signing_keep(struct signing *signing, struct fault *fault)
{
    if (!signing || signing->stage == SIGNING_KEPT)
        return ERR_NONE;
    struct store *store = signing->centre->store;
    enum err err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    err = waiting_keep_all(signing, fault);
    if (err != ERR_NONE) {
        store_rollback(store);
        return err;
    }
    err = store_commit(store, fault);
    if (err == ERR_NONE)
        signing->stage = SIGNING_KEPT;
    return err;
}

static enum err signing_end(struct signing *signing, struct fault *fault)
{
    enum err err = signing_receive(signing, fault);
    return err == ERR_NONE ? signing_keep(signing, fault) : err;
}

/* One round. *num_settled is how many waited. */
static enum err settle_some(struct centre *centre, size_t *num_settled, struct fault *fault)
{
    struct signing *signing CLEANUP(signing_cleanup) = NULL;
    enum err err = signing_send(centre, &signing, fault);
    *num_settled = err == ERR_NONE && signing ? signing->num : 0;
    return err == ERR_NONE ? signing_end(signing, fault) : err;
}

enum err signing_settle(struct centre *centre, struct fault *fault)
{
    size_t num_settled = LIMIT_ACT_BATCH;
    enum err err = signing_end(centre->signing, fault);
    while (err == ERR_NONE && num_settled == LIMIT_ACT_BATCH)
        err = settle_some(centre, &num_settled, fault);
    centre->is_broken = centre->is_broken || err != ERR_NONE;
    return err;
}

enum err signing_certificate(struct centre *centre, enum kind kind, int64_t serial,
                             struct buffer *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, STATEMENT_SIGNING_READ,
                VALUES(value_integer(kind), value_integer(serial)), &rows, fault);
    enum err err = rows_next(&rows) && !row_is_null(&rows, 1)
                       ? signing_assemble(row_blob(&rows, 0), row_blob(&rows, 1), out)
                       : ERR_NOT_FOUND;
    enum err end = rows_end(&rows);
    if (end != ERR_NONE)
        return end;
    return err == ERR_NONE
               ? ERR_NONE
               : fault_set(fault, err, "signing", "serial %lld is not signed", (long long)serial);
}
