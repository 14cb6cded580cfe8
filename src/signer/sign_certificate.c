/* Certificates and CRLs: linted against the profile of what they claim to be, held against the
 * authority that is to sign them, logged, signed: SHA-256 with RSA PKCS#1 v1.5 or ECDSA. */
#include <fcntl.h>
#include <string.h>

#include "base/limits.h"
#include "base/mapping.h"
#include "crypto/sign.h"
#include "signer/state.h"
#include "x509/lint.h"

/* What may be signed as a certificate. */
static const struct {
    enum signed_type type;
    enum profile_id profile[NUM_KINDS];
} duties[] = {
    [SIGNER_AUTHORITY] = {SIGNED_AUTHORITY, {PROFILE_AUTHORITY, PROFILE_AUTHORITY}},
    [SIGNER_LEAF] = {SIGNED_LEAF, {PROFILE_SIGNATURE, PROFILE_AUTHENTICATION}},
    [SIGNER_RESPONDER] = {SIGNED_RESPONDER, {PROFILE_RESPONDER, PROFILE_RESPONDER}},
};

/* The linter cannot hash: that a key identifier is its key's is seen here. RFC 5280 4.2.1.2 (1) */
static enum err check_key_id(const struct cert *cert, struct fault *fault)
{
    uint8_t key_id[SHA1_LEN];
    enum err err = key_identifier(cert->spki, key_id);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "cannot be read");
    if (!bytes_equal(cert->subject_key_id, bytes_of(key_id, sizeof key_id)))
        return fault_set(fault, ERR_DENIED, "subjectKeyIdentifier", "not of this key");
    return ERR_NONE;
}

/* Nothing outlives its authority. Whether an RSA key is a good one was looked at before: a commit
 * that asks for a bad one could as well ask for its own. A point beside its curve is no key at all.
 */
static enum err check_under(const struct cert *issuer, const struct cert *cert, struct fault *fault)
{
    if (!bytes_equal(cert->issuer, issuer->subject))
        return fault_set(fault, ERR_DENIED, "issuer", "not the name of this authority");
    if (cert->not_after > issuer->not_after)
        return fault_set(fault, ERR_DENIED, "notAfter", "later than the authority's own");
    return cert->key.type == SPKI_RSA ? ERR_NONE : public_key_check_quality(cert->spki, fault);
}

/* Which generation is to sign it. Leaves are the newest one's: what would outlive another cannot be
 * asked of an older. */
static enum err generation_find(const struct signer *signer, enum kind kind,
                                enum signer_certificate what, const struct cert *cert,
                                unsigned *generation, struct fault *fault)
{
    if (what == SIGNER_AUTHORITY)
        return signer_find_own(signer, kind, cert, generation, fault);
    enum err err =
        signer_find_issuer(signer, kind, cert->authority_key_id.key_id, generation, fault);
    if (err != ERR_NONE || what != SIGNER_LEAF || *generation == signer_newest(signer, kind))
        return err;
    return fault_set(fault, ERR_DENIED, "generation", "there is a newer authority of this kind");
}

static enum err check_certificate(const struct signer *signer, const struct signer_item *item,
                                  unsigned *generation, struct signed_record *record,
                                  struct fault *fault)
{
    struct cert cert;
    enum err err = cert_parse_tbs(item->tbs, &cert, fault);
    if (err == ERR_NONE)
        err = generation_find(signer, item->kind, item->what, &cert, generation, fault);
    if (err != ERR_NONE)
        return err;
    const struct cert *issuer =
        item->what == SIGNER_AUTHORITY ? NULL : &signer->issuers[item->kind][*generation - 1].cert;
    err = lint_parsed_cert(&cert, duties[item->what].profile[item->kind], &signer->site, issuer,
                           fault);
    if (err == ERR_NONE)
        err = check_key_id(&cert, fault);
    if (err == ERR_NONE && issuer)
        err = check_under(issuer, &cert, fault);
    if (err != ERR_NONE)
        return err;
    if (!issuer)
        sha256(cert.spki, record->scope);
    return serial_decode(cert.serial, &record->number)
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "serial", "longer than 64 bits");
}

/* --- a batch: each is linted, all are logged with one sync, each is signed --- */

struct batch {
    struct signer *signer;
    struct signer_item *items;
    struct signed_record *records;
    unsigned *generations;
};

static void item_check(void *context, size_t i)
{
    const struct batch *batch = context;
    struct signer_item *item = &batch->items[i];
    struct signed_record *record = &batch->records[i];
    *record = (struct signed_record){.type = duties[item->what].type, .kind = item->kind};
    item->signature_len = 0;
    item->fault = (struct fault){0};
    item->err =
        check_certificate(batch->signer, item, &batch->generations[i], record, &item->fault);
    sha256(item->tbs, record->digest);
}

static void item_sign(void *context, size_t i)
{
    const struct batch *batch = context;
    struct signer_item *item = &batch->items[i];
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, sizeof item->signature);
    if (item->err != ERR_NONE)
        return;
    item->err =
        sign_digest(batch->signer->keys.authority[item->kind][batch->generations[i] - 1],
                    HASH_SHA256, bytes_of(batch->records[i].digest, SHA256_LEN), &signature);
    if (item->err != ERR_NONE) {
        item->err = signer_not_signed(batch->signer, item->err, &item->fault);
        return;
    }
    memcpy(item->signature, signature.data, signature.len);
    item->signature_len = signature.len;
}

