/* A card on the bench: a chip whose image is kept in memory, the centre's permit key, and the words
 * to talk to it in hexadecimal. Saving can be made to fail, as a power cut would. */
#pragma once

#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/permit.h"
#include "chip/chip.h"
#include "chip/personalise.h"
#include "crypto/key.h"
#include "crypto/sign.h"
#include "x509/der.h"

#define TEST_CARD_ID "4000000127198431322120350217"
#define SELECT_JPKI  "00A4040C0AD392F000260100000001"

struct test_card {
    struct chip *chip;
    struct private_key *permit_key;
    struct image saved; /* what a power cut leaves */
    unsigned num_saves;
    int cut_before, cut_after; /* the save, counted from 1, around which the power goes; 0: none */
    struct buffer answer;      /* data of the last response */
};

static inline enum err test_card_save(void *context, const struct image *image)
{
    struct test_card *card = context;
    card->num_saves++;
    if (card->cut_before && card->num_saves >= (unsigned)card->cut_before)
        return ERR_IO;
    card->saved = *image;
    if (card->cut_after && card->num_saves >= (unsigned)card->cut_after)
        return ERR_IO;
    return ERR_NONE;
}

/* Puts an image into a chip, with power. */
static inline void test_card_insert(struct test_card *card, const struct image *image)
{
    chip_free(card->chip);
    card->saved = *image;
    card->num_saves = 0;
    card->cut_before = card->cut_after = 0;
    assert_ok(chip_new(image, (struct chip_store){test_card_save, card}, &card->chip));
    chip_power_on(card->chip);
}

static inline void test_card_new(struct test_card *card, bool is_old)
{
    static struct image image;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 256);
    *card = (struct test_card){0};
    buffer_init(&card->answer, LIMIT_APDU);
    assert_ok(private_key_generate(KEY_P256, 0, &card->permit_key));
    assert_ok(private_key_spki(card->permit_key, &spki));
    assert_ok(
        personalise((const uint8_t *)TEST_CARD_ID, buffer_bytes(&spki), is_old, &image, NULL));
    test_card_insert(card, &image);
}

static inline void test_card_done(struct test_card *card)
{
    chip_free(card->chip);
    private_key_free(card->permit_key);
    buffer_done(&card->answer);
}

/* Sends bytes; returns the status word and keeps the data. */
static inline unsigned ask_bytes(struct test_card *card, struct bytes apdu)
{
    buffer_done(&card->answer);
    chip_transmit(card->chip, apdu, &card->answer);
    assert_true(card->answer.len >= 2);
    size_t end = card->answer.len;
    unsigned word = (unsigned)card->answer.data[end - 2] << 8 | card->answer.data[end - 1];
    buffer_cut(&card->answer, end - 2);
    return word;
}

static inline unsigned ask(struct test_card *card, const char *hex)
{
    struct buffer apdu CLEANUP_BUFFER;
    buffer_init(&apdu, LIMIT_APDU);
    assert_ok(hex_decode(bytes_of_text(hex), &apdu));
    return ask_bytes(card, buffer_bytes(&apdu));
}

/* Sends a header in hexadecimal, Lc, data and, if given, Le in hexadecimal. */
static inline unsigned ask_with(struct test_card *card, const char *header, struct bytes data,
                                const char *le)
{
    struct buffer apdu CLEANUP_BUFFER;
    buffer_init(&apdu, LIMIT_APDU);
    assert_ok(hex_decode(bytes_of_text(header), &apdu));
    assert_true(data.len <= 255);
    buffer_put_u8(&apdu, (uint8_t)data.len);
    buffer_put_bytes(&apdu, data);
    assert_ok(hex_decode(bytes_of_text(le), &apdu));
    return ask_bytes(card, buffer_bytes(&apdu));
}

