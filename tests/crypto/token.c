/* Keys in a PKCS#11 token: run by tests/softhsm.py. */
#include "check.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/secret.h"
#include "crypto/sign.h"
#include "crypto/token.h"
#include "crypto/verify.h"

static struct token *token;

static enum err open_token(const char *pin_text, struct token **out, struct fault *fault)
{
    struct secret pin CLEANUP_SECRET;
    secret_init(&pin);
    assert_ok(secret_set(&pin, bytes_of_text(pin_text)));
    return token_open(getenv("JPKI_TEST_MODULE"), getenv("JPKI_TEST_LABEL"), &pin, out, fault);
}

static int begin(void **state)
{
    (void)state;
    return open_token(getenv("JPKI_TEST_PIN"), &token, NULL) == ERR_NONE ? 0 : 1;
}

static int end(void **state)
{
    (void)state;
    token_free(token);
    return 0;
}

struct pair {
    struct buffer spki;
    struct private_key *private;
    struct public_key *public;
};

static void pair_make(enum key_type type, const char *name, struct pair *pair)
{
    struct fault fault = {0};
    *pair = (struct pair){0};
    buffer_init(&pair->spki, 1024);
    if (token_generate(token, type, name, &pair->spki, &fault) != ERR_NONE ||
        token_find(token, name, buffer_bytes(&pair->spki), &pair->private, &fault) != ERR_NONE)
        fail_msg("%s: %s", fault.rule, fault.text);
    assert_ok(public_key_parse(buffer_bytes(&pair->spki), &pair->public));
}

static void pair_done(struct pair *pair)
{
    private_key_free(pair->private);
    public_key_free(pair->public);
    buffer_done(&pair->spki);
}

static const enum key_type types[] = {KEY_RSA, KEY_P256};

static void verifies_what_it_signed(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct pair pair CLEANUP(pair_done);
        struct buffer spki CLEANUP_BUFFER;
        buffer_init(&spki, 1024);
        pair_make(types[i], "one", &pair);
        assert_int_equal(private_key_type(pair.private), types[i]);
        assert_ok(private_key_spki(pair.private, &spki));
        assert_true(bytes_equal(buffer_bytes(&spki), buffer_bytes(&pair.spki)));
        for (int turn = 0; turn < 20; turn++) { /* r and s of every length */
            struct buffer signature CLEANUP_BUFFER;
            buffer_init(&signature, SIGNATURE_MAX);
            struct bytes message = bytes_of(&turn, sizeof turn);
            assert_ok(sign_message(pair.private, HASH_SHA256, message, &signature));
            assert_ok(verify_message(pair.public, HASH_SHA256, message, buffer_bytes(&signature)));
            assert_err(verify_message(pair.public, HASH_SHA256, bytes_of_text("another"),
                                      buffer_bytes(&signature)),
                       ERR_CRYPTO);
        }
    }
}

/* The block that a card is given, and r‖s: the same functions as for a key in this process. */
static void signs_in_all_forms(void **state)
{
    (void)state;
    struct pair rsa CLEANUP(pair_done), p256 CLEANUP(pair_done);
    uint8_t digest[SHA256_LEN], raw[64], too_long[246] = {0};
    struct buffer block CLEANUP_BUFFER, signature CLEANUP_BUFFER, spki CLEANUP_BUFFER;
    buffer_init(&block, 128);
    buffer_init(&signature, SIGNATURE_MAX);
    buffer_init(&spki, 1024);
    pair_make(KEY_RSA, "rsa", &rsa);
    pair_make(KEY_P256, "p256", &p256);
    sha256(bytes_of_text("x"), digest);
    assert_ok(digest_info_encode(HASH_SHA256, bytes_of(digest, sizeof digest), &block));
    assert_ok(sign_pkcs1(rsa.private, buffer_bytes(&block), &signature));
    assert_ok(
        verify_message(rsa.public, HASH_SHA256, bytes_of_text("x"), buffer_bytes(&signature)));
    assert_ok(sign_raw_p256(p256.private, bytes_of_text("x"), raw));
    struct bytes point = bytes_of(p256.spki.data + p256.spki.len - 65, 65);
    assert_ok(verify_raw_p256(point, bytes_of_text("x"), raw));
    assert_err(verify_raw_p256(point, bytes_of_text("y"), raw), ERR_CRYPTO);
    assert_err(sign_pkcs1(p256.private, buffer_bytes(&block), &signature), ERR_UNSUPPORTED);
    assert_err(sign_raw_p256(rsa.private, bytes_of_text("x"), raw), ERR_UNSUPPORTED);
    assert_err(sign_pkcs1(rsa.private, bytes_of(too_long, sizeof too_long), &signature), ERR_LIMIT);
    assert_err(sign_digest(rsa.private, HASH_SHA384, bytes_of(digest, 32), &signature),
               ERR_MALFORMED);
}

