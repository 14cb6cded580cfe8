/* Signatures by the keys in use: what libcrypto makes of them, and when the card refuses. */
#include "test_card.h"

#include "crypto/verify.h"

#define SHA256_HEAD "3031300d060960864801650304020105000420"

static struct test_card card;
static struct image issued;

static int setup(void **state)
{
    (void)state;
    test_card_new(&card, false);
    issue(&card, KIND_SIGNATURE);
    issue(&card, KIND_AUTHENTICATION);
    issued = card.saved;
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
    test_card_insert(&card, &issued);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    return 0;
}

static void assert_signed(enum kind kind, const char *message)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct public_key *public CLEANUP_PUBLIC_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 512);
    assert_ok(private_key_parse(image_part_bytes(&issued.kinds[kind].key), &key));
    assert_ok(private_key_spki(key, &spki));
    assert_ok(public_key_parse(buffer_bytes(&spki), &public));
    assert_int_equal(card.answer.len, 256);
    assert_ok(
        verify_message(public, HASH_SHA256, bytes_of_text(message), buffer_bytes(&card.answer)));
    card.answer.data[255] ^= 1;
    assert_err(
        verify_message(public, HASH_SHA256, bytes_of_text(message), buffer_bytes(&card.answer)),
        ERR_CRYPTO);
}

/* The DigestInfo of a message, as every client sends it. */
static struct bytes digest_info(const char *message)
{
    static uint8_t info[51];
    assert_ok(hex_decode_exactly(SHA256_HEAD, info, 19));
    sha256(bytes_of_text(message), info + 19);
    return bytes_of(info, sizeof info);
}

static void signs_a_digest_info(void **state)
{
    (void)state;
    enter(&card, KIND_AUTHENTICATION);
    select_file(&card, 0x17);
    assert_word(ask_with(&card, "802A0080", digest_info("hello"), "00"), 0x9000);
    assert_signed(KIND_AUTHENTICATION, "hello");
    enter(&card, KIND_SIGNATURE);
    for (int i = 0; i < 3; i++) { /* one VERIFY is good for many */
        assert_word(ask_with(&card, "802A009A", digest_info("again"), "00"), 0x9000);
        assert_signed(KIND_SIGNATURE, "again");
    }
}

static void signs_in_the_other_schemes(void **state)
{
    (void)state;
    enter(&card, KIND_AUTHENTICATION);
    assert_word(ask_with(&card, "802A0297", bytes_of(digest_info("two").data + 19, 32), "00"),
                0x9000);
    assert_signed(KIND_AUTHENTICATION, "two");
    assert_word(ask_with(&card, "802A0397", bytes_of_text("three"), "00"), 0x9000);
    assert_signed(KIND_AUTHENTICATION, "three");
    assert_word(ask_with(&card, "802A0197", bytes_of_text("one"), "00"), 0x9000);
    assert_word(ask_with(&card, "802A0297", bytes_of_text("short"), "00"), 0x6985);
    assert_word(ask_with(&card, "802A0497", digest_info("pss"), "00"), 0x6A86);
}

static void refuses_to_sign_without_its_own_pin(void **state)
{
    (void)state;
    assert_word(ask_with(&card, "802A0097", digest_info("x"), "00"), 0x6982);
    enter(&card, KIND_AUTHENTICATION);
    assert_word(ask_with(&card, "802A009A", digest_info("x"), "00"), 0x6982); /* promise 5 */
    enter(&card, KIND_SIGNATURE);
    assert_word(ask_with(&card, "802A0097", digest_info("x"), "00"), 0x6982);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask_with(&card, "802A009A", digest_info("x"), "00"), 0x6982);
    enter(&card, KIND_AUTHENTICATION);
    assert_word(verify_pin(&card, "0000"), 0x63C2);
    assert_word(ask_with(&card, "802A0097", digest_info("x"), "00"), 0x6982);
}

static void refuses_what_it_cannot_sign(void **state)
{
    (void)state;
    static const uint8_t zeros[246];
    assert_word(ask_with(&card, "802A0080", digest_info("x"), "00"), 0x6986);
    enter(&card, KIND_AUTHENTICATION);
    assert_word(ask_with(&card, "802A0080", digest_info("x"), "00"), 0x6981); /* a PIN file */
    select_file(&card, 0x0A);
    assert_word(ask_with(&card, "802A0080", digest_info("x"), "00"), 0x6981);
    assert_word(ask_with(&card, "802A0097", bytes_of(zeros, 245), "00"), 0x9000);
    assert_word(ask_with(&card, "802A0097", bytes_of(zeros, 246), "00"), 0x6985);
    assert_word(ask_with(&card, "802A0097", digest_info("x"), ""), 0x6700);
    assert_word(ask_with(&card, "802A0097", digest_info("x"), "80"), 0x6700);
    assert_word(ask(&card, "802A009700"), 0x6700);
    assert_word(ask_with(&card, "802A0083", digest_info("x"), "00"), 0x6A82);
    assert_word(ask_with(&card, "802A00C0", digest_info("x"), "00"), 0x6A86);
    assert_word(ask_with(&card, "002A0097", digest_info("x"), "00"), 0x6E00);
}

static void refuses_without_a_key(void **state)
{
    (void)state;
    static struct image image;
    image = issued;
    explicit_bzero(&image.kinds[KIND_SIGNATURE].key, sizeof image.kinds[KIND_SIGNATURE].key);
    test_card_insert(&card, &image);
    enter(&card, KIND_SIGNATURE);
    assert_word(ask_with(&card, "802A009A", digest_info("x"), "00"), 0x6985);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, restart)
    const struct CMUnitTest tests[] = {
        TEST(signs_a_digest_info),
        TEST(signs_in_the_other_schemes),
        TEST(refuses_to_sign_without_its_own_pin),
        TEST(refuses_what_it_cannot_sign),
        TEST(refuses_without_a_key),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
