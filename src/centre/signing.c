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
    const struct authority *authority;
    struct buffer tbs, certificate;
    uint8_t digest[SHA256_LEN]; /* of tbs */
    enum err err;
};

struct waiting_list {
    size_t num;
    struct waiting items[LIMIT_ACT_BATCH];
    struct signer_item answers[LIMIT_ACT_BATCH];
};
_Static_assert(LIMIT_ACT_BATCH <= SIGNER_BATCH_MAX, "what is decided at once is signed at once");

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
 * On any thread. */
static void waiting_verify(void *context, size_t i)
{
    struct waiting *item = &((struct waiting_list *)context)->items[i];
    const struct signer_item *answer = &((struct waiting_list *)context)->answers[i];
    const struct authority *authority = item->authority;
    struct bytes tbs = buffer_bytes(&item->tbs);
    struct bytes signature = bytes_of(answer->signature, answer->signature_len);
    enum algorithm algorithm;
    sha256(tbs, item->digest);
    if (answer->err != ERR_NONE)
        return;
    item->err = authority ? verify_digest(authority->key, HASH_SHA256,
                                          bytes_of(item->digest, SHA256_LEN), signature)
                          : ERR_PEER;
    if (item->err == ERR_NONE)
        item->err = cert_parse_algorithm(tbs, &algorithm);
    if (item->err == ERR_NONE)
        item->err = cert_assemble(tbs, algorithm, signature, &item->certificate);
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

static enum err waiting_sign_all(struct centre *centre, struct waiting_list *list,
                                 struct fault *fault)
{
    for (size_t i = 0; i < list->num; i++) {
        struct waiting *item = &list->items[i];
        item->authority =
            authority_of_tbs(centre, item->kind, item->what, buffer_bytes(&item->tbs));
        list->answers[i] = (struct signer_item){
            .kind = item->kind, .what = item->what, .tbs = buffer_bytes(&item->tbs)};
    }
    enum err err = signer_client_certificates(centre->signer, list->answers, list->num, fault);
    if (err != ERR_NONE)
        return err;
    workers_each(centre->workers, waiting_verify, list, list->num);
    for (size_t i = 0; err == ERR_NONE && i < list->num; i++)
        err = waiting_check(&list->items[i], &list->answers[i], fault);
    return err;
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

static enum err journal_signatures(struct centre *centre, const struct waiting_list *list,
                                   struct fault *fault)
{
    struct buffer data CLEANUP_BUFFER;
    buffer_init(&data, LIMIT_FRAME);
    for (size_t i = 0; i < list->num; i++)
        if (list->answers[i].err == ERR_NONE)
            put_item(&data, &list->items[i], "");
    return data.len ? journal_items(centre, "sign:done", &data, fault) : ERR_NONE;
}

static enum err waiting_keep(struct centre *centre, const struct waiting *item, bool is_refused,
                             struct fault *fault)
{
    const struct value kind = value_integer(item->kind), serial = value_integer(item->serial);
    struct bytes certificate = is_refused ? (struct bytes){0} : buffer_bytes(&item->certificate);
    enum err err = is_refused ? store_run_one(centre->store, STATEMENT_SIGNING_REFUSE,
                                              VALUES(kind, serial), fault)
                              : store_run_one(centre->store, STATEMENT_SIGNING_DONE,
                                              VALUES(kind, serial, value_blob(certificate)), fault);
    return err == ERR_NONE && item->what == SIGNER_LEAF
               ? certificate_signed(centre, item->kind, item->serial, certificate, fault)
               : err;
}

static enum err waiting_keep_all(struct centre *centre, const struct waiting_list *list,
                                 struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; err == ERR_NONE && i < list->num; i++) {
        const struct signer_item *answer = &list->answers[i];
        bool is_refused = answer->err != ERR_NONE;
        err = waiting_keep(centre, &list->items[i], is_refused, fault);
        if (err == ERR_NONE && is_refused)
            err = journal_refusal(centre, &list->items[i], answer->fault.rule, fault);
    }
    if (err == ERR_NONE)
        err = journal_signatures(centre, list, fault);
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
    if (err == ERR_NONE && list->num)
        err = waiting_sign_all(centre, list, fault);
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
