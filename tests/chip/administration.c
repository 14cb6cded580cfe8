/* Permit in, statement out: what a hostile terminal may try between the centre and the card, and
 * where the card refuses. docs/PROTOCOL.card-administration. */
#include "test_card.h"

#include "base/statement.h"
#include "crypto/verify.h"

#define SHA256_HEAD "3031300d060960864801650304020105000420"

static struct test_card card;
static struct image fresh; /* personalised, both PINs set */

static int setup(void **state)
{
    (void)state;
    test_card_new(&card, false);
    give_pin(&card, KIND_SIGNATURE, PERMIT_SET_PIN);
    give_pin(&card, KIND_AUTHENTICATION, PERMIT_SET_PIN);
    fresh = card.saved;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_card_done(&card);
    return 0;
}

static int restart(void **state)
{
    (void)state;
    test_card_insert(&card, &fresh);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    return 0;
}

static struct bytes digest_info(void)
{
    static uint8_t info[51];
    assert_ok(hex_decode_exactly(SHA256_HEAD, info, 19));
    memset(info + 19, 0x5A, 32);
    return bytes_of(info, sizeof info);
}

/* A statement over a fixed nonce, its signature checked against the card key. */
static struct card_statement statement(void)
{
    static const uint8_t nonce[STATEMENT_NONCE_LEN] = "sixteen bytes...";
    struct card_statement got;
    struct buffer spki CLEANUP_BUFFER;
    uint8_t covered[STATEMENT_SIGNED_LEN];
    buffer_init(&spki, 256);
    assert_word(ask_with(&card, "00880000", bytes_of(nonce, sizeof nonce), "00"), 0x9000);
    assert_ok(statement_parse(buffer_bytes(&card.answer), &got, NULL));
    assert_ok(personalise_public_key(&card.saved, &spki));
    struct bytes point = bytes_of(spki.data + spki.len - 65, 65);
    statement_encode_signed(&got, nonce, covered);
    assert_ok(verify_raw_p256(point, bytes_of(covered, sizeof covered), got.signature));
    covered[11] ^= 1; /* another nonce */
    assert_err(verify_raw_p256(point, bytes_of(covered, sizeof covered), got.signature),
               ERR_CRYPTO);
    return got;
}

/* Verifies the PIN and makes a spare key for an application; the modulus is the answer. */
static void make_spare(enum kind kind, uint8_t application)
{
    enter(&card, kind);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, kind, application), 0x9000);
    assert_word(ask(&card, generate_of(kind)), 0x9000);
    assert_int_equal(card.answer.len, 256);
}

static void issues_a_certificate(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    make_spare(KIND_SIGNATURE, 7);
    make_staged(&card, &staged);
    assert_word(ask_with(&card, "802A001A", digest_info(), "00"), 0x9000);
    struct card_statement before = statement();
    assert_true(statement_has_spare(&before, KIND_SIGNATURE));
    assert_false(statement_has_live(&before, KIND_SIGNATURE));
    assert_int_equal(before.kinds[KIND_SIGNATURE].application[0], 7);
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    struct card_statement after = statement();
    uint8_t hash[SHA256_LEN];
    sha256(image_part_bytes(&card.saved.kinds[KIND_SIGNATURE].leaf), hash);
    assert_memory_equal(after.kinds[KIND_SIGNATURE].live, hash, sizeof hash);
    assert_false(statement_has_spare(&after, KIND_SIGNATURE));
    assert_false(statement_has_live(&after, KIND_AUTHENTICATION));
    assert_int_equal(after.kinds[KIND_SIGNATURE].tries, 5);
    assert_word(ask(&card, "00B0880000"), 0x9000);
    assert_answer(&card, "8f0000");
    assert_word(ask_with(&card, "802A009A", digest_info(), "00"), 0x9000);
}

static void tells_the_spare_by_its_public_key(void **state)
{
    (void)state;
    struct buffer spki CLEANUP_BUFFER;
    uint8_t hash[SHA256_LEN];
    buffer_init(&spki, 512);
    make_spare(KIND_AUTHENTICATION, 3);
    spki_of_modulus(buffer_bytes(&card.answer), &spki);
    sha256(buffer_bytes(&spki), hash);
    struct card_statement got = statement();
    assert_memory_equal(got.kinds[KIND_AUTHENTICATION].spare, hash, sizeof hash);
    assert_memory_equal(got.card_id, TEST_CARD_ID, CARD_ID_LEN);
    assert_int_equal(got.kinds[KIND_AUTHENTICATION].tries, 3);
}

