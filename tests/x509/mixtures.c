/* Keys and signature algorithms that do not belong together, under authorities of either type. */
#include "check.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/sign.h"
#include "sample.h"
#include "x509/cert_request.h"
#include "x509/lint.h"

static struct profile_site sites[2]; /* rsa-2048, p-256 */
enum { RSA, P256 };
static struct sample authorities[2];

static int make_samples(void **state)
{
    (void)state;
    static const char *const algorithms[] = {"rsa-2048", "p-256"};
    for (int i = 0; i < 2; i++) {
        strcpy(sample_site.algorithm, algorithms[i]);
        sites[i] = sample_site;
        sample_authority(KIND_AUTHENTICATION, &authorities[i]);
    }
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    sample_free(&authorities[RSA]);
    sample_free(&authorities[P256]);
    return 0;
}

static void assert_lint(struct bytes tbs, enum profile_id id, int site, const struct cert *issuer,
                        const char *complaint)
{
    struct fault fault = {0};
    enum err err = lint_cert(tbs, id, &sites[site], issuer, &fault);
    assert_string_equal(fault.text, complaint);
    assert_err(err, *complaint ? ERR_DENIED : ERR_NONE);
}

/* A leaf with this key; *issuer may lie about its own. */
static void leaf_encode(const struct cert *issuer, struct bytes spki, struct buffer *tbs)
{
    struct sample leaf;
    struct buffer point CLEANUP_BUFFER;
    struct cert_facts facts;
    buffer_init(&point, 1024);
    buffer_init(tbs, 8192);
    sample_site = sites[RSA];
    sample_leaf(KIND_AUTHENTICATION, &authorities[RSA], 16, &leaf);
    sample_leaf_facts(KIND_AUTHENTICATION, 16, &leaf, &point, &facts);
    facts.spki = spki;
    assert_ok(
        cert_encode_tbs(profile_get(PROFILE_AUTHENTICATION), &sample_site, issuer, &facts, tbs));
    sample_free(&leaf);
}

static void key_make(enum key_type type, struct buffer *spki)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    buffer_init(spki, 1024);
    assert_ok(private_key_generate(type, 2048, &key));
    assert_ok(private_key_spki(key, spki));
}

static void holds_an_authority_against_its_site(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_lint(authorities[i].cert.tbs, PROFILE_AUTHORITY, i, NULL, "");
        assert_lint(authorities[i].cert.tbs, PROFILE_AUTHORITY, 1 - i, NULL,
                    i == P256 ? "the key is of another type or length (256 bits)"
                              : "the key is of another type or length (2048 bits)");
    }
    assert_int_equal(authorities[RSA].cert.algorithm, ALGORITHM_RSA_SHA256);
    assert_int_equal(authorities[P256].cert.algorithm, ALGORITHM_ECDSA_SHA256);
}

