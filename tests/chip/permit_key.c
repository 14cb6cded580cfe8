/* A card gets another permit key: what it takes, where it refuses, and that it is never between two
 * keys. docs/PROTOCOL.card-administration, 3.4. */
#include "test_card.h"

#include "base/key_statement.h"
#include "crypto/permit_key.h"
#include "crypto/verify.h"

static struct test_card card;
static struct image fresh; /* personalised, the PIN for signatures set */
static struct private_key *first, *second;
static uint8_t first_point[PERMIT_POINT_LEN], point[PERMIT_POINT_LEN];

static void point_of(const struct private_key *key, uint8_t out[static PERMIT_POINT_LEN])
{
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 256);
    assert_ok(private_key_spki(key, &spki));
    memcpy(out, spki.data + spki.len - PERMIT_POINT_LEN, PERMIT_POINT_LEN);
}

static int setup(void **state)
{
    (void)state;
    test_card_new(&card, false);
    give_pin(&card, KIND_SIGNATURE, PERMIT_SET_PIN);
    fresh = card.saved;
    first = card.permit_key;
    assert_ok(private_key_generate(KEY_P256, 0, &second));
    point_of(first, first_point);
    point_of(second, point);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    card.permit_key = first;
    test_card_done(&card);
    private_key_free(second);
    return 0;
}

static int restart(void **state)
{
    (void)state;
    card.permit_key = first;
    test_card_insert(&card, &fresh);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    return 0;
}

/* A permit by the present key for these bytes. */
static void permit_bytes(struct bytes staged)
{
    struct permit permit = permit_for(&card, PERMIT_NEW_PERMIT_KEY, KIND_SIGNATURE, 7);
    sha256(staged, permit.digest);
    assert_word(present(&card, &permit, card.permit_key), 0x9000);
}

static struct bytes new_point(void)
{
    return bytes_of(point, sizeof point);
}

static bool has_point(const uint8_t wanted[static PERMIT_POINT_LEN])
{
    return memcmp(card.saved.permit_point, wanted, PERMIT_POINT_LEN) == 0;
}

/* Does the card state that it has this permit key? The statement is genuine, and of this nonce. */
static bool states(const uint8_t wanted[static PERMIT_POINT_LEN])
{
    static const uint8_t nonce[STATEMENT_NONCE_LEN] = "sixteen bytes...";
    struct key_statement got;
    struct buffer spki CLEANUP_BUFFER;
    uint8_t covered[KEY_STATEMENT_SIGNED_LEN], id[PERMIT_KEY_ID_LEN];
    buffer_init(&spki, 256);
    assert_word(ask_with(&card, "00880001", bytes_of(nonce, sizeof nonce), "00"), 0x9000);
    assert_ok(key_statement_parse(buffer_bytes(&card.answer), &got, NULL));
    assert_memory_equal(got.card_id, TEST_CARD_ID, CARD_ID_LEN);
    assert_ok(personalise_public_key(&card.saved, &spki));
    struct bytes key = bytes_of(spki.data + spki.len - 65, 65);
    key_statement_encode_signed(&got, nonce, covered);
    assert_ok(verify_raw_p256(key, bytes_of(covered, sizeof covered), got.signature));
    covered[15] ^= 1; /* another nonce */
    assert_err(verify_raw_p256(key, bytes_of(covered, sizeof covered), got.signature), ERR_CRYPTO);
    permit_key_id(wanted, id);
    return memcmp(id, got.key_id, sizeof id) == 0;
}

static void obeys_the_new_key_and_no_longer_the_old_one(void **state)
{
    (void)state;
    assert_true(states(first_point));
    assert_false(states(point));
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    assert_int_equal(card.num_saves, 1);
    assert_true(has_point(point));
    assert_true(states(point));
    assert_false(states(first_point));
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7), 0x6A88);
    card.permit_key = second;
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7), 0x9000);
    assert_word(ask_with(&card, "002C029B", bytes_of_text("XYZ789"), ""), 0x9000);
}

