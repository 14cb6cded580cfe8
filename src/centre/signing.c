/* From stored bytes to stored certificates. */
#include "centre/signing.h"

#include <stdio.h>
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

/* One thing that waits, and what became of it. */
struct waiting {
    enum kind kind;
    int64_t serial;
    enum signer_certificate what;
    struct buffer tbs, certificate;
    bool is_refused;
    char rule[64]; /* that the signer named */
};

struct waiting_list {
    size_t num;
    struct waiting items[LIMIT_ACT_BATCH];
};

static void waiting_done(struct waiting_list *list)
{
    for (size_t i = 0; i < list->num; i++) {
        buffer_done(&list->items[i].tbs);
        buffer_done(&list->items[i].certificate);
    }
}

static enum err waiting_read(struct centre *centre, enum kind kind, struct waiting_list *list,
                             struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, STATEMENT_SIGNING_WAITING,
                VALUES(value_integer(kind), value_integer((int64_t)(LIMIT_ACT_BATCH - list->num))),
                &rows, fault);
    while (list->num < LIMIT_ACT_BATCH && rows_next(&rows)) {
        struct waiting *item = &list->items[list->num++];
        *item = (struct waiting){.kind = kind, .serial = row_integer(&rows, 0)};
        item->what = (enum signer_certificate)row_integer_within(&rows, 1, 0, SIGNER_RESPONDER);
        buffer_init(&item->tbs, LIMIT_CERTIFICATE);
        buffer_init(&item->certificate, LIMIT_CERTIFICATE);
        buffer_put_bytes(&item->tbs, row_blob(&rows, 2));
    }
    return rows_end(&rows);
}

/* The signer's answer is believed only after it was verified with the key that is the authority's.
 */
static enum err waiting_verify(struct centre *centre, const struct waiting *item,
                               struct bytes signature, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    enum err err = public_key_parse(buffer_bytes(&centre->authorities[item->kind].spki), &key);
    if (err == ERR_NONE)
        err = verify_message(key, HASH_SHA256, buffer_bytes(&item->tbs), signature);
    return err == ERR_NONE
               ? ERR_NONE
               : fault_set(fault, ERR_PEER, "signing", "the signer gave a wrong signature");
}

static enum err waiting_sign(struct centre *centre, struct waiting *item, struct fault *fault)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNER_SIGNATURE_MAX);
    struct fault refusal = {0};
    enum err err = signer_client_certificate(centre->signer, item->kind, item->what,
                                             buffer_bytes(&item->tbs), &signature, &refusal);
    if (err == ERR_DENIED) {
        item->is_refused = true;
        snprintf(item->rule, sizeof item->rule, "%.40s", refusal.rule);
        return ERR_NONE;
    }
    if (err != ERR_NONE)
        return fault_set(fault, err, "signing", "the signer does not answer: %s", refusal.text);
    struct cert cert;
    err = waiting_verify(centre, item, buffer_bytes(&signature), fault);
    if (err == ERR_NONE)
        err = cert_parse_tbs(buffer_bytes(&item->tbs), &cert, fault);
    return err != ERR_NONE ? err
                           : cert_assemble(buffer_bytes(&item->tbs), cert.algorithm,
                                           buffer_bytes(&signature), &item->certificate);
}

static enum err waiting_journal(struct centre *centre, const struct waiting *item,
                                struct fault *fault)
{
    static const char *const whats[] = {"authority", "leaf", "responder"};
    uint8_t digest[SHA256_LEN];
    char hex[2 * SHA256_LEN + 1];
    sha256(buffer_bytes(&item->tbs), digest);
    char data[256];
    snprintf(data, sizeof data,
             "{\"kind\":\"%s\",\"serial\":%lld,\"rule\":\"%s\",\"tbs\":\"%s\",\"what\":\"%s\"}",
             kind_name(item->kind), (long long)item->serial, item->rule,
             hex_print(digest, sizeof digest, hex), whats[item->what]);
    struct chain_entry entry = {.time = clock_now(),
                                .kind = item->is_refused ? "sign:refused" : "sign:done",
                                .actor = "system",
                                .role = "system",
                                .second = ""};
    return journal_append(centre->store, &entry, bytes_of_text(data), fault);
}

static enum err waiting_keep(struct centre *centre, const struct waiting *item, struct fault *fault)
{
    const struct value kind = value_integer(item->kind), serial = value_integer(item->serial);
    enum err err =
        item->is_refused
            ? store_run_one(centre->store, STATEMENT_SIGNING_REFUSE, VALUES(kind, serial), fault)
            : store_run_one(centre->store, STATEMENT_SIGNING_DONE,
                            VALUES(kind, serial, value_blob(buffer_bytes(&item->certificate))),
                            fault);
    if (err == ERR_NONE && item->what == SIGNER_LEAF)
        err = certificate_signed(
            centre, item->kind, item->serial,
            item->is_refused ? (struct bytes){0} : buffer_bytes(&item->certificate), fault);
    return err != ERR_NONE ? err : waiting_journal(centre, item, fault);
}

static enum err waiting_keep_all(struct centre *centre, const struct waiting_list *list,
                                 struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < list->num; i++)
        err = waiting_keep(centre, &list->items[i], fault);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

static enum err settle_some(struct centre *centre, struct waiting_list *list, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        err = waiting_read(centre, (enum kind)kind, list, fault);
    for (size_t i = 0; err == ERR_NONE && i < list->num; i++)
        err = waiting_sign(centre, &list->items[i], fault);
    if (err == ERR_NONE && list->num)
        err = waiting_keep_all(centre, list, fault);
    return err;
}

enum err signing_settle(struct centre *centre, struct fault *fault)
{
    enum err err = ERR_NONE;
    size_t num_settled = LIMIT_ACT_BATCH;
    while (err == ERR_NONE && num_settled == LIMIT_ACT_BATCH) {
        struct waiting_list list CLEANUP(waiting_done) = {0};
        err = settle_some(centre, &list, fault);
        num_settled = list.num;
    }
    centre->is_broken = centre->is_broken || err != ERR_NONE;
    return err;
}

enum err signing_certificate(struct centre *centre, enum kind kind, int64_t serial,
                             struct buffer *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    bool is_signed = false;
    store_query(centre->store, STATEMENT_SIGNING_CERTIFICATE,
                VALUES(value_integer(kind), value_integer(serial)), &rows, fault);
    if (rows_next(&rows) && !row_is_null(&rows, 0)) {
        buffer_put_bytes(out, row_blob(&rows, 0));
        is_signed = true;
    }
    enum err err = rows_end(&rows);
    if (err != ERR_NONE)
        return err;
    return is_signed ? buffer_check(out)
                     : fault_set(fault, ERR_NOT_FOUND, "signing", "serial %lld is not signed",
                                 (long long)serial);
}