#define assert_word(expression, wanted)                                                            \
    do {                                                                                           \
        unsigned word_ = (expression), wanted_ = (wanted);                                         \
        if (word_ != wanted_)                                                                      \
            fail_msg("%s: %04X, not %04X", #expression, word_, wanted_);                           \
    } while (0)

static inline void assert_answer(const struct test_card *card, const char *hex)
{
    struct buffer wanted CLEANUP_BUFFER;
    buffer_init(&wanted, LIMIT_APDU);
    assert_ok(hex_decode(bytes_of_text(hex), &wanted));
    assert_int_equal(card->answer.len, wanted.len);
    assert_memory_equal(card->answer.data, wanted.data, wanted.len);
}

static inline unsigned verify_pin(struct test_card *card, const char *pin)
{
    return ask_with(card, "00200080", bytes_of_text(pin), "");
}

/* Selects a file of the current application. */
static inline void select_file(struct test_card *card, unsigned id)
{
    char hex[15];
    snprintf(hex, sizeof hex, "00A4020C02%04X", id & 0xFFFF);
    assert_word(ask(card, hex), 0x9000);
}

static inline unsigned pin_file(enum kind kind)
{
    return kind == KIND_SIGNATURE ? 0x1B : 0x18;
}

static inline const char *pin_of(enum kind kind)
{
    return kind == KIND_SIGNATURE ? "ABC123" : "1234";
}

/* A permit for this card and for the challenge that the card just gave; not signed yet. */
static inline struct permit permit_for(struct test_card *card, enum permit_purpose purpose,
                                       enum kind kind, uint8_t application)
{
    struct permit permit = {.purpose = purpose, .kind = kind};
    struct buffer spki CLEANUP_BUFFER;
    uint8_t hash[SHA256_LEN];
    buffer_init(&spki, 256);
    assert_ok(private_key_spki(card->permit_key, &spki));
    sha256(bytes_of(spki.data + spki.len - PERMIT_POINT_LEN, PERMIT_POINT_LEN), hash);
    memcpy(permit.key_id, hash, sizeof permit.key_id);
    memset(permit.application, application, sizeof permit.application);
    memcpy(permit.card_id, TEST_CARD_ID, CARD_ID_LEN);
    assert_word(ask(card, "0084000010"), 0x9000);
    memcpy(permit.challenge, card->answer.data, CHALLENGE_LEN);
    return permit;
}

/* Signs the permit with the given key and presents it. */
static inline unsigned present(struct test_card *card, struct permit *permit,
                               const struct private_key *key)
{
    uint8_t covered[PERMIT_SIGNED_LEN], wire[PERMIT_LEN];
    permit_encode_signed(permit, covered);
    assert_ok(sign_raw_p256(key, bytes_of(covered, sizeof covered), permit->signature));
    permit_encode(permit, wire);
    return ask_with(card, "00820000", bytes_of(wire, sizeof wire), "");
}

static inline unsigned permit_simple(struct test_card *card, enum permit_purpose purpose,
                                     enum kind kind, uint8_t application)
{
    struct permit permit = permit_for(card, purpose, kind, application);
    return present(card, &permit, card->permit_key);
}

static inline void give_pin(struct test_card *card, enum kind kind, enum permit_purpose purpose)
{
    assert_word(ask(card, SELECT_JPKI), 0x9000);
    select_file(card, pin_file(kind));
    assert_word(permit_simple(card, purpose, kind, 1), 0x9000);
    assert_word(ask_with(card, "002C0280", bytes_of_text(pin_of(kind)), ""), 0x9000);
}

/* Selects the application and verifies the kind's PIN. */
static inline void enter(struct test_card *card, enum kind kind)
{
    assert_word(ask(card, SELECT_JPKI), 0x9000);
    select_file(card, pin_file(kind));
    assert_word(verify_pin(card, pin_of(kind)), 0x9000);
}

static inline const char *generate_of(enum kind kind)
{
    return kind == KIND_SIGNATURE ? "0047001A00" : "0047001700";
}

static inline const char *spare_sign_of(enum kind kind)
{
    return kind == KIND_SIGNATURE ? "802A001A" : "802A0017";
}

/* The SPKI of a modulus. */
static inline void spki_of_modulus(struct bytes modulus, struct buffer *out)
{
    static const char head[] = "30820122300d06092a864886f70d01010105000382010f003082010a0282010100";
    assert_ok(hex_decode(bytes_of_text(head), out));
    buffer_put_bytes(out, modulus);
    assert_ok(hex_decode(bytes_of_text("0203010001"), out));
}

/* The DER of a certificate as far as a chip reads one: version, serial, four empty SEQUENCEs where
 * names and times stand, the key, and filler up to about a real size. */
static inline void make_leaf(struct bytes spki, uint8_t filler, struct buffer *out)
{
    static const uint8_t zeros[400];
    size_t cert = der_begin(out, DER_SEQUENCE), tbs = der_begin(out, DER_SEQUENCE);
    size_t version = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    der_put_number(out, 2);
    der_close(out, version);
    der_put_number(out, filler);
    for (int i = 0; i < 4; i++)
        der_put(out, DER_SEQUENCE, bytes_of(NULL, 0));
    buffer_put_bytes(out, spki);
    der_put(out, DER_OCTET_STRING, bytes_of(zeros, sizeof zeros));
    der_close(out, tbs);
    der_close(out, cert);
}

/* leaf ‖ authority for the modulus that GENERATE KEY PAIR just answered. */
static inline void make_staged(struct test_card *card, struct buffer *staged)
{
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 512);
    spki_of_modulus(buffer_bytes(&card->answer), &spki);
    make_leaf(buffer_bytes(&spki), 1, staged);
    make_leaf(buffer_bytes(&spki), 2, staged);
}

static inline unsigned stage(struct test_card *card, struct bytes content)
{
    unsigned word = 0x9000;
    for (size_t at = 0; at < content.len && word == 0x9000; at += 255) {
        char header[9];
        snprintf(header, sizeof header, "00D6%04X", (unsigned)at & 0xFFFF);
        size_t len = content.len - at < 255 ? content.len - at : 255;
        word = ask_with(card, header, bytes_of(content.data + at, len), "");
    }
    return word;
}

static inline unsigned permit_install(struct test_card *card, enum kind kind, uint8_t application,
                                      struct bytes staged)
{
    struct permit permit = permit_for(card, PERMIT_INSTALL, kind, application);
    sha256(staged, permit.digest);
    return present(card, &permit, card->permit_key);
}

/* Key, certificate and PIN of one kind, as a counter would do it. */
static inline void issue(struct test_card *card, enum kind kind)
{
    struct buffer staged CLEANUP_BUFFER;
    buffer_init(&staged, 8192);
    give_pin(card, kind, PERMIT_SET_PIN);
    enter(card, kind);
    assert_word(permit_simple(card, PERMIT_MAKE_KEY, kind, 7), 0x9000);
    assert_word(ask(card, generate_of(kind)), 0x9000);
    make_staged(card, &staged);
    assert_word(permit_install(card, kind, 7, buffer_bytes(&staged)), 0x9000);
    assert_word(stage(card, buffer_bytes(&staged)), 0x9000);
    assert_word(ask(card, "00440000"), 0x9000);
}