/* Whoever has the old key can say the new one's id, but not sign for it. */
static void refuses_the_old_key_under_the_new_ones_id(void **state)
{
    (void)state;
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    card.permit_key = second;
    struct permit permit = permit_for(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7);
    assert_word(present(&card, &permit, first), 0x6982);
    permit = permit_for(&card, PERMIT_NEW_PERMIT_KEY, KIND_SIGNATURE, 7);
    sha256(bytes_of(first_point, sizeof first_point), permit.digest);
    assert_word(present(&card, &permit, first), 0x6982);
    assert_true(has_point(point));
}

static void keeps_everything_else(void **state)
{
    (void)state;
    static struct image wanted;
    wanted = fresh;
    memcpy(wanted.permit_point, point, sizeof point);
    permit_bytes(new_point());
    assert_word(stage(&card, bytes_of(point, 40)), 0x9000); /* in two parts, without a PIN */
    assert_word(ask_with(&card, "00D60028", bytes_of(point + 40, 25), ""), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    assert_memory_equal(&card.saved, &wanted, sizeof wanted);
}

static void gets_a_third_key_from_the_second(void **state)
{
    (void)state;
    struct private_key *third CLEANUP_PRIVATE_KEY = NULL;
    uint8_t third_point[PERMIT_POINT_LEN];
    assert_ok(private_key_generate(KEY_P256, 0, &third));
    point_of(third, third_point);
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    card.permit_key = second;
    permit_bytes(bytes_of(third_point, sizeof third_point));
    assert_word(stage(&card, bytes_of(third_point, sizeof third_point)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x9000);
    assert_true(has_point(third_point));
    assert_true(states(third_point));
}

static void refuses_what_the_permit_does_not_name(void **state)
{
    (void)state;
    uint8_t other[PERMIT_POINT_LEN];
    for (size_t at = 0; at < sizeof other; at++) {
        memcpy(other, point, sizeof other);
        other[at] ^= 1;
        permit_bytes(new_point());
        assert_word(stage(&card, bytes_of(other, sizeof other)), 0x9000);
        assert_word(ask(&card, "00440000"), 0x6A80);
    }
    permit_bytes(new_point());
    assert_word(stage(&card, bytes_of(first_point, sizeof first_point)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6A80);
    permit_bytes(new_point());
    assert_word(ask(&card, "00440000"), 0x6A80); /* nothing staged */
    permit_bytes(new_point());
    assert_word(stage(&card, bytes_of(point, 64)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6A80);
    assert_int_equal(card.num_saves, 0);
    assert_true(has_point(first_point));
}

/* Rightly permitted, and no key all the same. */
static void refuses_what_is_no_key(void **state)
{
    (void)state;
    uint8_t bad[PERMIT_POINT_LEN];
    for (size_t len = 0; len < sizeof bad; len += 8) {
        permit_bytes(bytes_of(point, len));
        assert_word(stage(&card, bytes_of(point, len)), 0x9000);
        assert_word(ask(&card, "00440000"), 0x6A80);
    }
    memcpy(bad, point, sizeof bad);
    for (unsigned i = 0; i < 4; i++) {
        bad[0] = (uint8_t)i; /* infinity, compressed, …: here they mean nothing */
        permit_bytes(bytes_of(bad, sizeof bad));
        assert_word(stage(&card, bytes_of(bad, sizeof bad)), 0x9000);
        assert_word(ask(&card, "00440000"), 0x6A80);
    }
    bad[0] = 0x04;
    bad[64] ^= 1; /* beside the curve */
    permit_bytes(bytes_of(bad, sizeof bad));
    assert_word(stage(&card, bytes_of(bad, sizeof bad)), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6A80);
    assert_int_equal(card.num_saves, 0);
}

static void stages_a_point_and_no_more(void **state)
{
    (void)state;
    uint8_t long_one[PERMIT_POINT_LEN + 1] = {0};
    memcpy(long_one, point, sizeof point);
    permit_bytes(new_point());
    assert_word(stage(&card, bytes_of(long_one, sizeof long_one)), 0x6A84);
    assert_word(ask(&card, "00440000"), 0x6985); /* closed by that */
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    assert_word(ask(&card, "00D6004101AA"), 0x6A84);
    permit_bytes(new_point());
    assert_word(ask_with(&card, "00D60001", bytes_of(point, 10), ""), 0x6B00);
    assert_word(ask_with(&card, "00D60000", new_point(), ""), 0x6985);
    permit_bytes(new_point());
    assert_word(ask_with(&card, "00D60000", bytes_of(point, 10), ""), 0x9000);
    assert_word(ask_with(&card, "00D60000", bytes_of(point, 10), ""), 0x6B00);
    assert_int_equal(card.num_saves, 0);
}

/* Only UPDATE BINARY and ACTIVATE FILE, one behind the other, and each permit once. */
static void refuses_what_is_out_of_order(void **state)
{
    (void)state;
    static const char *const between[] = {"00B0880003", "0084000010", "00A4020C02001A",
                                          "0047001A00", "0020009B",   "FFCA000000"};
    assert_word(ask_with(&card, "00D60000", new_point(), ""), 0x6985); /* without a permit */
    assert_word(ask(&card, "00440000"), 0x6985);
    for (size_t i = 0; i < COUNT_OF(between); i++) {
        permit_bytes(new_point());
        assert_word(stage(&card, new_point()), 0x9000);
        ask(&card, between[i]);
        assert_word(ask(&card, "00440000"), 0x6985);
    }
    permit_bytes(new_point());
    assert_word(ask(&card, generate_of(KIND_SIGNATURE)), 0x6985);
    permit_bytes(new_point());
    assert_word(ask_with(&card, "002C029B", bytes_of_text("XYZ789"), ""), 0x6985);
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    assert_word(ask(&card, "0044000000"), 0x6700);
    assert_word(ask(&card, "00440000"), 0x6985);
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    chip_reset(card.chip);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6985);
    assert_int_equal(card.num_saves, 0);
}

static void takes_neither_for_the_other(void **state)
{
    (void)state;
    struct permit permit = permit_for(&card, PERMIT_NEW_PERMIT_KEY, KIND_SIGNATURE, 7);
    uint8_t wire[PERMIT_LEN], covered[PERMIT_SIGNED_LEN];
    sha256(new_point(), permit.digest);
    permit_encode_signed(&permit, covered);
    covered[22] = 0x1A; /* it has no kind */
    assert_ok(sign_raw_p256(first, bytes_of(covered, sizeof covered), permit.signature));
    memcpy(wire, covered, sizeof covered);
    memcpy(wire + PERMIT_SIGNED_LEN, permit.signature, sizeof permit.signature);
    assert_word(ask_with(&card, "00820000", bytes_of(wire, sizeof wire), ""), 0x6A80);
    enter(&card, KIND_SIGNATURE);
    unsigned saves = card.num_saves; /* of the PIN */
    assert_word(permit_install(&card, KIND_SIGNATURE, 7, new_point()), 0x9000);
    assert_word(stage(&card, new_point()), 0x9000);
    assert_word(ask(&card, "00440000"), 0x6A80); /* a point is no certificate */
    assert_int_equal(card.num_saves, saves);
    assert_true(has_point(first_point));
}

/* Whole or not at all: the card answers to exactly one of the two keys. */
static void is_never_between_two_keys(void **state)
{
    (void)state;
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    card.cut_before = 1;
    assert_word(ask(&card, "00440000"), 0x6581);
    static struct image left;
    left = card.saved;
    test_card_insert(&card, &left);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_true(states(first_point));
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7), 0x9000);
    permit_bytes(new_point());
    assert_word(stage(&card, new_point()), 0x9000);
    card.cut_after = (int)card.num_saves + 1; /* stored, and nobody hears of it */
    assert_word(ask(&card, "00440000"), 0x6581);
    left = card.saved;
    test_card_insert(&card, &left);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_true(states(point));
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7), 0x6A88);
    card.permit_key = second;
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_SIGNATURE, 7), 0x9000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, restart)
    const struct CMUnitTest tests[] = {
        TEST(obeys_the_new_key_and_no_longer_the_old_one),
        TEST(refuses_the_old_key_under_the_new_ones_id),
        TEST(keeps_everything_else),
        TEST(gets_a_third_key_from_the_second),
        TEST(refuses_what_the_permit_does_not_name),
        TEST(refuses_what_is_no_key),
        TEST(stages_a_point_and_no_more),
        TEST(refuses_what_is_out_of_order),
        TEST(takes_neither_for_the_other),
        TEST(is_never_between_two_keys),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
