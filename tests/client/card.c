/* The client's view of a card, against the real chip in memory; and against cards that lie. */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "bench.h"
#include "chip/personalise.h"
#include "client/card_record.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "crypto/verify.h"
#include "reader/memory.h"
#include "x509/der.h"

static char folder[] = "/tmp/jpki-client-XXXXXX";
static char image_path[64], key_path[64];
static struct bench bench;
static struct buffer leaf, authority; /* of the signature kind */

/* As much of a certificate as a card looks at. */
static void make_cert(struct bytes spki, size_t padding, struct buffer *out)
{
    static const uint8_t zeros[1000];
    buffer_init(out, LIMIT_CERTIFICATE);
    size_t cert = der_begin(out, DER_SEQUENCE), tbs = der_begin(out, DER_SEQUENCE);
    der_put_number(out, 1);
    for (int i = 0; i < 4; i++)
        der_put(out, DER_SEQUENCE, bytes_of(NULL, 0));
    buffer_put_bytes(out, spki);
    der_put(out, DER_OCTET_STRING, bytes_of(zeros, padding));
    der_close(out, tbs);
    der_close(out, cert);
}

static int setup(void **state)
{
    (void)state;
    static struct image image;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 512);
    assert_non_null(mkdtemp(folder));
    snprintf(image_path, sizeof image_path, "%s/card", folder);
    snprintf(key_path, sizeof key_path, "%s/permit.pem", folder);
    assert_ok(bench_make_permit_key(key_path, &spki));
    assert_ok(personalise((const uint8_t *)"4000000127198431322120350217", buffer_bytes(&spki),
                          false, &image, NULL));
    assert_ok(image_create(image_path, &image, NULL));
    assert_ok(bench_open(&bench, image_path, key_path));
    assert_ok(bench_set_pin(&bench, KIND_SIGNATURE, PERMIT_SET_PIN, "abc123"));
    assert_ok(bench_set_pin(&bench, KIND_AUTHENTICATION, PERMIT_SET_PIN, "1234"));
    buffer_done(&spki);
    assert_ok(bench_make_key(&bench, KIND_SIGNATURE, "Abc123", 5, &spki));
    make_cert(buffer_bytes(&spki), 700, &leaf);
    make_cert(buffer_bytes(&spki), 90, &authority);
    assert_ok(bench_install(&bench, KIND_SIGNATURE, "ABC123", 5, buffer_bytes(&leaf),
                            buffer_bytes(&authority)));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    bench_done(&bench);
    buffer_done(&leaf);
    buffer_done(&authority);
    unlink(image_path);
    unlink(key_path);
    return rmdir(folder);
}

static enum err verify(struct card_session *session, enum kind kind, const char *pin,
                       uint8_t *tries)
{
    struct secret secret CLEANUP_SECRET = {0};
    assert_ok(secret_set(&secret, bytes_of_text(pin)));
    return card_verify_pin(session, kind, &secret, tries, NULL);
}

static void describes_a_card(void **state)
{
    (void)state;
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct card_description card;
    uint8_t id[CARD_ID_LEN];
    assert_ok(card_session_begin(&bench.channel, &session, NULL));
    assert_ok(card_describe(&session, &card, NULL));
    assert_int_equal(card.type, CARD_MY_NUMBER);
    assert_string_equal(card.label, "JPKIAPICCTOKEN2");
    assert_true(card.has_certificate[KIND_SIGNATURE]);
    assert_false(card.has_certificate[KIND_AUTHENTICATION]);
    assert_int_equal(card.tries[KIND_SIGNATURE], 5);
    assert_int_equal(card.tries[KIND_AUTHENTICATION], 3);
    assert_ok(card_read_id(&session, id, NULL));
    assert_memory_equal(id, "4000000127198431322120350217", CARD_ID_LEN);
}