static void states_free_at_any_time_but_only_for_a_nonce(void **state)
{
    (void)state;
    static const uint8_t nonce[17];
    statement();
    assert_word(ask_with(&card, "00880000", bytes_of(nonce, 15), "00"), 0x6700);
    assert_word(ask_with(&card, "00880000", bytes_of(nonce, 17), "00"), 0x6700);
    assert_word(ask_with(&card, "00880000", bytes_of(nonce, 16), ""), 0x6700);
    assert_word(ask_with(&card, "00880001", bytes_of(nonce, 15), "00"), 0x6700);
    assert_word(ask_with(&card, "00880001", bytes_of(nonce, 16), ""), 0x6700);
    assert_word(ask_with(&card, "00880002", bytes_of(nonce, 16), "00"), 0x6A86);
    assert_word(ask(&card, "00A4040C0AD3921000310001010100"), 0x9000);
    assert_word(ask_with(&card, "00880000", bytes_of(nonce, 16), "00"), 0x6D00);
}

static void gives_the_same_key_to_the_same_application(void **state)
{
    (void)state;
    uint8_t first[256];
    make_spare(KIND_SIGNATURE, 7);
    memcpy(first, card.answer.data, sizeof first);
    make_spare(KIND_SIGNATURE, 7);
    assert_memory_equal(card.answer.data, first, sizeof first);
    make_spare(KIND_SIGNATURE, 8);
    assert_memory_not_equal(card.answer.data, first, sizeof first);
}

static void refuses_a_replayed_permit(void **state)
{
    (void)state;
    uint8_t wire[PERMIT_LEN];
    enter(&card, KIND_SIGNATURE);
    struct permit permit = permit_for(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7);
    assert_word(present(&card, &permit, card.permit_key), 0x9000);
    permit_encode(&permit, wire);
    assert_word(ask_with(&card, "00820000", bytes_of(wire, sizeof wire), ""), 0x6985);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6985); /* and the first is closed */
    assert_word(ask(&card, "0084000010"), 0x9000);
    assert_word(ask_with(&card, "00820000", bytes_of(wire, sizeof wire), ""), 0x6982);
}

static void consumes_the_challenge_always(void **state)
{
    (void)state;
    struct permit permit = permit_for(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7);
    assert_word(ask(&card, "0082000001AA"), 0x6700);
    assert_word(present(&card, &permit, card.permit_key), 0x6985);
    permit = permit_for(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7);
    assert_word(ask(&card, "0084000008"), 0x9000); /* another length clears it, too */
    assert_word(present(&card, &permit, card.permit_key), 0x6985);
    permit = permit_for(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(present(&card, &permit, card.permit_key), 0x6985);
    permit = permit_for(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7);
    chip_reset(card.chip);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(present(&card, &permit, card.permit_key), 0x6985);
    permit = permit_for(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7);
    assert_word(ask(&card, "0084000010"), 0x9000); /* a newer one replaces it */
    assert_word(present(&card, &permit, card.permit_key), 0x6982);
}

static void refuses_a_permit_that_is_not_for_it(void **state)
{
    (void)state;
    struct permit permit = permit_for(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7);
    permit.card_id[0] ^= 1; /* another card's, rightly signed */
    assert_word(present(&card, &permit, card.permit_key), 0x6982);
    permit = permit_for(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7);
    permit.key_id[0] ^= 1;
    assert_word(present(&card, &permit, card.permit_key), 0x6A88);
    struct private_key *other CLEANUP_PRIVATE_KEY = NULL;
    assert_ok(private_key_generate(KEY_P256, 0, &other));
    permit = permit_for(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7);
    assert_word(present(&card, &permit, other), 0x6982);
    permit = permit_for(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7);
    permit.digest[0] = 1;
    assert_word(present(&card, &permit, card.permit_key), 0x6A80);
}

/* Every bit of a permit counts. */
static void refuses_a_permit_that_was_changed(void **state)
{
    (void)state;
    for (size_t at = 0; at < PERMIT_LEN; at++) {
        uint8_t covered[PERMIT_SIGNED_LEN], wire[PERMIT_LEN];
        struct permit permit = permit_for(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7);
        permit_encode_signed(&permit, covered);
        assert_ok(
            sign_raw_p256(card.permit_key, bytes_of(covered, sizeof covered), permit.signature));
        permit_encode(&permit, wire);
        wire[at] ^= (uint8_t)(1u << at % 8);
        assert_true(ask_with(&card, "00820000", bytes_of(wire, sizeof wire), "") != 0x9000);
        assert_word(ask_with(&card, "002C029B", bytes_of_text("XYZ789"), ""), 0x6985);
    }
}

static void asks_for_the_pin_before_a_key(void **state)
{
    (void)state;
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6982);
    enter(&card, KIND_AUTHENTICATION); /* the other PIN does not do */
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6982);
    assert_int_equal(card.saved.kinds[KIND_SIGNATURE].spare.len, 0);
}