/* Which resident's key under which authority. */
static void takes_the_keys_that_belong_to_an_authority(void **state)
{
    (void)state;
    static const struct {
        enum key_type key;
        const char *complaint[2]; /* under RSA, under P-256 */
    } rows[] = {
        {KEY_RSA, {"", ""}},
        {KEY_P256, {"the key is of another type or length (256 bits)", ""}},
        {KEY_P384,
         {"the key is of another type or length (384 bits)",
          "the key is of another type or length (384 bits)"}},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        for (int site = 0; site < 2; site++) {
            struct buffer spki CLEANUP_BUFFER, tbs CLEANUP_BUFFER;
            const struct cert *issuer = &authorities[site].cert;
            key_make(rows[i].key, &spki);
            leaf_encode(issuer, buffer_bytes(&spki), &tbs);
            assert_lint(buffer_bytes(&tbs), PROFILE_AUTHENTICATION, site, issuer,
                        rows[i].complaint[site]);
            if (rows[i].key == KEY_RSA)
                assert_lint(buffer_bytes(&tbs), PROFILE_AUTHENTICATION, 1 - site, issuer,
                            "the authority that signs has a key of another type");
        }
}

static bool next_none(void *context, struct crl_entry *out)
{
    (void)context;
    (void)out;
    return false;
}

/* The algorithm of the one type over the key of the other: certificate and list. */
static void refuses_the_other_algorithm(void **state)
{
    (void)state;
    static const enum spki_type other[2] = {SPKI_P256, SPKI_RSA};
    static const char *const complaints[2] = {"the signature algorithm is ecdsa-with-SHA256",
                                              "the signature algorithm is sha256WithRSAEncryption"};
    const struct crl_facts facts = {SAMPLE_NOW, SAMPLE_NOW + PROFILE_CRL_LIFE, 3, {NULL, 0}};
    for (int i = 0; i < 2; i++) {
        struct buffer spki CLEANUP_BUFFER, tbs CLEANUP_BUFFER, list CLEANUP_BUFFER;
        struct fault fault = {0};
        struct cert liar = authorities[i].cert;
        liar.key.type = other[i];
        key_make(KEY_RSA, &spki);
        leaf_encode(&liar, buffer_bytes(&spki), &tbs);
        assert_lint(buffer_bytes(&tbs), PROFILE_AUTHENTICATION, i, &authorities[i].cert,
                    complaints[i]);
        buffer_init(&list, 8192);
        assert_ok(crl_encode_tbs(&liar, &facts, (struct crl_source){next_none, NULL}, &list));
        assert_err(lint_crl(buffer_bytes(&list), &authorities[i].cert, &fault), ERR_DENIED);
        assert_string_equal(fault.text, complaints[i]);
        buffer_done(&list);
        assert_ok(crl_encode_tbs(&authorities[i].cert, &facts, (struct crl_source){next_none, NULL},
                                 &list));
        assert_ok(lint_crl(buffer_bytes(&list), &authorities[i].cert, &fault));
    }
}

static void writes_nothing_under_a_key_without_a_place(void **state)
{
    (void)state;
    struct buffer spki CLEANUP_BUFFER, tbs CLEANUP_BUFFER;
    const struct crl_facts facts = {SAMPLE_NOW, SAMPLE_NOW + PROFILE_CRL_LIFE, 3, {NULL, 0}};
    struct cert authority = authorities[P256].cert;
    buffer_init(&tbs, 8192);
    key_make(KEY_P384, &spki);
    assert_ok(spki_parse(buffer_bytes(&spki), &authority.key, NULL));
    assert_err(crl_encode_tbs(&authority, &facts, (struct crl_source){next_none, NULL}, &tbs),
               ERR_USAGE);
}

/* SubjectPublicKeyInfo in hexadecimal, up to and from the point (SEC 2: the base points). */
#define X               "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
#define Y               "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define P256_HEAD       "3059301306072a8648ce3d020106082a8648ce3d03010703420004"
#define COMPRESSED_HEAD "3039301306072a8648ce3d020106082a8648ce3d03010703220003"
#define HYBRID_HEAD     "3059301306072a8648ce3d020106082a8648ce3d03010703420007"
#define SECP256K1_HEAD  "3056301006072a8648ce3d020106052b8104000a03420004"

/* The form is refused where DER is read; a curve that is not ours where it is held against a row.
 */
static void refuses_other_forms_and_curves(void **state)
{
    (void)state;
    static const struct {
        const char *spki, *complaint;
        enum err err;
    } rows[] = {
        {P256_HEAD X Y, "", ERR_NONE},
        {COMPRESSED_HEAD X, "a point of prime256v1 that is not uncompressed", ERR_MALFORMED},
        {HYBRID_HEAD X Y, "a point of prime256v1 that is not uncompressed", ERR_MALFORMED},
        {SECP256K1_HEAD X Y, "the key is of another type or length (0 bits)", ERR_DENIED},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer spki CLEANUP_BUFFER, tbs CLEANUP_BUFFER, info CLEANUP_BUFFER,
            request CLEANUP_BUFFER;
        struct fault fault = {0};
        struct cert_request read;
        buffer_init(&spki, 1024);
        buffer_init(&info, 1024);
        buffer_init(&request, 1024);
        assert_ok(hex_decode(bytes_of_text(rows[i].spki), &spki));
        leaf_encode(&authorities[P256].cert, buffer_bytes(&spki), &tbs);
        enum err err = lint_cert(buffer_bytes(&tbs), PROFILE_AUTHENTICATION, &sites[P256],
                                 &authorities[P256].cert, &fault);
        assert_string_equal(fault.text, rows[i].complaint);
        assert_err(err, rows[i].err);
        assert_ok(cert_request_encode_info((struct bytes){NULL, 0}, buffer_bytes(&spki), &info));
        assert_ok(cert_request_assemble(buffer_bytes(&info), ALGORITHM_ECDSA_SHA256,
                                        bytes_of("\x30\x00", 2), &request));
        err = cert_request_parse(buffer_bytes(&request), &read, &fault);
        assert_err(err, rows[i].err == ERR_MALFORMED ? ERR_MALFORMED : ERR_NONE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(holds_an_authority_against_its_site),
        cmocka_unit_test(takes_the_keys_that_belong_to_an_authority),
        cmocka_unit_test(refuses_the_other_algorithm),
        cmocka_unit_test(writes_nothing_under_a_key_without_a_place),
        cmocka_unit_test(refuses_other_forms_and_curves),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