static void reads_certificates(void **state)
{
    (void)state;
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_CERTIFICATE);
    assert_ok(card_session_begin(&bench.channel, &session, NULL));
    assert_err(card_read_certificate(&session, KIND_SIGNATURE, CARD_LEAF, &der, NULL), ERR_DENIED);
    assert_err(card_read_certificate(&session, KIND_AUTHENTICATION, CARD_LEAF, &der, NULL),
               ERR_NOT_FOUND);
    assert_ok(card_read_certificate(&session, KIND_SIGNATURE, CARD_AUTHORITY, &der, NULL));
    assert_true(bytes_equal(buffer_bytes(&der), buffer_bytes(&authority)));
    buffer_done(&der);
    assert_ok(verify(&session, KIND_SIGNATURE, "abc123", NULL)); /* upper case for the card */
    assert_ok(card_read_certificate(&session, KIND_SIGNATURE, CARD_LEAF, &der, NULL));
    assert_true(bytes_equal(buffer_bytes(&der), buffer_bytes(&leaf)));
}

static void leaves_no_verified_pin_behind(void **state)
{
    (void)state;
    static const uint8_t select_key[] = {0x00, 0xA4, 0x02, 0x0C, 0x02, 0x00, 0x1A};
    static const uint8_t sign[] = {0x80, 0x2A, 0x00, 0x80, 0x01, 0x00, 0x00};
    struct buffer response CLEANUP_BUFFER;
    buffer_init(&response, LIMIT_APDU);
    struct card_session session = {0};
    assert_ok(card_session_begin(&bench.channel, &session, NULL));
    assert_ok(verify(&session, KIND_SIGNATURE, "ABC123", NULL));
    card_session_end(&session);
    assert_ok(card_channel_transmit(&bench.channel, bytes_of(select_key, 7), &response));
    assert_ok(card_channel_transmit(&bench.channel, bytes_of(sign, 7), &response));
    assert_memory_equal(response.data, "\x69\x82", 2);
    assert_err(card_tries(&session, KIND_SIGNATURE, &(uint8_t){0}, NULL), ERR_STATE);
}

static void signs_under_a_pin(void **state)
{
    (void)state;
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct buffer info CLEANUP_BUFFER;
    struct buffer signature CLEANUP_BUFFER;
    uint8_t digest[SHA256_LEN];
    buffer_init(&info, 64);
    buffer_init(&signature, 256);
    sha256(bytes_of_text("hello"), digest);
    assert_ok(digest_info_encode(HASH_SHA256, bytes_of(digest, sizeof digest), &info));
    assert_ok(card_session_begin(&bench.channel, &session, NULL));
    assert_err(card_sign(&session, KIND_SIGNATURE, buffer_bytes(&info), &signature, NULL),
               ERR_DENIED);
    assert_ok(verify(&session, KIND_SIGNATURE, "ABC123", NULL));
    assert_ok(card_sign(&session, KIND_SIGNATURE, buffer_bytes(&info), &signature, NULL));
    assert_int_equal(signature.len, 256);
    assert_ok(verify(&session, KIND_AUTHENTICATION, "1234", NULL));
    assert_err(card_sign(&session, KIND_AUTHENTICATION, buffer_bytes(&info), &signature, NULL),
               ERR_STATE); /* no key there */
}

static void tells_tries_and_changes_a_pin(void **state)
{
    (void)state;
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct secret pin CLEANUP_SECRET = {0};
    uint8_t tries = 99;
    assert_ok(card_session_begin(&bench.channel, &session, NULL));
    assert_ok(secret_set(&pin, bytes_of_text("9876")));
    assert_err(card_change_pin(&session, KIND_AUTHENTICATION, &pin, NULL), ERR_DENIED);
    assert_err(verify(&session, KIND_AUTHENTICATION, "0000", &tries), ERR_PIN);
    assert_int_equal(tries, 2);
    assert_err(verify(&session, KIND_AUTHENTICATION, "", &tries), ERR_USAGE);
    assert_err(verify(&session, KIND_AUTHENTICATION, "12345678901234567", &tries), ERR_USAGE);
    assert_ok(verify(&session, KIND_AUTHENTICATION, "1234", &tries));
    assert_ok(card_change_pin(&session, KIND_AUTHENTICATION, &pin, NULL));
    assert_err(verify(&session, KIND_AUTHENTICATION, "1234", &tries), ERR_PIN);
    assert_err(verify(&session, KIND_AUTHENTICATION, "1234", &tries), ERR_PIN);
    assert_err(verify(&session, KIND_AUTHENTICATION, "1234", &tries), ERR_LOCKED);
    assert_int_equal(tries, 0);
    assert_err(verify(&session, KIND_AUTHENTICATION, "9876", &tries), ERR_LOCKED);
    card_session_end(&session);
    assert_ok(bench_set_pin(&bench, KIND_AUTHENTICATION, PERMIT_RESET_PIN, "1234"));
    assert_err(bench_set_pin(&bench, KIND_AUTHENTICATION, PERMIT_SET_PIN, "4321"), ERR_STATE);
}