static void asks_for_the_pin_before_installing(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    make_spare(KIND_SIGNATURE, 7);
    make_staged(&card, &staged);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6982);
    assert_int_equal(card.saved.kinds[KIND_SIGNATURE].leaf.len, 0);
}

static void makes_a_key_for_its_own_kind_only(void **state)
{
    (void)state;
    enter(&card, KIND_SIGNATURE);
    select_file(&card, 0x18);
    assert_word(verify_pin(&card, "1234"), 0x9000); /* both are verified */
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, generate_of(KIND_AUTHENTICATION)), 0x6985);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6985);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, "0047001B00"), 0x6A86);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6985);
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6985);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, "0047001A80"), 0x6700);
    assert_int_equal(card.saved.kinds[KIND_SIGNATURE].spare.len, 0);
}

/* The spare signs one request, and only between its making and the next command. */
static void signs_once_by_the_spare(void **state)
{
    (void)state;
    static const char *const between[] = {
        "00B0880003", "0020009B", "0084000010", "00A4020C02001A", "FFCA000000", "0047001A00", "00"};
    assert_word(ask_with(&card, spare_sign_of(KIND_SIGNATURE), digest_info(), "00"), 0x6985);
    make_spare(KIND_SIGNATURE, 7);
    assert_word(ask_with(&card, spare_sign_of(KIND_SIGNATURE), digest_info(), "00"), 0x9000);
    assert_word(ask_with(&card, spare_sign_of(KIND_SIGNATURE), digest_info(), "00"), 0x6985);
    for (size_t i = 0; i < COUNT_OF(between); i++) {
        make_spare(KIND_SIGNATURE, 7);
        ask(&card, between[i]);
        assert_word(ask_with(&card, spare_sign_of(KIND_SIGNATURE), digest_info(), "00"), 0x6985);
    }
    make_spare(KIND_SIGNATURE, 7);
    assert_word(ask_with(&card, spare_sign_of(KIND_AUTHENTICATION), digest_info(), "00"), 0x6985);
    make_spare(KIND_SIGNATURE, 7);
    assert_word(ask_with(&card, "802A009A", digest_info(), "00"), 0x6985); /* no key in use yet */
}

static void signs_by_the_spare_nothing_but_a_sha256(void **state)
{
    (void)state;
    uint8_t other[52] = {0};
    memcpy(other, digest_info().data, 51);
    make_spare(KIND_SIGNATURE, 7);
    assert_word(ask_with(&card, "802A001A", bytes_of(other, 52), "00"), 0x6A80);
    make_spare(KIND_SIGNATURE, 7);
    assert_word(ask_with(&card, "802A001A", bytes_of(other, 50), "00"), 0x6A80);
    make_spare(KIND_SIGNATURE, 7);
    other[14] ^= 3; /* SHA-512's object identifier */
    assert_word(ask_with(&card, "802A001A", bytes_of(other, 51), "00"), 0x6A80);
    make_spare(KIND_SIGNATURE, 7);
    assert_word(ask_with(&card, "802A031A", digest_info(), "00"), 0x6A80);
    assert_word(ask_with(&card, "802A001A", digest_info(), "00"), 0x6985);
}

static void refuses_bytes_that_the_permit_does_not_name(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    make_spare(KIND_SIGNATURE, 7);
    make_staged(&card, &staged);
    for (size_t at = 0; at < staged.len; at += 97) {
        assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
        staged.data[at] ^= 0x10;
        assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
        staged.data[at] ^= 0x10;
        assert_word(ask(&card, "00440000"), 0x6A80);
    }
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, bytes_of(staged.data, staged.len - 1)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6A80);
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6A80); /* nothing staged */
    assert_int_equal(card.saved.kinds[KIND_SIGNATURE].leaf.len, 0);
}

static void refuses_a_leaf_for_another_key(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    make_spare(KIND_AUTHENTICATION, 7);
    make_staged(&card, &staged); /* the other kind's key: permitted bytes, wrong spare */
    make_spare(KIND_SIGNATURE, 7);
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6985);
    buffer_done(&staged);
    make_spare(KIND_SIGNATURE, 7);
    make_staged(&card, &staged);
    assert_word(permit_install(&card, KIND_SIGNATURE, 8, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6985); /* another application's permit */
    assert_int_equal(card.saved.kinds[KIND_SIGNATURE].leaf.len, 0);
}

