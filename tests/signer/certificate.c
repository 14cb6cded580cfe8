#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"

#define AUTHENTICATION KIND_AUTHENTICATION
#define SIGNATURE      KIND_SIGNATURE

/* Serials are taken upwards through the whole program. */
static uint64_t last[NUM_KINDS] = {1, 1};

static void leaf_next(enum kind kind, struct sample *out)
{
    fixture_leaf(kind, ++last[kind], out);
}

static void signs_leaves_and_responders(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct sample leaf, responder;
        struct fault fault = {0};
        leaf_next(kind, &leaf);
        fixture_responder(kind, ++last[kind], &responder);
        uint64_t before = fixture_sequence();
        if (fixture_sign(kind, SIGNER_LEAF, leaf.cert.tbs, &fault) != ERR_NONE)
            fail_msg("%s: %s", fault.rule, fault.text);
        assert_ok(fixture_sign(kind, SIGNER_RESPONDER, responder.cert.tbs, NULL));
        assert_int_equal(fixture_sequence(), before + 2);
        sample_free(&leaf);
        sample_free(&responder);
    }
}

static void signs_the_same_bytes_again_without_a_record(void **state)
{
    (void)state;
    struct sample first, second;
    leaf_next(SIGNATURE, &first);
    leaf_next(SIGNATURE, &second);
    assert_ok(fixture_sign(SIGNATURE, SIGNER_LEAF, first.cert.tbs, NULL));
    assert_ok(fixture_sign(SIGNATURE, SIGNER_LEAF, second.cert.tbs, NULL));
    uint64_t before = fixture_sequence();
    assert_ok(fixture_sign(SIGNATURE, SIGNER_LEAF, first.cert.tbs, NULL));
    signer_again();
    assert_ok(fixture_sign(SIGNATURE, SIGNER_LEAF, first.cert.tbs, NULL));
    assert_int_equal(fixture_sequence(), before);
    sample_free(&first);
    sample_free(&second);
}

