#include "world.h"

#include "check.h"

#include "crypto/hash.h"
#include "base/limits.h"
#include "x509/push_set.h"
#include "x509/signed.h"

struct variant variant_good(const struct sample *authority, const struct sample *signer,
                            const struct sample *about)
{
    return (struct variant){
        .status = OCSP_STATUS_GOOD,
        .revoked = -600,
        .this_update = -60,
        .produced = -30,
        .next_update = 840,
        .signer = signer,
        .shown = signer,
        .named = signer,
        .issuer = authority,
        .about = about,
    };
}

struct id_room {
    uint8_t name_hash[HASH_MAX], key_hash[HASH_MAX];
};

static struct ocsp_id make_id(const struct sample *issuer, struct bytes serial, bool is_sha256,
                              struct id_room *room)
{
    enum hash hash = is_sha256 ? HASH_SHA256 : HASH_SHA1;
    assert_ok(hash_once(hash, issuer->cert.subject, room->name_hash));
    assert_ok(hash_once(hash, issuer->cert.key.key, room->key_hash));
    return (struct ocsp_id){
        .hash = is_sha256 ? ALGORITHM_SHA256 : ALGORITHM_SHA1,
        .name_hash = bytes_of(room->name_hash, hash_len(hash)),
        .key_hash = bytes_of(room->key_hash, hash_len(hash)),
        .serial = serial,
    };
}

static size_t make_singles(const struct variant *variant, struct id_room rooms[static 3],
                           struct ocsp_single singles[static 3])
{
    struct bytes serial = variant->about->cert.serial;
    size_t num = 0;
    singles[num++] = (struct ocsp_single){
        .id = make_id(variant->issuer, serial, false, &rooms[0]),
        .status = variant->status,
        .reason = variant->reason,
        .revoked_at = WORLD_NOW + variant->revoked,
        .this_update = WORLD_NOW + variant->this_update,
        .next_update = WORLD_NOW + variant->next_update,
    };
    if (variant->beside) {
        singles[num] = singles[0];
        singles[num++].id = make_id(variant->issuer, bytes_of("\x7f\x01", 2), false, &rooms[1]);
    }
    if (variant->twice) {
        singles[num] = singles[0];
        singles[num].status = OCSP_STATUS_REVOKED;
        singles[num++].id = make_id(variant->issuer, serial, true, &rooms[2]);
    }
    return num;
}

/* An answer without a certificate, which our own responder never makes. */
static void assemble_bare(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                          struct buffer *out)
{
    size_t response = der_begin(out, DER_SEQUENCE);
    der_put_enumerated(out, OCSP_SUCCESSFUL);
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t bytes = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_OCSP_BASIC);
    size_t content = der_begin(out, DER_OCTET_STRING);
    assert_ok(signed_assemble(tbs, algorithm, signature, out));
    der_close(out, content);
    der_close(out, bytes);
    der_close(out, wrapped);
    der_close(out, response);
}

void variant_ocsp(const struct variant *variant, struct buffer *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 8192);
    buffer_init(&signature, 1024);
    buffer_init(out, 16384);
    struct id_room rooms[3];
    struct ocsp_single singles[3];
    struct ocsp_facts facts = {
        .responder_key_id = bytes_of(variant->named->key_id, 20),
        .produced_at = WORLD_NOW + variant->produced,
        .singles = singles,
        .num = make_singles(variant, rooms, singles),
        .nonce = variant->nonce,
    };
    assert_ok(ocsp_encode_tbs(&facts, &tbs));
    sample_sign(variant->signer, buffer_bytes(&tbs), &signature);
    if (variant->shown)
        assert_ok(ocsp_assemble(buffer_bytes(&tbs), sample_algorithm(variant->signer),
                                buffer_bytes(&signature), variant->shown->cert.whole, out));
    else
        assemble_bare(buffer_bytes(&tbs), sample_algorithm(variant->signer),
                      buffer_bytes(&signature), out);
}

struct entries {
    const struct variant *variant;
    int num;
};