/* ---- cards that lie ---- */

struct liar {
    const char *answer; /* hexadecimal, to everything but SELECT */
};

static void liar_power(void *context, enum card_power power)
{
    (void)context;
    (void)power;
}

static struct bytes liar_atr(void *context)
{
    (void)context;
    return bytes_of_text(";");
}

static void liar_transmit(void *context, struct bytes apdu, struct buffer *response)
{
    const struct liar *liar = context;
    bool is_select = apdu.len > 1 && apdu.data[1] == 0xA4;
    assert_ok(hex_decode(bytes_of_text(is_select ? "9000" : liar->answer), response));
}

static void distrusts_what_a_card_answers(void **state)
{
    (void)state;
    static const char *const lies[] = {
        "",
        "90",
        "9001",
        "308200109000ff",
        "0000009000",
        "0102030405069000",
        "30820010",
        "3082ffff9000",
        "ffffffff9000",
        "6982",
        "0102",
    };
    for (size_t i = 0; i < COUNT_OF(lies); i++) {
        struct liar liar = {lies[i]};
        const struct emulated_card card = {liar_power, liar_atr, liar_transmit, &liar};
        struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
        struct card_session session CLEANUP_CARD_SESSION = {0};
        struct buffer der CLEANUP_BUFFER;
        struct card_description description;
        uint8_t octets[STATEMENT_LEN], tries = 77;
        buffer_init(&der, LIMIT_CERTIFICATE);
        assert_ok(memory_open(&card, &channel));
        assert_ok(card_session_begin(&channel, &session, NULL));
        assert_true(card_read_certificate(&session, KIND_SIGNATURE, CARD_LEAF, &der, NULL));
        assert_true(card_describe(&session, &description, NULL));
        assert_true(card_read_id(&session, octets, NULL));
        assert_true(card_tries(&session, KIND_SIGNATURE, &tries, NULL));
        assert_int_equal(tries, 77);
        assert_true(card_challenge(&session, KIND_SIGNATURE, octets, NULL));
        assert_true(card_statement(&session, bytes_of(octets, 16), octets, NULL));
        assert_true(card_make_key(&session, KIND_SIGNATURE, &der, NULL));
        assert_true(card_sign(&session, KIND_SIGNATURE, bytes_of(octets, 51), &der, NULL));
    }
}

static void keeps_a_card_record(void **state)
{
    (void)state;
    static struct image image;
    struct card_record record, again;
    struct buffer text CLEANUP_BUFFER;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_KEY_FILE);
    buffer_init(&spki, CARD_KEY_LEN);
    assert_ok(image_read(image_path, &image, NULL));
    assert_ok(personalise_public_key(&image, &spki));
    memcpy(record.id, image.card_id, CARD_ID_LEN);
    memcpy(record.spki, spki.data, CARD_KEY_LEN);
    card_record_encode(&record, &text);
    assert_ok(card_record_parse(buffer_bytes(&text), &again, NULL));
    assert_memory_equal(&again, &record, sizeof record);
    for (size_t len = 0; len + 1 < text.len; len++)
        assert_err(card_record_parse(bytes_of(text.data, len), &again, NULL), ERR_MALFORMED);
    buffer_put_text(&text, "more");
    assert_err(card_record_parse(buffer_bytes(&text), &again, NULL), ERR_MALFORMED);
    text.data[10] = 'x';
    assert_err(card_record_parse(buffer_bytes(&text), &again, NULL), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(describes_a_card),
        cmocka_unit_test(reads_certificates),
        cmocka_unit_test(leaves_no_verified_pin_behind),
        cmocka_unit_test(signs_under_a_pin),
        cmocka_unit_test(tells_tries_and_changes_a_pin),
        cmocka_unit_test(distrusts_what_a_card_answers),
        cmocka_unit_test(keeps_a_card_record),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
