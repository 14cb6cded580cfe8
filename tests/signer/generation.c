/* Generations of an authority: a new key of the same name, which signs from its certificate on. */
#include "check.h"
#include "fixture.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/sign.h"
#include "crypto/verify.h"
#include "x509/crl.h"

#define KIND KIND_SIGNATURE

static struct sample first; /* the generation before */

static enum err leaf_sign(const struct sample *authority, uint64_t serial, struct fault *fault)
{
    struct sample leaf;
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    sample_leaf(KIND, authority, serial, &leaf);
    enum err err =
        signer_sign_certificate(signer, KIND, SIGNER_LEAF, leaf.cert.tbs, &signature, fault);
    sample_free(&leaf);
    return err;
}

static bool is_signed_by(const struct sample *authority, struct bytes tbs,
                         const struct buffer *signature)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(public_key_parse(authority->cert.spki, &key));
    return verify_message(key, HASH_SHA256, tbs, buffer_bytes(signature)) == ERR_NONE;
}

static enum err list_sign(const struct sample *authority, uint64_t number, int64_t at,
                          const struct sample *signed_by, struct fault *fault)
{
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNATURE_MAX);
    struct crl_facts facts = {
        .this_update = at, .next_update = at + PROFILE_CRL_LIFE, .number = number};
    assert_ok(crl_encode_tbs(&authority->cert, &facts, (struct crl_source){0}, &tbs));
    int fd CLEANUP_FD = -1;
    assert_ok(memfd_sealed("crl", buffer_bytes(&tbs), &fd));
    enum err err = signer_sign_crl(signer, KIND, fd, &signature, fault);
    if (err == ERR_NONE)
        assert_true(is_signed_by(signed_by, buffer_bytes(&tbs), &signature));
    return err;
}

static void has_none_before_it_is_made(void **state)
{
    (void)state;
    struct bytes der;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    assert_err(signer_authority(signer, KIND, 2, &der), ERR_NOT_FOUND);
    assert_err(signer_authority(signer, KIND, 0, &der), ERR_NOT_FOUND);
    assert_err(signer_authority_spki(signer, KIND, 2, &spki), ERR_NOT_FOUND);
    assert_ok(leaf_sign(&signer_authority_sample[KIND], 9, NULL));
}

/* A key without a certificate is not made twice, and signs nothing; nor does it stop the others. */
static void goes_on_with_a_key_that_has_no_certificate(void **state)
{
    (void)state;
    struct secret passphrase CLEANUP_SECRET;
    struct buffer spki CLEANUP_BUFFER, again CLEANUP_BUFFER;
    struct bytes der;
    buffer_init(&spki, LIMIT_KEY_FILE);
    buffer_init(&again, LIMIT_KEY_FILE);
    fixture_passphrase(&passphrase);
    assert_ok(signer_add_generation(signer, KIND, &passphrase, NULL));
    assert_ok(signer_authority_spki(signer, KIND, 2, &spki));
    signer_again();
    assert_ok(signer_add_generation(signer, KIND, &passphrase, NULL));
    assert_ok(signer_authority_spki(signer, KIND, 2, &again));
    assert_true(bytes_equal(buffer_bytes(&spki), buffer_bytes(&again)));
    assert_err(signer_authority_spki(signer, KIND, 3, &again), ERR_NOT_FOUND);
    assert_err(signer_authority(signer, KIND, 2, &der), ERR_NOT_FOUND);
    assert_ok(leaf_sign(&signer_authority_sample[KIND], 10, NULL));
}