/* The certificate's entry, if revoked; a second one, if twice. */
static bool next_entry(void *context, struct crl_entry *out)
{
    struct entries *entries = context;
    const struct variant *variant = entries->variant;
    int wanted = (variant->status == OCSP_STATUS_REVOKED) + variant->twice;
    if (entries->num == wanted)
        return false;
    *out = (struct crl_entry){
        .serial = variant->about->cert.serial,
        .revoked_at = WORLD_NOW + variant->revoked + entries->num,
        .reason = variant->reason,
    };
    entries->num++;
    return true;
}

void variant_crl(const struct variant *variant, struct buffer *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 8192);
    buffer_init(&signature, 1024);
    buffer_init(out, 16384);
    struct entries entries = {.variant = variant};
    struct crl_facts facts = {
        .this_update = WORLD_NOW + variant->this_update,
        .next_update = WORLD_NOW + variant->next_update,
        .number = 1,
        .issuing_point = variant->point,
    };
    assert_ok(crl_encode_tbs(&variant->issuer->cert, &facts,
                             (struct crl_source){next_entry, &entries}, &tbs));
    sample_sign(variant->signer, buffer_bytes(&tbs), &signature);
    assert_ok(crl_assemble(buffer_bytes(&tbs), sample_algorithm(variant->signer),
                           buffer_bytes(&signature), out));
}

/* The certificate as its status says, every third other serial listed. */
static enum err fill_set(void *context, uint64_t first, unsigned num,
                         uint64_t *bits[static PUSH_SET_LAYERS])
{
    const struct variant *variant = context;
    uint64_t about;
    assert_true(serial_decode(variant->about->cert.serial, &about));
    for (unsigned i = 0; i < num; i++) {
        bool is_it = first + i == about;
        bool is_listed = is_it ? variant->status == OCSP_STATUS_REVOKED : i % 3 == 0;
        bool is_unknown = is_it && variant->status == OCSP_STATUS_UNKNOWN;
        bits[PUSH_SET_LISTED][i / 64] |= (uint64_t)is_listed << i % 64;
        bits[PUSH_SET_UNKNOWN][i / 64] |= (uint64_t)is_unknown << i % 64;
    }
    return ERR_NONE;
}

void variant_push_set(const struct variant *variant, struct buffer *out)
{
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, 1024);
    buffer_init(out, LIMIT_PUSH_SET);
    uint64_t about;
    assert_true(serial_decode(variant->about->cert.serial, &about));
    struct push_set_facts facts = {.this_update = WORLD_NOW + variant->this_update,
                                   .next_update = WORLD_NOW + variant->next_update,
                                   .first = about > 1000 ? about - 1000 : 1,
                                   .last = about + 1000};
    sha256(variant->issuer->cert.spki, facts.authority);
    struct variant copy = *variant;
    assert_ok(push_set_encode(&facts, (struct push_set_source){fill_set, &copy},
                              variant->shown->cert.whole, out));
    sample_sign(variant->signer, buffer_bytes(out), &signature);
    push_set_put_signature(out, buffer_bytes(&signature));
}

void world_responder(const struct profile *profile, const struct sample *like,
                     const struct sample *issuer, int64_t not_before, int64_t not_after,
                     struct sample *out)
{
    *out = (struct sample){0};
    buffer_init(&out->subject, 1024);
    buffer_init(&out->spki, 1024);
    buffer_init(&out->der, 8192);
    struct secret pkcs8 CLEANUP_SECRET;
    assert_ok(private_key_encode(like->key, &pkcs8));
    assert_ok(private_key_parse(secret_bytes(&pkcs8), &out->key));
    assert_ok(key_identifier(like->cert.spki, out->key_id));
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 8192);
    buffer_init(&signature, 1024);
    struct cert_facts facts = {
        .serial = 77,
        .not_before = not_before,
        .not_after = not_after,
        .subject = like->cert.subject,
        .spki = like->cert.spki,
        .subject_key_id = bytes_of(out->key_id, sizeof out->key_id),
    };
    assert_ok(cert_encode_tbs(profile, &sample_site, &issuer->cert, &facts, &tbs));
    sample_sign(issuer, buffer_bytes(&tbs), &signature);
    assert_ok(cert_assemble(buffer_bytes(&tbs), profile_signature(issuer->cert.key.type),
                            buffer_bytes(&signature), &out->der));
    assert_ok(cert_parse(buffer_bytes(&out->der), &out->cert, NULL));
}