static void refuses_what_is_no_pair_of_certificates(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "00", "3000", "30000000", "30820000", "3003020101"};
    struct buffer staged CLEANUP_BUFFER;
    struct buffer twice CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    buffer_init(&twice, 8192);
    make_spare(KIND_SIGNATURE, 7);
    make_staged(&card, &staged);
    for (size_t i = 0; i < COUNT_OF(bad); i++) { /* the leaf, then something else */
        buffer_done(&twice);
        buffer_put(&twice, staged.data, staged.len / 2);
        assert_ok(hex_decode(bytes_of_text(bad[i]), &twice));
        assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&twice)), 0x9000);
        assert_word(stage(&card, buffer_bytes(&twice)), 0x9000);
        assert_word(ask(&card, "00440000"), 0x6A80);
    }
}

static void stages_in_order_and_within_its_room(void **state)
{
    (void)state;
    static const uint8_t zeros[255];
    struct bytes block = bytes_of(zeros, sizeof zeros);
    assert_word(ask_with(&card, "00D60000", block, ""), 0x6985);
    enter(&card, KIND_SIGNATURE);
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, block), 0x9000);
    assert_word(ask_with(&card, "00D60001", block, ""), 0x6B00);
    assert_word(ask_with(&card, "00D60000", block, ""), 0x6985); /* closed by that */
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, block), 0x9000);
    for (unsigned at = 0; at + 255 <= 2 * IMAGE_FILE_MAX; at += 255) {
        char header[9];
        snprintf(header, sizeof header, "00D6%04X", at & 0xFFFF);
        assert_word(ask_with(&card, header, block, ""), 0x9000);
    }
    assert_word(ask_with(&card, "00D61FE0", block, ""), 0x6A84);
    assert_word(ask(&card, "00440000"), 0x6985);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask_with(&card, "00D60000", block, ""), 0x6985);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6985);
}

static void replaces_the_first_certificate_by_the_second(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    test_card_insert(&card, &fresh);
    for (uint8_t application = 1; application <= 2; application++) {
        buffer_done(&staged);
        make_spare(KIND_AUTHENTICATION, application);
        make_staged(&card, &staged);
        assert_word(permit_install(&card, KIND_AUTHENTICATION, application, buffer_bytes(&staged)),
                    0x9000);
        assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
        assert_word(ask(&card, "00440000"), 0x9000);
        assert_int_equal(card.saved.kinds[KIND_AUTHENTICATION].leaf.len, staged.len / 2);
        assert_memory_equal(card.saved.kinds[KIND_AUTHENTICATION].leaf.data, staged.data,
                            staged.len / 2);
    }
}

/* The spare became the key in use; the same application starts again with another one. */
static void makes_another_key_after_installing(void **state)
{
    (void)state;
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    make_spare(KIND_SIGNATURE, 7);
    make_staged(&card, &staged);
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    make_spare(KIND_SIGNATURE, 7);
    const struct image_of_kind *kind = &card.saved.kinds[KIND_SIGNATURE];
    assert_false(bytes_equal(image_part_bytes(&kind->spare), image_part_bytes(&kind->key)));
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(&card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6985); /* the old leaf is for the key in use */
}

/* page:S13 */
static void administers_no_old_resident_card(void **state)
{
    (void)state;
    static const char *const hidden[] = {"0047001A00",   "00D6000001AA", "00440000",
                                         "002C029B01AA", "0082000001AA", "00880000010100"};
    struct test_card old;
    test_card_new(&old, true);
    assert_word(ask(&old, SELECT_JPKI), 0x9000);
    assert_word(ask(&old, "00B0860020"), 0x9000);
    assert_memory_equal(old.answer.data, "JPKIAPICCTOKEN                  ", 32);
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        assert_word(ask(&old, hidden[i]), 0x6D00);
    test_card_done(&old);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, restart)
    const struct CMUnitTest tests[] = {
        TEST(issues_a_certificate),
        TEST(tells_the_spare_by_its_public_key),
        TEST(states_free_at_any_time_but_only_for_a_nonce),
        TEST(gives_the_same_key_to_the_same_application),
        TEST(refuses_a_replayed_permit),
        TEST(consumes_the_challenge_always),
        TEST(refuses_a_permit_that_is_not_for_it),
        TEST(refuses_a_permit_that_was_changed),
        TEST(asks_for_the_pin_before_a_key),
        TEST(asks_for_the_pin_before_installing),
        TEST(makes_a_key_for_its_own_kind_only),
        TEST(signs_once_by_the_spare),
        TEST(signs_by_the_spare_nothing_but_a_sha256),
        TEST(refuses_bytes_that_the_permit_does_not_name),
        TEST(refuses_a_leaf_for_another_key),
        TEST(refuses_what_is_no_pair_of_certificates),
        TEST(stages_in_order_and_within_its_room),
        TEST(replaces_the_first_certificate_by_the_second),
        TEST(makes_another_key_after_installing),
        TEST(administers_no_old_resident_card),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
