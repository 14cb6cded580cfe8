/* A signer whose keys are in a token: what it does when the token is taken away. Run by
 * tests/softhsm.py. */
#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/verify.h"
#include "signer/state.h"

#define BATCH 24

static void take_away(void)
{
    char away[256];
    snprintf(away, sizeof away, "%s.away", fixture_token()->files);
    assert_int_equal(rename(fixture_token()->files, away), 0);
}

static void bring_back(void)
{
    char away[256];
    snprintf(away, sizeof away, "%s.away", fixture_token()->files);
    assert_int_equal(rename(away, fixture_token()->files), 0);
    signer_again();
}

static void leaves_make(uint64_t serial, struct sample leaves[static BATCH],
                        struct signer_item items[static BATCH])
{
    for (size_t i = 0; i < BATCH; i++) {
        enum kind kind = i % 2 ? KIND_AUTHENTICATION : KIND_SIGNATURE;
        fixture_leaf(kind, serial + i, &leaves[i]);
        items[i] = (struct signer_item){
            .kind = kind, .what = SIGNER_LEAF, .tbs = leaves[i].cert.tbs, .err = ERR_MALFORMED};
    }
}

static void assert_signed(const struct signer_item *item)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    assert_ok(item->err);
    assert_ok(public_key_parse(signer_authority_sample[item->kind].cert.spki, &key));
    assert_ok(verify_message(key, HASH_SHA256, item->tbs,
                             bytes_of(item->signature, item->signature_len)));
}

static void signs_a_batch_on_all_threads(void **state)
{
    (void)state;
    static struct signer_item items[BATCH];
    struct sample leaves[BATCH];
    leaves_make(10, leaves, items);
    assert_ok(workers_new(4, &signer->workers));
    signer_sign_certificates(signer, items, BATCH);
    for (size_t i = 0; i < BATCH; i++) {
        assert_signed(&items[i]);
        sample_free(&leaves[i]);
    }
    assert_ok(signer_check(signer, NULL));
}

/* What was logged and could not be signed is signed later, without a second record. */
static void signs_nothing_of_a_batch_without_its_token(void **state)
{
    (void)state;
    static struct signer_item items[BATCH];
    struct sample leaves[BATCH];
    struct fault fault = {0};
    leaves_make(100, leaves, items);
    uint64_t before = fixture_sequence();
    take_away();
    signer_sign_certificates(signer, items, BATCH);
    for (size_t i = 0; i < BATCH; i++) {
        assert_err(items[i].err, ERR_CRYPTO);
        assert_string_equal(items[i].fault.rule, "key");
        assert_int_equal(items[i].signature_len, 0);
    }
    assert_err(signer_check(signer, &fault), ERR_CRYPTO);
    assert_non_null(strstr(fault.text, "the token answers "));
    assert_int_equal(fixture_sequence(), before + BATCH);
    bring_back();
    signer_sign_certificates(signer, items, BATCH);
    for (size_t i = 0; i < BATCH; i++) {
        assert_signed(&items[i]);
        sample_free(&leaves[i]);
    }
    assert_int_equal(fixture_sequence(), before + BATCH);
}

/* A token that failed once is not trusted with more, even if it is back. */
static void stays_failed_until_it_is_opened_again(void **state)
{
    (void)state;
    char away[256];
    struct sample leaf;
    fixture_leaf(KIND_SIGNATURE, 200, &leaf);
    take_away();
    assert_err(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs, NULL), ERR_CRYPTO);
    snprintf(away, sizeof away, "%s.away", fixture_token()->files);
    assert_int_equal(rename(away, fixture_token()->files), 0);
    assert_err(signer_check(signer, NULL), ERR_CRYPTO);
    signer_again();
    assert_ok(signer_check(signer, NULL));
    assert_ok(fixture_sign(KIND_SIGNATURE, SIGNER_LEAF, leaf.cert.tbs, NULL));
    sample_free(&leaf);
}

static void gives_no_checkpoint_without_its_token(void **state)
{
    (void)state;
    static const uint8_t links[SIGNER_HEAD_LEN] = {1};
    struct signer_checkpoint checkpoint = {.number = 1, .time = 1000};
    uint8_t signature[SIGNER_RAW_LEN] = {0}, zero[SIGNER_RAW_LEN] = {0};
    struct fault fault = {0};
    signer_checkpoint_link(checkpoint.head, links);
    take_away();
    assert_err(signer_sign_checkpoint(signer, &checkpoint, bytes_of(links, sizeof links), signature,
                                      &fault),
               ERR_CRYPTO);
    assert_string_equal(fault.rule, "key");
    assert_memory_equal(signature, zero, sizeof zero);
    bring_back();
    assert_ok(signer_sign_checkpoint(signer, &checkpoint, bytes_of(links, sizeof links), signature,
                                     NULL));
}

static void does_not_open_without_its_token(void **state)
{
    (void)state;
    struct signer *opened = NULL;
    struct secret passphrase CLEANUP_SECRET;
    fixture_passphrase(&passphrase);
    signer_free(signer);
    signer = NULL;
    take_away();
    assert_true(signer_open(signer_folder, &sample_site, &passphrase, &opened, NULL) != ERR_NONE);
    assert_null(opened);
    bring_back();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(signs_a_batch_on_all_threads),
        cmocka_unit_test(signs_nothing_of_a_batch_without_its_token),
        cmocka_unit_test(stays_failed_until_it_is_opened_again),
        cmocka_unit_test(gives_no_checkpoint_without_its_token),
        cmocka_unit_test(does_not_open_without_its_token),
    };
    return cmocka_run_group_tests(tests, signer_begin, signer_end);
}
