/* Generations of the permit key: cards are led from an older one to the newest, and nowhere else.
 */
#include "check.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

#include "base/permit.h"
#include "crypto/hash.h"
#include "crypto/permit_key.h"
#include "crypto/verify.h"

static uint8_t points[4][SIGNER_POINT_LEN]; /* generation g at g - 1 */
static uint8_t num_challenges;

static enum err add(unsigned generation, struct fault *fault)
{
    struct secret passphrase CLEANUP_SECRET;
    fixture_passphrase(&passphrase);
    return signer_add_permit_key(signer, generation, &passphrase, fault);
}

/* A permit for a card that has the key of one generation, and is to get another point. */
static struct permit permit_to(unsigned from, const uint8_t to[static SIGNER_POINT_LEN])
{
    struct permit permit = {.purpose = PERMIT_NEW_PERMIT_KEY};
    permit_key_id(points[from - 1], permit.key_id);
    memset(permit.card_id, '7', CARD_ID_LEN);
    memset(permit.challenge, ++num_challenges, CHALLENGE_LEN);
    sha256(bytes_of(to, SIGNER_POINT_LEN), permit.digest);
    return permit;
}

/* by: the generation whose signature it must be. */
static enum err sign(const struct permit *permit, unsigned by, struct fault *fault)
{
    uint8_t bytes[PERMIT_SIGNED_LEN], signature[SIGNER_RAW_LEN];
    permit_encode_signed(permit, bytes);
    struct bytes message = bytes_of(bytes, sizeof bytes);
    enum err err = signer_sign_permit(signer, message, signature, fault);
    if (err == ERR_NONE)
        assert_ok(verify_raw_p256(bytes_of(points[by - 1], SIGNER_POINT_LEN), message, signature));
    return err;
}

static void assert_denied(const struct permit *permit, const char *rule)
{
    struct fault fault = {0};
    uint64_t before = fixture_sequence();
    assert_err(sign(permit, 1, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, rule);
    assert_int_equal(fixture_sequence(), before);
}

static void leads_no_card_anywhere_while_there_is_one_key(void **state)
{
    (void)state;
    assert_ok(signer_permit_key(signer, 1, points[0]));
    assert_err(signer_permit_key(signer, 2, points[1]), ERR_NOT_FOUND);
    assert_err(signer_permit_key(signer, 0, points[1]), ERR_NOT_FOUND);
    struct permit permit = permit_to(1, points[0]);
    assert_denied(&permit, "new permit key");
}

/* Asked for the same generation again, as after a power cut, it makes no other. */
static void makes_each_generation_once(void **state)
{
    (void)state;
    struct fault fault = {0};
    uint8_t again[SIGNER_POINT_LEN];
    assert_err(add(3, &fault), ERR_DENIED);
    assert_err(add(0, &fault), ERR_DENIED);
    assert_ok(add(1, NULL));
    assert_err(signer_permit_key(signer, 2, points[1]), ERR_NOT_FOUND);
    assert_ok(add(2, NULL));
    assert_ok(signer_permit_key(signer, 2, points[1]));
    assert_memory_not_equal(points[0], points[1], SIGNER_POINT_LEN);
    assert_ok(add(2, NULL));
    signer_again();
    assert_ok(add(2, NULL));
    assert_ok(signer_permit_key(signer, 2, again));
    assert_memory_equal(again, points[1], SIGNER_POINT_LEN);
    assert_err(signer_permit_key(signer, 3, again), ERR_NOT_FOUND);
}

static void signs_with_the_key_that_the_permit_names(void **state)
{
    (void)state;
    for (unsigned from = 1; from <= 2; from++) {
        struct permit permit = permit_to(from, points[1]);
        permit.purpose = PERMIT_RESET_PIN;
        memset(permit.digest, 0, sizeof permit.digest);
        assert_ok(sign(&permit, from, NULL));
    }
    struct permit permit = permit_to(1, points[1]);
    permit.key_id[0] ^= 1;
    assert_denied(&permit, "key id");
}

static void leads_a_card_to_the_newest_key_and_to_no_other(void **state)
{
    (void)state;
    uint8_t foreign[SIGNER_POINT_LEN];
    struct permit permit = permit_to(1, points[1]);
    uint64_t before = fixture_sequence();
    assert_ok(sign(&permit, 1, NULL));
    assert_int_equal(fixture_sequence(), before + 1);
    assert_denied(&permit, "challenge is new");
    permit = permit_to(1, points[0]); /* to where it is */
    assert_denied(&permit, "new permit key");
    permit = permit_to(2, points[1]);
    assert_denied(&permit, "new permit key");
    permit = permit_to(2, points[0]); /* back */
    assert_denied(&permit, "new permit key");
    assert_ok(signer_journal_key(signer, foreign));
    permit = permit_to(1, foreign);
    assert_denied(&permit, "new permit key");
    permit = permit_to(1, points[1]);
    permit.digest[31] ^= 1;
    assert_denied(&permit, "new permit key");
}

/* With a third one the second is an older one. */
static void leads_cards_on_from_every_older_key(void **state)
{
    (void)state;
    assert_ok(add(3, NULL));
    assert_ok(signer_permit_key(signer, 3, points[2]));
    struct permit permit = permit_to(1, points[1]);
    assert_denied(&permit, "new permit key");
    for (unsigned from = 1; from <= 2; from++) {
        permit = permit_to(from, points[2]);
        assert_ok(sign(&permit, from, NULL));
    }
}

/* Files only: a key between two others was lost. */
static void wants_every_generation(void **state)
{
    (void)state;
    char path[128], aside[140];
    struct signer *again = NULL;
    struct fault fault = {0};
    struct secret passphrase CLEANUP_SECRET;
    fixture_passphrase(&passphrase);
    if (fixture_token())
        skip();
    fixture_path("permit-2.key", path);
    snprintf(aside, sizeof aside, "%s.aside", path);
    assert_int_equal(rename(path, aside), 0);
    signer_free(signer);
    signer = NULL;
    assert_err(signer_open(signer_folder, &sample_site, &passphrase, &again, &fault),
               ERR_NOT_FOUND);
    assert_non_null(strstr(fault.text, "permit-2"));
    assert_int_equal(rename(aside, path), 0);
    assert_ok(signer_open(signer_folder, &sample_site, &passphrase, &signer, NULL));
}

static void makes_no_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct fault fault = {0};
    for (unsigned generation = 4; generation <= SIGNER_GENERATIONS_MAX; generation++)
        assert_ok(add(generation, NULL));
    assert_err(add(SIGNER_GENERATIONS_MAX + 1, &fault), ERR_LIMIT);
    signer_again();
    assert_ok(signer_permit_key(signer, SIGNER_GENERATIONS_MAX, points[3]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leads_no_card_anywhere_while_there_is_one_key),
        cmocka_unit_test(makes_each_generation_once),
        cmocka_unit_test(signs_with_the_key_that_the_permit_names),
        cmocka_unit_test(leads_a_card_to_the_newest_key_and_to_no_other),
        cmocka_unit_test(leads_cards_on_from_every_older_key),
        cmocka_unit_test(wants_every_generation),
        cmocka_unit_test(makes_no_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, signer_begin, signer_end);
}