static void refuses_serials_that_do_not_rise(void **state)
{
    (void)state;
    struct sample leaf, same, lower;
    struct fault fault = {0};
    leaf_next(AUTHENTICATION, &leaf);
    assert_ok(fixture_sign(AUTHENTICATION, SIGNER_LEAF, leaf.cert.tbs, NULL));
    fixture_leaf(AUTHENTICATION, last[AUTHENTICATION], &same);
    fixture_leaf(AUTHENTICATION, 1, &lower);
    uint64_t before = fixture_sequence();
    assert_err(fixture_sign(AUTHENTICATION, SIGNER_LEAF, same.cert.tbs, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "serial rises");
    assert_err(fixture_sign(AUTHENTICATION, SIGNER_LEAF, lower.cert.tbs, NULL), ERR_DENIED);
    signer_again();
    assert_err(fixture_sign(AUTHENTICATION, SIGNER_LEAF, same.cert.tbs, NULL), ERR_DENIED);
    assert_int_equal(fixture_sequence(), before);
    sample_free(&leaf);
    sample_free(&same);
    sample_free(&lower);
}

/* A certificate of one kind under the other's authority, or as what it is not. page:S03 */
static void refuses_one_kind_for_another(void **state)
{
    (void)state;
    struct sample leaf, responder;
    leaf_next(SIGNATURE, &leaf);
    fixture_responder(SIGNATURE, ++last[SIGNATURE], &responder);
    uint64_t before = fixture_sequence();
    assert_err(fixture_sign(AUTHENTICATION, SIGNER_LEAF, leaf.cert.tbs, NULL), ERR_DENIED);
    assert_err(fixture_sign(SIGNATURE, SIGNER_RESPONDER, leaf.cert.tbs, NULL), ERR_DENIED);
    assert_err(fixture_sign(SIGNATURE, SIGNER_AUTHORITY, leaf.cert.tbs, NULL), ERR_DENIED);
    assert_err(fixture_sign(SIGNATURE, SIGNER_LEAF, responder.cert.tbs, NULL), ERR_DENIED);
    assert_int_equal(fixture_sequence(), before);
    sample_free(&leaf);
    sample_free(&responder);
}

/* Every single byte of a good TBS changed: nothing is signed that the linter would not have
 * written, unless the change is in what may be anything (names, keys, the serial). Here: never a
 * crash, and never a record without a signature. */
static void refuses_foreign_bytes(void **state)
{
    (void)state;
    static const uint8_t junk[] = {0x30, 0x03, 0x02, 0x01, 0x05};
    uint64_t before = fixture_sequence();
    assert_true(fixture_sign(SIGNATURE, SIGNER_LEAF, bytes_of("", 0), NULL) != ERR_NONE);
    assert_true(fixture_sign(SIGNATURE, SIGNER_LEAF, bytes_of(junk, sizeof junk), NULL) !=
                ERR_NONE);
    assert_true(fixture_sign(SIGNATURE, SIGNER_LEAF, bytes_of_text("POST / HTTP/1.1"), NULL) !=
                ERR_NONE);
    struct sample leaf;
    leaf_next(SIGNATURE, &leaf);
    struct bytes cut = bytes_of(leaf.cert.tbs.data, leaf.cert.tbs.len - 1);
    assert_true(fixture_sign(SIGNATURE, SIGNER_LEAF, cut, NULL) != ERR_NONE);
    assert_true(fixture_sign(SIGNATURE, SIGNER_LEAF, leaf.cert.whole, NULL) != ERR_NONE);
    assert_int_equal(fixture_sequence(), before);
    sample_free(&leaf);
}

/* Facts that a hostile commit would like to have certified; `change` spoils one of them. */
static void check_refused(enum kind kind, void (*change)(struct cert_facts *facts))
{
    struct sample leaf;
    struct cert_facts facts;
    struct buffer crl_point CLEANUP_BUFFER, tbs CLEANUP_BUFFER;
    buffer_init(&crl_point, 1024);
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    leaf_next(kind, &leaf);
    sample_leaf_facts(kind, last[kind], &leaf, &crl_point, &facts);
    change(&facts);
    if (cert_encode_tbs(profile_of_kind(kind), &sample_site, &signer_authority_sample[kind].cert,
                        &facts, &tbs) == ERR_NONE) {
        uint64_t before = fixture_sequence();
        assert_err(fixture_sign(kind, SIGNER_LEAF, buffer_bytes(&tbs), NULL), ERR_DENIED);
        assert_int_equal(fixture_sequence(), before);
    }
    sample_free(&leaf);
}

static void too_long(struct cert_facts *facts)
{
    facts->not_after = date_last_second((struct date){2036, 11, 20});
}

static void after_the_authority(struct cert_facts *facts)
{
    facts->not_before = date_start((struct date){2036, 11, 1});
    facts->not_after = date_last_second((struct date){2036, 12, 1});
}

static void ends_within_a_day(struct cert_facts *facts)
{
    facts->not_after -= 3600;
}

static void wrong_key_id(struct cert_facts *facts)
{
    static const uint8_t zeros[20];
    facts->subject_key_id = bytes_of(zeros, sizeof zeros);
}

static void authority_key(struct cert_facts *facts)
{
    facts->spki = signer_authority_sample[KIND_SIGNATURE].cert.spki;
    facts->subject_key_id = signer_authority_sample[KIND_SIGNATURE].cert.subject_key_id;
}

static void authority_name(struct cert_facts *facts)
{
    facts->subject = signer_authority_sample[KIND_SIGNATURE].cert.subject;
}

static void refuses_what_the_linter_refuses(void **state)
{
    (void)state;
    static void (*const changes[])(struct cert_facts * facts) = {
        too_long, after_the_authority, ends_within_a_day, wrong_key_id, authority_name};
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        check_refused(SIGNATURE, changes[i]);
}

static void refuses_an_authority_as_a_resident(void **state)
{
    (void)state;
    check_refused(SIGNATURE, authority_key);
}

static void refuses_a_second_authority(void **state)
{
    (void)state;
    struct fault fault = {0};
    uint64_t before = fixture_sequence();
    struct sample other;
    sample_authority(SIGNATURE, &other);
    assert_err(fixture_sign(SIGNATURE, SIGNER_AUTHORITY, other.cert.tbs, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "own key");
    assert_err(fixture_sign(AUTHENTICATION, SIGNER_AUTHORITY,
                            signer_authority_sample[SIGNATURE].cert.tbs, NULL),
               ERR_DENIED);
    /* The one that was signed is signed again. */
    assert_ok(fixture_sign(SIGNATURE, SIGNER_AUTHORITY, signer_authority_sample[SIGNATURE].cert.tbs,
                           NULL));
    assert_int_equal(fixture_sequence(), before);
    sample_free(&other);
}

static void refuses_the_wrong_passphrase(void **state)
{
    (void)state;
    struct signer *opened = NULL;
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    secret_init(&passphrase);
    assert_ok(secret_set(&passphrase, bytes_of_text("a passphrase for test")));
    signer_free(signer);
    signer = NULL;
    assert_err(signer_open(signer_folder, &sample_site, &passphrase, &opened, &fault), ERR_CRYPTO);
    assert_string_equal(fault.rule, fixture_token() ? "PIN" : "seal");
    assert_null(opened);
    signer_again();
}

static void refuses_to_make_keys_twice(void **state)
{
    (void)state;
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    assert_ok(secret_set(&passphrase, bytes_of_text("another")));
    assert_err(signer_create(signer_folder, &sample_site, NULL, &passphrase, NULL), ERR_EXISTS);
    assert_err(signer_create(signer_folder, &sample_site, fixture_token(), &passphrase, NULL),
               ERR_EXISTS);
    signer_again();
}

/* The keys of the two kinds exchanged on the disk: the seal names what is inside. */
static void refuses_exchanged_keys(void **state)
{
    (void)state;
    if (fixture_token())
        skip();
    char one[128], other[128], aside[128];
    fixture_path("authority-signature-1.key", one);
    fixture_path("authority-authentication-1.key", other);
    fixture_path("aside", aside);
    assert_int_equal(rename(one, aside) | rename(other, one) | rename(aside, other), 0);
    struct signer *opened = NULL;
    struct secret passphrase CLEANUP_SECRET;
    secret_init(&passphrase);
    assert_ok(secret_set(&passphrase, bytes_of_text("a passphrase for tests")));
    assert_err(signer_open(signer_folder, &sample_site, &passphrase, &opened, NULL), ERR_CRYPTO);
    assert_int_equal(rename(one, aside) | rename(other, one) | rename(aside, other), 0);
    signer_again();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_leaves_and_responders),
        cmocka_unit_test(signs_the_same_bytes_again_without_a_record),
        cmocka_unit_test(refuses_serials_that_do_not_rise),
        cmocka_unit_test(refuses_one_kind_for_another),
        cmocka_unit_test(refuses_foreign_bytes),
        cmocka_unit_test(refuses_what_the_linter_refuses),
        cmocka_unit_test(refuses_an_authority_as_a_resident),
        cmocka_unit_test(refuses_a_second_authority),
        cmocka_unit_test(refuses_the_wrong_passphrase),
        cmocka_unit_test(refuses_to_make_keys_twice),
        cmocka_unit_test(refuses_exchanged_keys),
    };
    return cmocka_run_group_tests(tests, signer_begin, signer_end);
}