/* In their order: serials rise. */
static void batch_admit(struct batch *batch, size_t num)
{
    struct fault fault = {0};
    for (size_t i = 0; i < num; i++) {
        struct signer_item *item = &batch->items[i];
        if (item->err == ERR_NONE)
            item->err = signer_admit(batch->signer, &batch->records[i], &item->fault);
    }
    enum err err = signer_admitted(batch->signer, &fault);
    for (size_t i = 0; err != ERR_NONE && i < num; i++) {
        batch->items[i].err = err;
        batch->items[i].fault = fault;
    }
}

static void authority_keep(struct signer *signer, struct signer_item *item, unsigned generation)
{
    if (item->err != ERR_NONE || item->what != SIGNER_AUTHORITY)
        return;
    item->err = signer_issuer_keep(signer, item->kind, generation, item->tbs,
                                   bytes_of(item->signature, item->signature_len), &item->fault);
}

void signer_sign_certificates(struct signer *signer, struct signer_item *items, size_t num)
{
    struct signed_record records[SIGNER_BATCH_MAX];
    unsigned generations[SIGNER_BATCH_MAX];
    struct batch batch = {signer, items, records, generations};
    workers_each(signer->workers, item_check, &batch, num);
    batch_admit(&batch, num);
    workers_each(signer->workers, item_sign, &batch, num);
    for (size_t i = 0; i < num; i++)
        authority_keep(signer, &items[i], generations[i]);
}

enum err signer_sign_certificate(struct signer *signer, enum kind kind,
                                 enum signer_certificate what, struct bytes tbs,
                                 struct buffer *signature, struct fault *fault)
{
    struct signer_item item = {.kind = kind, .what = what, .tbs = tbs};
    signer_sign_certificates(signer, &item, 1);
    return signer_item_take(&item, signature, fault);
}

/* --- CRLs --- */

/* Sealed: nobody, us included, can change a byte between the lint and the signature. */
static enum err map_sealed(int fd, struct mapping *out, struct fault *fault)
{
    int wanted = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK;
    int seals = fcntl(fd, F_GET_SEALS);
    if (seals < 0 || (seals & wanted) != wanted)
        return fault_set(fault, ERR_DENIED, "sealed memfd", "not sealed against every change");
    return mapping_open(fd, LIMIT_CRL, out, fault);
}

/* What a list covers: its authority, and of that everything or what one point has. */
static enum err scope_hash(const struct crl *crl, uint8_t out[static SIGNED_DIGEST_LEN])
{
    struct buffer scope CLEANUP_BUFFER;
    buffer_init(&scope, LIMIT_CERTIFICATE);
    buffer_put_bytes(&scope, crl->authority_key_id.key_id);
    buffer_put_bytes(&scope, crl->issuing_point);
    sha256(buffer_bytes(&scope), out);
    return buffer_check(&scope);
}

/* The issuer as it is now: another thread may keep a certificate meanwhile. */
static enum err issuer_copy(struct signer *signer, enum kind kind, struct bytes key_id,
                            unsigned *generation, struct buffer *der, struct fault *fault)
{
    pthread_mutex_lock(&signer->lock);
    enum err err = signer_find_issuer(signer, kind, key_id, generation, fault);
    if (err == ERR_NONE)
        buffer_put_bytes(der, buffer_bytes(&signer->issuers[kind][*generation - 1].der));
    pthread_mutex_unlock(&signer->lock);
    return err == ERR_NONE ? buffer_check(der) : err;
}

static enum err check_crl(struct signer *signer, enum kind kind, struct bytes tbs,
                          unsigned *generation, struct signed_record *record, struct fault *fault)
{
    struct crl crl;
    struct cert issuer;
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_CERTIFICATE);
    enum err err = crl_parse_tbs(tbs, &crl, fault);
    if (err == ERR_NONE)
        err = issuer_copy(signer, kind, crl.authority_key_id.key_id, generation, &der, fault);
    if (err == ERR_NONE)
        err = cert_parse(buffer_bytes(&der), &issuer, fault);
    if (err == ERR_NONE)
        err = lint_crl(tbs, &issuer, fault);
    if (err != ERR_NONE)
        return err;
    if (!bytes_equal(crl.issuer, issuer.subject))
        return fault_set(fault, ERR_DENIED, "issuer", "not the name of this authority");
    record->when = crl.this_update;
    err = scope_hash(&crl, record->scope);
    if (err != ERR_NONE)
        return err;
    return crl.number.len && serial_decode(crl.number, &record->number)
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "CRL number", "absent, or longer than 64 bits");
}

static enum err crl_admit(struct signer *signer, struct signed_record *record, struct fault *fault)
{
    pthread_mutex_lock(&signer->lock);
    enum err err = signer_admit(signer, record, fault);
    if (err == ERR_NONE)
        err = signer_admitted(signer, fault);
    pthread_mutex_unlock(&signer->lock);
    return err;
}

/* Others wait only for the record: linting and hashing a long list are beside them. */
enum err signer_sign_crl(struct signer *signer, enum kind kind, int memfd, struct buffer *signature,
                         struct fault *fault)
{
    struct mapping mapping CLEANUP_MAPPING = {0};
    struct signed_record record = {.type = SIGNED_CRL, .kind = kind};
    unsigned generation;
    enum err err = map_sealed(memfd, &mapping, fault);
    if (err != ERR_NONE)
        return err;
    struct bytes tbs = mapping_bytes(&mapping);
    err = check_crl(signer, kind, tbs, &generation, &record, fault);
    if (err != ERR_NONE)
        return err;
    sha256(tbs, record.digest);
    err = crl_admit(signer, &record, fault);
    if (err != ERR_NONE)
        return err;
    err = sign_digest(signer->keys.authority[kind][generation - 1], HASH_SHA256,
                      bytes_of(record.digest, SHA256_LEN), signature);
    return err == ERR_NONE ? ERR_NONE : signer_not_signed(signer, err, fault);
}