static void refuses_a_certificate_below_the_serials(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct buffer tbs CLEANUP_BUFFER;
    buffer_init(&tbs, LIMIT_CERTIFICATE);
    fixture_authority_tbs(KIND, 2, 10, &tbs);
    assert_err(fixture_sign(KIND, SIGNER_AUTHORITY, buffer_bytes(&tbs), &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "serial rises");
}

static void the_newest_signs_leaves(void **state)
{
    (void)state;
    struct fault fault = {0};
    fixture_roll_over(KIND, 11, &first);
    assert_ok(leaf_sign(&signer_authority_sample[KIND], 12, NULL));
    assert_err(leaf_sign(&first, 13, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "generation");
    signer_again();
    assert_err(leaf_sign(&first, 13, &fault), ERR_DENIED);
    assert_ok(leaf_sign(&signer_authority_sample[KIND], 13, NULL));
    /* the other kind has its own, and is not asked */
    assert_err(leaf_sign(&signer_authority_sample[1 - KIND], 14, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "authorityKeyIdentifier");
}

static void each_signs_for_its_own_responder(void **state)
{
    (void)state;
    const struct sample *const authorities[] = {&first, &signer_authority_sample[KIND]};
    for (size_t i = 0; i < COUNT_OF(authorities); i++) {
        struct sample responder;
        struct buffer signature CLEANUP_BUFFER;
        buffer_init(&signature, SIGNATURE_MAX);
        sample_responder(KIND, authorities[i], 20 + i, &responder);
        assert_ok(signer_sign_certificate(signer, KIND, SIGNER_RESPONDER, responder.cert.tbs,
                                          &signature, NULL));
        assert_true(is_signed_by(authorities[i], responder.cert.tbs, &signature));
        assert_false(is_signed_by(authorities[1 - i], responder.cert.tbs, &signature));
        sample_free(&responder);
    }
}

/* Lists of one number, one for each; each only once. */
static void each_signs_its_own_list(void **state)
{
    (void)state;
    struct fault fault = {0};
    const struct sample *newest = &signer_authority_sample[KIND];
    assert_ok(list_sign(&first, 5, SAMPLE_NOW, &first, NULL));
    assert_ok(list_sign(newest, 5, SAMPLE_NOW, newest, NULL));
    signer_again();
    assert_ok(list_sign(&first, 6, SAMPLE_NOW + 1, &first, NULL));
    assert_err(list_sign(newest, 5, SAMPLE_NOW + 2, newest, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, "CRL number rises");
    assert_err(list_sign(newest, 6, SAMPLE_NOW, newest, &fault), ERR_DENIED);
    assert_ok(list_sign(newest, 6, SAMPLE_NOW + 1, newest, NULL));
}

/* One key, one certificate: not even a higher serial gives it another. */
static void refuses_another_certificate_for_a_key(void **state)
{
    (void)state;
    struct fault fault = {0};
    for (unsigned generation = 1; generation <= 2; generation++) {
        struct buffer tbs CLEANUP_BUFFER;
        buffer_init(&tbs, LIMIT_CERTIFICATE);
        fixture_authority_tbs(KIND, generation, 100 + generation, &tbs);
        assert_err(fixture_sign(KIND, SIGNER_AUTHORITY, buffer_bytes(&tbs), &fault), ERR_DENIED);
        assert_string_equal(fault.rule, "one authority");
    }
}

static void refuses_to_start_without_one_between_two(void **state)
{
    (void)state;
    char key[128], away[160];
    struct sample second;
    struct signer *opened = NULL;
    struct fault fault = {0};
    struct secret passphrase CLEANUP_SECRET;
    if (fixture_token())
        skip();
    fixture_roll_over(KIND, 200, &second);
    sample_free(&second);
    fixture_path("authority-signature-2.key", key);
    snprintf(away, sizeof away, "%s.away", key);
    assert_int_equal(rename(key, away), 0);
    signer_free(signer);
    signer = NULL;
    fixture_passphrase(&passphrase);
    assert_err(signer_open(signer_folder, &sample_site, &passphrase, &opened, &fault),
               ERR_NOT_FOUND);
    assert_string_equal(fault.text, "authority-signature-2 is missing");
    assert_int_equal(rename(away, key), 0);
    signer_again();
    assert_ok(leaf_sign(&signer_authority_sample[KIND], 201, NULL));
}

static void ends_at_the_last_generation(void **state)
{
    (void)state;
    struct fault fault = {0};
    struct secret passphrase CLEANUP_SECRET;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    unsigned num = 0;
    while (signer_authority_spki(signer, KIND, num + 1, &spki) == ERR_NONE) {
        buffer_done(&spki);
        num++;
    }
    for (; num < SIGNER_GENERATIONS_MAX; num++) {
        struct sample before;
        fixture_roll_over(KIND, 300 + num, &before);
        sample_free(&before);
    }
    fixture_passphrase(&passphrase);
    assert_err(signer_add_generation(signer, KIND, &passphrase, &fault), ERR_LIMIT);
    assert_string_equal(fault.rule, "generation");
    signer_again();
    assert_ok(leaf_sign(&signer_authority_sample[KIND], 400, NULL));
    sample_free(&first);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(has_none_before_it_is_made),
        cmocka_unit_test(goes_on_with_a_key_that_has_no_certificate),
        cmocka_unit_test(refuses_a_certificate_below_the_serials),
        cmocka_unit_test(the_newest_signs_leaves),
        cmocka_unit_test(each_signs_for_its_own_responder),
        cmocka_unit_test(each_signs_its_own_list),
        cmocka_unit_test(refuses_another_certificate_for_a_key),
        cmocka_unit_test(refuses_to_start_without_one_between_two),
        cmocka_unit_test(ends_at_the_last_generation),
    };
    return cmocka_run_group_tests(tests, signer_begin, signer_end);
}
