/* The signer of another site than the delivered one. */
#include "check.h"

#include <string.h>

#include "fixture.h"

#include "crypto/hash.h"

#define LIKE_JLIS "etc/profile-jpki-test"

static int begin_like_jlis(void **state)
{
    sample_site_read(LIKE_JLIS);
    return signer_begin(state);
}

static int begin_p256(void **state)
{
    sample_site = *profile_site_default();
    strcpy(sample_site.algorithm, "p-256");
    return signer_begin(state);
}

static void assert_signs(enum kind kind, uint64_t serial)
{
    struct sample leaf;
    struct fault fault = {0};
    fixture_leaf(kind, serial, &leaf);
    if (fixture_sign(kind, SIGNER_LEAF, leaf.cert.tbs, &fault) != ERR_NONE)
        fail_msg("%s: %s", fault.rule, fault.text);
    sample_free(&leaf);
}

/* Numbers and addresses of another site under the right names. */
static void signs_what_its_own_site_writes(void **state)
{
    (void)state;
    const struct profile_site own = sample_site;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct sample leaf;
        struct fault fault = {0};
        sample_site = own;
        assert_signs(kind, 2);
        memcpy(sample_site.policy, profile_site_default()->policy, sizeof own.policy);
        fixture_leaf(kind, 3, &leaf);
        assert_err(fixture_sign(kind, SIGNER_LEAF, leaf.cert.tbs, &fault), ERR_DENIED);
        assert_string_equal(fault.text,
                            "the same facts are written in other bytes by this profile and site");
        sample_free(&leaf);
    }
    sample_site = own;
}

/* The folder opened with another profile than it was made with. */
static void refuses_to_open_for_another_site(void **state)
{
    (void)state;
    struct signer *opened = NULL;
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    fixture_passphrase(&passphrase);
    signer_free(signer);
    signer = NULL;
    assert_err(signer_open(signer_folder, profile_site_default(), &passphrase, &opened, &fault),
               ERR_DENIED);
    assert_string_equal(fault.rule, "own name");
    assert_null(opened);
    signer_again();
    assert_signs(KIND_SIGNATURE, 2);
}

/* Today's card, the next one, and the responder, under authorities with P-256 keys. */
static void signs_under_p256(void **state)
{
    (void)state;
    struct sample responder;
    assert_int_equal(signer_authority_sample[KIND_SIGNATURE].cert.key.type, SPKI_P256);
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        assert_signs(kind, 2);
        sample_leaf_key = KEY_P256;
        assert_signs(kind, 3);
        sample_leaf_key = KEY_RSA;
        fixture_responder(kind, 4, &responder);
        assert_ok(fixture_sign(kind, SIGNER_RESPONDER, responder.cert.tbs, NULL));
        sample_free(&responder);
    }
}

/* The same certificate about a point with another y, its identifier right. */
static void beside_the_curve(const struct sample *leaf, struct buffer *tbs)
{
    struct buffer spki CLEANUP_BUFFER, point CLEANUP_BUFFER;
    struct cert_facts facts;
    uint8_t key_id[SHA1_LEN];
    buffer_init(&spki, 1024);
    buffer_init(&point, 1024);
    buffer_init(tbs, 8192);
    buffer_put_bytes(&spki, leaf->cert.spki);
    spki.data[spki.len - 1] ^= 1;
    assert_ok(hash_once(HASH_SHA1, bytes_of(spki.data + spki.len - 65, 65), key_id));
    sample_leaf_facts(KIND_SIGNATURE, 2, leaf, &point, &facts);
    facts.spki = buffer_bytes(&spki);
    facts.subject_key_id = bytes_of(key_id, sizeof key_id);
    assert_ok(cert_encode_tbs(profile_of_kind(KIND_SIGNATURE), &sample_site,
                              &signer_authority_sample[KIND_SIGNATURE].cert, &facts, tbs));
}

/* A leaf with a P-384 key; one whose point is beside the curve, which only libcrypto sees. */
static void refuses_other_keys_under_p256(void **state)
{
    (void)state;
    struct sample leaf;
    struct fault fault = {0};
    struct buffer tbs CLEANUP_BUFFER;
    sample_leaf_key = KEY_P384;
    fixture_leaf(KIND_SIGNATURE, 2, &leaf);
    assert_err(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "the key is of another type or length (384 bits)");
    sample_free(&leaf);
    sample_leaf_key = KEY_P256;
    fixture_leaf(KIND_SIGNATURE, 2, &leaf);
    beside_the_curve(&leaf, &tbs);
    assert_err(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, buffer_bytes(&tbs), &fault),
               ERR_MALFORMED);
    assert_string_equal(fault.rule, "P-256 point");
    assert_ok(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs, NULL));
    sample_leaf_key = KEY_RSA;
    sample_free(&leaf);
}

/* A P-256 leaf under an authority with an RSA key; keys of the other type than the site's. */
static void keeps_the_types_apart(void **state)
{
    (void)state;
    struct sample leaf;
    struct signer *opened = NULL;
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    sample_leaf_key = KEY_P256;
    fixture_leaf(KIND_AUTHENTICATION, 2, &leaf);
    assert_err(fixture_sign(KIND_AUTHENTICATION, SIGNER_LEAF, leaf.cert.tbs, &fault), ERR_DENIED);
    sample_leaf_key = KEY_RSA;
    sample_free(&leaf);
    fixture_passphrase(&passphrase);
    signer_free(signer);
    signer = NULL;
    struct profile_site other = sample_site;
    strcpy(other.algorithm, "p-256");
    assert_err(signer_open(signer_folder, &other, &passphrase, &opened, &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "not a key of its type");
    assert_null(opened);
    signer_again();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signs_what_its_own_site_writes, begin_like_jlis,
                                        signer_end),
        cmocka_unit_test_setup_teardown(refuses_to_open_for_another_site, begin_like_jlis,
                                        signer_end),
        cmocka_unit_test_setup_teardown(keeps_the_types_apart, begin_like_jlis, signer_end),
        cmocka_unit_test_setup_teardown(signs_under_p256, begin_p256, signer_end),
        cmocka_unit_test_setup_teardown(refuses_other_keys_under_p256, begin_p256, signer_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
