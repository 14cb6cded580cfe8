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

static const struct cert *issuer_of(const struct signer *signer, enum kind kind)
{
    const struct cert *cert = &signer->issuers[kind].cert;
    return cert->whole.len ? cert : NULL;
}

/* An authority's certificate names this kind's authority and this kind's key. */
enum err signer_check_own(const struct signer *signer, enum kind kind, const struct cert *cert,
                          struct fault *fault)
{
    struct buffer spki CLEANUP_BUFFER, name CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    buffer_init(&name, LIMIT_CERTIFICATE);
    profile_put_authority(&signer->site, kind, &name);
    enum err err = private_key_spki(signer->keys.authority[kind], &spki);
    if (err == ERR_NONE)
        err = buffer_check(&name);
    if (err != ERR_NONE)
        return err;
    if (!bytes_equal(cert->spki, buffer_bytes(&spki)))
        return fault_set(fault, ERR_DENIED, "own key", "an authority certifies its own key");
    if (!bytes_equal(cert->subject, buffer_bytes(&name)))
        return fault_set(fault, ERR_DENIED, "own name", "not the name that the profile gives");
    return ERR_NONE;
}

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

static enum err check_certificate(const struct signer *signer, enum kind kind,
                                  enum signer_certificate what, struct bytes tbs, uint64_t *serial,
                                  struct fault *fault)
{
    const struct cert *issuer = what == SIGNER_AUTHORITY ? NULL : issuer_of(signer, kind);
    if (!issuer && what != SIGNER_AUTHORITY)
        return fault_set(fault, ERR_STATE, "authority", "it has no certificate yet");
    struct cert cert;
    enum err err = cert_parse_tbs(tbs, &cert, fault);
    if (err == ERR_NONE)
        err = lint_parsed_cert(&cert, duties[what].profile[kind], &signer->site, issuer, fault);
    if (err == ERR_NONE)
        err = check_key_id(&cert, fault);
    if (err == ERR_NONE)
        err = issuer ? check_under(issuer, &cert, fault)
                     : signer_check_own(signer, kind, &cert, fault);
    if (err != ERR_NONE)
        return err;
    return serial_decode(cert.serial, serial)
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "serial", "longer than 64 bits");
}

/* --- a batch: each is linted, all are logged with one sync, each is signed --- */

struct batch {
    struct signer *signer;
    struct signer_item *items;
    struct signed_record *records;
};

static void item_check(void *context, size_t i)
{
    const struct batch *batch = context;
    struct signer_item *item = &batch->items[i];
    struct signed_record *record = &batch->records[i];
    *record = (struct signed_record){.type = duties[item->what].type, .kind = item->kind};
    item->signature_len = 0;
    item->fault = (struct fault){0};
    item->err = check_certificate(batch->signer, item->kind, item->what, item->tbs, &record->number,
                                  &item->fault);
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
    item->err = sign_digest(batch->signer->keys.authority[item->kind], HASH_SHA256,
                            bytes_of(batch->records[i].digest, SHA256_LEN), &signature);
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

static void authority_keep(struct signer *signer, struct signer_item *item)
{
    if (item->err != ERR_NONE || item->what != SIGNER_AUTHORITY || issuer_of(signer, item->kind))
        return;
    item->err = signer_issuer_keep(signer, item->kind, item->tbs,
                                   bytes_of(item->signature, item->signature_len), &item->fault);
}

void signer_sign_certificates(struct signer *signer, struct signer_item *items, size_t num)
{
    struct signed_record records[SIGNER_BATCH_MAX];
    struct batch batch = {signer, items, records};
    workers_each(signer->workers, item_check, &batch, num);
    batch_admit(&batch, num);
    workers_each(signer->workers, item_sign, &batch, num);
    for (size_t i = 0; i < num; i++)
        authority_keep(signer, &items[i]);
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

static enum err check_crl(const struct signer *signer, enum kind kind, struct bytes tbs,
                          struct signed_record *record, struct fault *fault)
{
    const struct cert *issuer = issuer_of(signer, kind);
    if (!issuer)
        return fault_set(fault, ERR_STATE, "authority", "it has no certificate yet");
    struct crl crl;
    enum err err = lint_crl(tbs, issuer, fault);
    if (err == ERR_NONE)
        err = crl_parse_tbs(tbs, &crl, fault);
    if (err != ERR_NONE)
        return err;
    if (!bytes_equal(crl.issuer, issuer->subject))
        return fault_set(fault, ERR_DENIED, "issuer", "not the name of this authority");
    record->when = crl.this_update;
    if (crl.has_issuing_point)
        sha256(crl.issuing_point, record->scope);
    return crl.number.len && serial_decode(crl.number, &record->number)
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "CRL number", "absent, or longer than 64 bits");
}

enum err signer_sign_crl(struct signer *signer, enum kind kind, int memfd, struct buffer *signature,
                         struct fault *fault)
{
    struct mapping mapping CLEANUP_MAPPING = {0};
    struct signed_record record = {.type = SIGNED_CRL, .kind = kind};
    enum err err = map_sealed(memfd, &mapping, fault);
    if (err != ERR_NONE)
        return err;
    struct bytes tbs = mapping_bytes(&mapping);
    err = check_crl(signer, kind, tbs, &record, fault);
    if (err != ERR_NONE)
        return err;
    sha256(tbs, record.digest);
    err = signer_admit(signer, &record, fault);
    if (err == ERR_NONE)
        err = signer_admitted(signer, fault);
    if (err != ERR_NONE)
        return err;
    err = sign_digest(signer->keys.authority[kind], HASH_SHA256,
                      bytes_of(record.digest, SHA256_LEN), signature);
    return err == ERR_NONE ? ERR_NONE : signer_not_signed(signer, err, fault);
}