static void never_gives_a_key_away(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(types); i++) {
        struct pair pair CLEANUP(pair_done);
        struct secret out CLEANUP_SECRET;
        secret_init(&out);
        pair_make(types[i], "kept", &pair);
        assert_err(private_key_encode(pair.private, &out), ERR_DENIED);
        assert_int_equal(out.len, 0);
    }
}

static void refuses_to_make_other_keys(void **state)
{
    (void)state;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 1024);
    assert_err(token_generate(token, KEY_P384, "p384", &spki, NULL), ERR_UNSUPPORTED);
    assert_err(token_generate(token, KEY_OTHER, "other", &spki, NULL), ERR_UNSUPPORTED);
    assert_err(token_generate(token, KEY_P256, "a name of more than thirty-two bytes", &spki, NULL),
               ERR_CRYPTO);
    assert_int_equal(spki.len, 0);
}

static void refuses_what_is_not_there(void **state)
{
    (void)state;
    struct pair pair CLEANUP(pair_done);
    struct private_key *found = NULL, *outside CLEANUP_PRIVATE_KEY = NULL;
    struct fault fault = {0};
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 1024);
    pair_make(KEY_P256, "its own", &pair);
    struct bytes own = buffer_bytes(&pair.spki);
    assert_err(token_find(token, "nobody's", own, &found, &fault), ERR_NOT_FOUND);
    assert_string_equal(fault.text, "nobody's is not in this token");
    assert_ok(private_key_generate(KEY_P256, 0, &outside));
    assert_ok(private_key_spki(outside, &spki));
    assert_err(token_find(token, "its own", buffer_bytes(&spki), &found, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "its own in this token is of another pair");
    assert_err(token_find(token, "its own", bytes_of(own.data, own.len - 1), &found, &fault),
               ERR_MALFORMED);
    assert_null(found);
    assert_ok(token_check(token, NULL));
}

static void refuses_the_wrong_pin(void **state)
{
    (void)state;
    struct token *opened = NULL;
    struct fault fault = {0};
    token_free(token);
    token = NULL;
    assert_err(open_token("another PIN", &opened, &fault), ERR_CRYPTO);
    assert_string_equal(fault.rule, "PIN");
    assert_err(open_token("", &opened, NULL), ERR_CRYPTO);
    assert_null(opened);
    assert_ok(open_token(getenv("JPKI_TEST_PIN"), &token, NULL)); /* and it is not locked by them */
}

/* --- threads: each has a session --- */

#define THREADS    8
#define SIGNATURES 40

static void *sign_many(void *context)
{
    const struct pair *pair = context;
    for (int i = 0; i < SIGNATURES; i++) {
        struct buffer signature CLEANUP_BUFFER;
        buffer_init(&signature, SIGNATURE_MAX);
        struct bytes message = bytes_of(&i, sizeof i);
        if (sign_message(pair->private, HASH_SHA256, message, &signature) != ERR_NONE ||
            verify_message(pair->public, HASH_SHA256, message, buffer_bytes(&signature)) !=
                ERR_NONE)
            return context;
    }
    return NULL;
}

static void signs_on_many_threads(void **state)
{
    (void)state;
    pthread_t threads[THREADS];
    struct pair pairs[2];
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        pair_make(types[i], "many", &pairs[i]);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, sign_many, &pairs[i % 2]), 0);
    for (size_t i = 0; i < THREADS; i++) {
        void *failed;
        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    for (size_t i = 0; i < COUNT_OF(pairs); i++)
        pair_done(&pairs[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_what_it_signed),   cmocka_unit_test(signs_in_all_forms),
        cmocka_unit_test(never_gives_a_key_away),    cmocka_unit_test(refuses_to_make_other_keys),
        cmocka_unit_test(refuses_what_is_not_there), cmocka_unit_test(refuses_the_wrong_pin),
        cmocka_unit_test(signs_on_many_threads),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
