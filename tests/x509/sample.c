#include "sample.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"

#include "base/date.h"
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/sign.h"

bool sample_is_fixed = false;
struct profile_site sample_site;
enum key_type sample_leaf_key = KEY_RSA;

__attribute__((constructor)) static void sample_site_begin(void)
{
    const char *algorithm = getenv("JPKI_SAMPLE_ALGORITHM");
    sample_site = *profile_site_default();
    if (algorithm)
        snprintf(sample_site.algorithm, sizeof sample_site.algorithm, "%s", algorithm);
}

void sample_site_read(const char *relative)
{
    struct buffer text CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&text, LIMIT_CONFIG_FILE);
    assert_ok(file_read(source_path(relative), &text, &fault));
    enum err err = profile_site_parse(buffer_bytes(&text), &sample_site, &fault);
    assert_string_equal(fault.text, "");
    assert_ok(err);
}

#define TEXT(text)                                                                                 \
    {                                                                                              \
        (const uint8_t *)(text), sizeof(text) - 1                                                  \
    }
const struct basic_four sample_basic_four = {
    .name = TEXT("見本　太郎"),
    .birth_date = TEXT("419900102"),
    .sex = TEXT("1"),
    .address = TEXT("鳥取県東伯郡北栄町由良宿４２３番地１"),
    .name_flags = TEXT("00000"),
    .address_flags = TEXT("000000000000000000"),
};

/* A number that looks like a modulus, made from a label; nobody has its factors. */
static void fixed_rsa(const char *label, struct buffer *spki)
{
    uint8_t modulus[256], block[SHA256_LEN + 1];
    sha256(bytes_of_text(label), block);
    for (size_t i = 0; i < sizeof modulus; i += SHA256_LEN) {
        block[SHA256_LEN] = (uint8_t)i;
        sha256(bytes_of(block, sizeof block), modulus + i);
    }
    modulus[0] |= 0x80;
    modulus[255] |= 0x01;
    size_t whole = der_begin(spki, DER_SEQUENCE);
    algorithm_put(spki, ALGORITHM_RSA);
    size_t bits = der_begin(spki, DER_BIT_STRING);
    buffer_put_u8(spki, 0);
    size_t key = der_begin(spki, DER_SEQUENCE);
    der_put_unsigned(spki, DER_INTEGER, bytes_of(modulus, sizeof modulus));
    der_put_number(spki, 65537);
    der_close(spki, key);
    der_close(spki, bits);
    der_close(spki, whole);
}

/* The base point of P-256 (SEC 2, 2.4.2). */
static void fixed_p256(struct buffer *spki)
{
    static const char point[] = "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
                                "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5";
    size_t whole = der_begin(spki, DER_SEQUENCE);
    size_t algorithm = der_begin(spki, DER_SEQUENCE);
    oid_put(spki, OID_EC_KEY);
    oid_put(spki, OID_P256);
    der_close(spki, algorithm);
    size_t bits = der_begin(spki, DER_BIT_STRING);
    buffer_put_u8(spki, 0);
    assert_ok(hex_decode(bytes_of_text(point), spki));
    der_close(spki, bits);
    der_close(spki, whole);
}

static void sample_empty(struct sample *out)
{
    *out = (struct sample){0};
    buffer_init(&out->subject, 1024);
    buffer_init(&out->spki, 1024);
    buffer_init(&out->der, 8192);
}

static void sample_key(enum key_type type, const char *label, struct sample *out)
{
    sample_empty(out);
    if (!sample_is_fixed) {
        assert_ok(private_key_generate(type, 2048, &out->key));
        assert_ok(private_key_spki(out->key, &out->spki));
    } else if (type == KEY_RSA) {
        fixed_rsa(label, &out->spki);
    } else {
        fixed_p256(&out->spki);
    }
    assert_ok(buffer_check(&out->spki));
    assert_ok(key_identifier(buffer_bytes(&out->spki), out->key_id));
}

enum algorithm sample_algorithm(const struct sample *signer)
{
    return signer->cert.key.type == SPKI_P256 ? ALGORITHM_ECDSA_SHA256 : ALGORITHM_RSA_SHA256;
}

void sample_sign(const struct sample *signer, struct bytes message, struct buffer *signature)
{
    if (signer->key) {
        assert_ok(sign_message(signer->key, HASH_SHA256, message, signature));
        return;
    }
    for (size_t i = 0; i < 256; i++)
        buffer_put_u8(signature, 0x5A);
}

static void sample_finish(enum profile_id id, const struct sample *issuer,
                          const struct cert_facts *facts, struct sample *out)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 8192);
    buffer_init(&signature, 1024);
    const struct profile *profile = profile_get(id);
    assert_ok(cert_encode_tbs(profile, &sample_site, issuer ? &issuer->cert : NULL, facts, &tbs));
    sample_sign(issuer ? issuer : out, buffer_bytes(&tbs), &signature);
    struct cert made;
    assert_ok(cert_parse_tbs(buffer_bytes(&tbs), &made, NULL));
    assert_ok(
        cert_assemble(buffer_bytes(&tbs), made.algorithm, buffer_bytes(&signature), &out->der));
    struct fault fault = {0};
    enum err err = cert_parse(buffer_bytes(&out->der), &out->cert, &fault);
    assert_string_equal(fault.text, "");
    assert_ok(err);
}

