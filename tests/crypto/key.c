#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/hash.h"
#include "crypto/key.h"

static const struct {
    enum key_type type;
    unsigned bits, wanted_bits;
} kinds[] = {{KEY_RSA, 2048, 2048}, {KEY_P256, 0, 256}, {KEY_P384, 0, 384}};

static void makes_and_reads_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
        struct private_key *again CLEANUP_PRIVATE_KEY = NULL;
        struct public_key *half CLEANUP_PUBLIC_KEY = NULL;
        struct secret pkcs8 CLEANUP_SECRET;
        struct buffer spki CLEANUP_BUFFER, spki_again CLEANUP_BUFFER;
        buffer_init(&spki, 1024);
        buffer_init(&spki_again, 1024);
        assert_ok(private_key_generate(kinds[i].type, kinds[i].bits, &key));
        assert_int_equal(private_key_type(key), kinds[i].type);
        assert_ok(private_key_encode(key, &pkcs8));
        assert_ok(private_key_parse(secret_bytes(&pkcs8), &again));
        assert_ok(private_key_spki(key, &spki));
        assert_ok(private_key_spki(again, &spki_again));
        assert_true(bytes_equal(buffer_bytes(&spki), buffer_bytes(&spki_again)));
        assert_ok(public_key_parse(buffer_bytes(&spki), &half));
        assert_int_equal(public_key_type(half), kinds[i].type);
        assert_int_equal(public_key_bits(half), kinds[i].wanted_bits);
    }
}

static void refuses_to_make_weak_or_unknown_keys(void **state)
{
    (void)state;
    struct private_key *key = NULL;
    assert_err(private_key_generate(KEY_RSA, 1024, &key), ERR_UNSUPPORTED);
    assert_err(private_key_generate(KEY_RSA, 8192, &key), ERR_UNSUPPORTED);
    assert_err(private_key_generate(KEY_OTHER, 0, &key), ERR_UNSUPPORTED);
    assert_null(key);
}

/* Every cut, a byte too many, and each single changed byte of a private key's DER: none may give a
 * key that does not belong to its public half, and nothing may be read past the end. */
static void refuses_damaged_private_keys(void **state)
{
    (void)state;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret pkcs8 CLEANUP_SECRET;
    assert_ok(private_key_generate(KEY_P256, 0, &key));
    assert_ok(private_key_encode(key, &pkcs8));
    for (size_t len = 0; len < pkcs8.len; len++) {
        struct private_key *cut = NULL;
        assert_err(private_key_parse(bytes_of(pkcs8.data, len), &cut), ERR_MALFORMED);
    }
    struct private_key *longer = NULL;
    pkcs8.data[pkcs8.len] = 0;
    assert_err(private_key_parse(bytes_of(pkcs8.data, pkcs8.len + 1), &longer), ERR_MALFORMED);
    pkcs8.data[40] ^= 1; /* inside the private number */
    assert_err(private_key_parse(secret_bytes(&pkcs8), &longer), ERR_MALFORMED);
    assert_null(longer);
}

static void refuses_private_keys_of_other_kinds(void **state)
{
    (void)state;
    /* RFC 8410 10.3: an Ed25519 key */
    static const char ed25519[] =
        "302e020100300506032b657004220420d4ee72dbf913584ad5b6d8f1f769f8ad3"
        "afe7c28cbf1d4fbe097a88f44755842";
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, 128);
    assert_ok(hex_decode(bytes_of_text(ed25519), &der));
    struct private_key *key = NULL;
    assert_err(private_key_parse(buffer_bytes(&der), &key), ERR_UNSUPPORTED);
    assert_null(key);
}

static void refuses_public_keys_that_are_not_canonical(void **state)
{
    (void)state;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 1024);
    assert_ok(private_key_generate(KEY_P256, 0, &key));
    assert_ok(private_key_spki(key, &spki));
    struct public_key *out = NULL;
    for (size_t len = 0; len < spki.len; len++)
        assert_err(public_key_parse(bytes_of(spki.data, len), &out), ERR_MALFORMED);
    spki.data[spki.len - 1] ^= 1; /* a point that is not on the curve */
    assert_err(public_key_parse(buffer_bytes(&spki), &out), ERR_MALFORMED);
    spki.data[spki.len - 1] ^= 1;
    buffer_put_u8(&spki, 0); /* trailing byte */
    assert_err(public_key_parse(buffer_bytes(&spki), &out), ERR_MALFORMED);
    buffer_cut(&spki, spki.len - 1);
    static const uint8_t long_length[] = {0x30, 0x81, 0x59}; /* BER: length in two bytes */
    buffer_cut(&spki, 0);
    assert_ok(private_key_spki(key, &spki));
    struct buffer ber CLEANUP_BUFFER;
    buffer_init(&ber, 1024);
    buffer_put(&ber, long_length, sizeof long_length);
    buffer_put(&ber, spki.data + 2, spki.len - 2);
    assert_err(public_key_parse(buffer_bytes(&ber), &out), ERR_MALFORMED);
    assert_null(out);
}

/* Curve parameters written out may be another curve than they look like (CVE-2020-0601). */
static void refuses_curves_written_out(void **state)
{
    (void)state;
    char path[] = "/tmp/test-crypto-key-XXXXXX", command[256];
    int fd CLEANUP_FD = mkstemp(path);
    assert_true(fd >= 0);
    snprintf(command, sizeof command,
             "openssl ecparam -name prime256v1 -genkey -noout -param_enc explicit | openssl ec "
             "-pubout -outform DER -out %s 2>/dev/null",
             path);
    assert_int_equal(system(command), 0);
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 1024);
    assert_ok(file_read(path, &spki, NULL));
    unlink(path);
    struct public_key *out = NULL;
    assert_true(spki.len > 200);
    assert_err(public_key_parse(buffer_bytes(&spki), &out), ERR_MALFORMED);
}

/* RFC 5280 4.2.1.2 method 1, judged by the digest of the last 65 bytes: the point itself. */
static void identifies_keys_by_their_bits(void **state)
{
    (void)state;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 1024);
    assert_ok(private_key_generate(KEY_P256, 0, &key));
    assert_ok(private_key_spki(key, &spki));
    uint8_t identifier[20], wanted[20];
    assert_ok(key_identifier(buffer_bytes(&spki), identifier));
    assert_ok(hash_once(HASH_SHA1, bytes_of(spki.data + spki.len - 65, 65), wanted));
    assert_memory_equal(identifier, wanted, sizeof wanted);
    assert_err(key_identifier(bytes_of(spki.data, spki.len - 1), identifier), ERR_MALFORMED);
    buffer_put_u8(&spki, 0);
    assert_err(key_identifier(buffer_bytes(&spki), identifier), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_and_reads_keys),
        cmocka_unit_test(refuses_to_make_weak_or_unknown_keys),
        cmocka_unit_test(refuses_damaged_private_keys),
        cmocka_unit_test(refuses_private_keys_of_other_kinds),
        cmocka_unit_test(refuses_public_keys_that_are_not_canonical),
        cmocka_unit_test(refuses_curves_written_out),
        cmocka_unit_test(identifies_keys_by_their_bits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