void sample_authority(enum kind kind, struct sample *out)
{
    struct buffer name_ja CLEANUP_BUFFER;
    buffer_init(&name_ja, 1024);
    sample_key(profile_authority_key(&sample_site) == SPKI_P256 ? KEY_P256 : KEY_RSA,
               kind_name(kind), out);
    profile_put_authority(&sample_site, kind, &out->subject);
    profile_put_authority_ja(&sample_site, kind, &name_ja);
    struct cert_facts facts = {
        .serial = 1,
        .not_before = SAMPLE_NOW - 86400,
        .not_after = date_last_second((struct date){2036, 11, 20}),
        .subject = buffer_bytes(&out->subject),
        .spki = buffer_bytes(&out->spki),
        .subject_key_id = bytes_of(out->key_id, sizeof out->key_id),
        .subject_ja = buffer_bytes(&name_ja),
    };
    sample_finish(PROFILE_AUTHORITY, NULL, &facts, out);
}

void sample_leaf_facts(enum kind kind, uint64_t serial, const struct sample *leaf,
                       struct buffer *crl_point, struct cert_facts *facts)
{
    profile_put_crl_point(&sample_site, kind, "Tottori-ken", "Hokuei-cho", crl_point);
    *facts = (struct cert_facts){
        .serial = serial,
        .not_before = SAMPLE_NOW,
        .not_after = date_last_second((struct date){2031, 1, 2}),
        .subject = buffer_bytes(&leaf->subject),
        .spki = buffer_bytes(&leaf->spki),
        .subject_key_id = bytes_of(leaf->key_id, sizeof leaf->key_id),
        .basic_four = kind == KIND_SIGNATURE ? &sample_basic_four : NULL,
        .crl_point = buffer_bytes(crl_point),
    };
}

static void put_subject(enum kind kind, uint64_t serial, struct sample *out)
{
    char common_name[PROFILE_COMMON_NAME];
    if (kind == KIND_SIGNATURE)
        profile_print_common_name_signature(SAMPLE_NOW, (unsigned)serial, "31372001A", common_name);
    else
        profile_print_common_name_authentication((const uint8_t *)"abcdefghijklmn", "31372001A",
                                                 common_name);
    profile_put_subject(kind, "Tottori-ken", "Hokuei-cho", common_name, &out->subject);
}

static void finish_leaf(enum kind kind, const struct sample *authority,
                        const struct cert_facts *facts, struct sample *out)
{
    sample_finish(kind == KIND_SIGNATURE ? PROFILE_SIGNATURE : PROFILE_AUTHENTICATION, authority,
                  facts, out);
}

void sample_leaf(enum kind kind, const struct sample *authority, uint64_t serial,
                 struct sample *out)
{
    struct buffer crl_point CLEANUP_BUFFER;
    struct cert_facts facts;
    buffer_init(&crl_point, 1024);
    sample_key(sample_leaf_key, kind == KIND_SIGNATURE ? "leaf s" : "leaf a", out);
    put_subject(kind, serial, out);
    sample_leaf_facts(kind, serial, out, &crl_point, &facts);
    finish_leaf(kind, authority, &facts, out);
}

void sample_leaf_of(enum kind kind, const struct sample *authority, uint64_t serial,
                    struct bytes spki, int64_t now, struct sample *out)
{
    struct buffer crl_point CLEANUP_BUFFER;
    struct cert_facts facts;
    buffer_init(&crl_point, 1024);
    sample_empty(out);
    buffer_put_bytes(&out->spki, spki);
    assert_ok(key_identifier(spki, out->key_id));
    put_subject(kind, serial, out);
    sample_leaf_facts(kind, serial, out, &crl_point, &facts);
    facts.not_before = now;
    facts.not_after = date_last_second(date_add_days(date_of_time(now), 365));
    finish_leaf(kind, authority, &facts, out);
}

void sample_responder(enum kind kind, const struct sample *authority, uint64_t serial,
                      struct sample *out)
{
    sample_key(KEY_P256, "responder", out);
    profile_put_responder(&sample_site, kind, &out->subject);
    struct cert_facts facts = {
        .serial = serial,
        .not_before = SAMPLE_NOW,
        .not_after = SAMPLE_NOW + PROFILE_RESPONDER_LIFE,
        .subject = buffer_bytes(&out->subject),
        .spki = buffer_bytes(&out->spki),
        .subject_key_id = bytes_of(out->key_id, sizeof out->key_id),
    };
    sample_finish(PROFILE_RESPONDER, authority, &facts, out);
}

void sample_free(struct sample *sample)
{
    private_key_free(sample->key);
    buffer_done(&sample->subject);
    buffer_done(&sample->spki);
    buffer_done(&sample->der);
}
