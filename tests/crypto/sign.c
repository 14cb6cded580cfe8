#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/sign.h"
#include "crypto/verify.h"

static const struct {
    enum key_type type;
    unsigned bits;
} kinds[] = {{KEY_RSA, 2048}, {KEY_P256, 0}, {KEY_P384, 0}};

struct pair {
    struct private_key *private;
    struct public_key *public;
    struct buffer spki;
};

static void pair_make(enum key_type type, unsigned bits, struct pair *pair)
{
    buffer_init(&pair->spki, 1024);
    assert_ok(private_key_generate(type, bits, &pair->private));
    assert_ok(private_key_spki(pair->private, &pair->spki));
    assert_ok(public_key_parse(buffer_bytes(&pair->spki), &pair->public));
}

static void pair_done(struct pair *pair)
{
    private_key_free(pair->private);
    public_key_free(pair->public);
    buffer_done(&pair->spki);
}

static void verifies_what_it_signed(void **state)
{
    (void)state;
    struct bytes message = bytes_of_text("a tax return");
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct pair pair CLEANUP(pair_done);
        struct buffer signature CLEANUP_BUFFER;
        buffer_init(&signature, SIGNATURE_MAX);
        pair_make(kinds[i].type, kinds[i].bits, &pair);
        assert_ok(sign_message(pair.private, HASH_SHA256, message, &signature));
        assert_ok(verify_message(pair.public, HASH_SHA256, message, buffer_bytes(&signature)));
        uint8_t digest[SHA256_LEN];
        sha256(message, digest);
        assert_ok(verify_digest(pair.public, HASH_SHA256, bytes_of(digest, sizeof digest),
                                buffer_bytes(&signature)));
    }
}

static void refuses_every_changed_byte(void **state)
{
    (void)state;
    struct bytes message = bytes_of_text("a tax return");
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct pair pair CLEANUP(pair_done), other CLEANUP(pair_done);
        struct buffer signature CLEANUP_BUFFER;
        buffer_init(&signature, SIGNATURE_MAX + 1);
        pair_make(kinds[i].type, kinds[i].bits, &pair);
        pair_make(kinds[i].type, kinds[i].bits, &other);
        assert_ok(sign_message(pair.private, HASH_SHA256, message, &signature));
        for (size_t at = 0; at < signature.len; at++) {
            signature.data[at] ^= 1;
            assert_err(verify_message(pair.public, HASH_SHA256, message, buffer_bytes(&signature)),
                       ERR_CRYPTO);
            signature.data[at] ^= 1;
        }
        struct bytes whole = buffer_bytes(&signature);
        assert_err(verify_message(pair.public, HASH_SHA256, bytes_of_text("a tax Return"), whole),
                   ERR_CRYPTO);
        assert_err(verify_message(pair.public, HASH_SHA384, message, whole), ERR_CRYPTO);
        assert_err(verify_message(other.public, HASH_SHA256, message, whole), ERR_CRYPTO);
        assert_err(
            verify_message(pair.public, HASH_SHA256, message, bytes_of(whole.data, whole.len - 1)),
            ERR_CRYPTO);
        assert_err(verify_message(pair.public, HASH_SHA256, message, bytes_of(NULL, 0)),
                   ERR_CRYPTO);
        buffer_put_u8(&signature, 0);
        assert_err(verify_message(pair.public, HASH_SHA256, message, buffer_bytes(&signature)),
                   ERR_CRYPTO);
    }
}

static void refuses_digests_of_wrong_length(void **state)
{
    (void)state;
    struct pair pair CLEANUP(pair_done);
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, SIGNATURE_MAX);
    pair_make(KEY_P256, 0, &pair);
    struct bytes short_digest = bytes_of_text("not a digest");
    assert_err(sign_digest(pair.private, HASH_SHA256, short_digest, &out), ERR_MALFORMED);
    assert_err(verify_digest(pair.public, HASH_SHA256, short_digest, short_digest), ERR_MALFORMED);
    assert_err(digest_info_encode(HASH_SHA256, short_digest, &out), ERR_MALFORMED);
    assert_int_equal(out.len, 0);
}

/* What a card does: the outside builds the DigestInfo, the key only pads and raises. */
static void pads_a_digest_info_as_sign_message_does(void **state)
{
    (void)state;
    static const enum hash hashes[] = {HASH_SHA1, HASH_SHA224, HASH_SHA256, HASH_SHA384,
                                       HASH_SHA512};
    struct pair pair CLEANUP(pair_done);
    pair_make(KEY_RSA, 2048, &pair);
    for (size_t i = 0; i < COUNT_OF(hashes); i++) {
        struct buffer info CLEANUP_BUFFER, padded CLEANUP_BUFFER, signature CLEANUP_BUFFER;
        buffer_init(&info, 128);
        buffer_init(&padded, SIGNATURE_MAX);
        buffer_init(&signature, SIGNATURE_MAX);
        uint8_t digest[HASH_MAX];
        assert_ok(hash_once(hashes[i], bytes_of_text("x"), digest));
        assert_ok(digest_info_encode(hashes[i], bytes_of(digest, hash_len(hashes[i])), &info));
        assert_ok(sign_pkcs1(pair.private, buffer_bytes(&info), &padded));
        assert_ok(sign_message(pair.private, hashes[i], bytes_of_text("x"), &signature));
        assert_true(bytes_equal(buffer_bytes(&padded), buffer_bytes(&signature)));
    }
}

static void refuses_blocks_that_leave_no_padding(void **state)
{
    (void)state;
    struct pair rsa CLEANUP(pair_done), curve CLEANUP(pair_done);
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, SIGNATURE_MAX);
    pair_make(KEY_RSA, 2048, &rsa);
    pair_make(KEY_P256, 0, &curve);
    uint8_t block[246] = {0};
    assert_ok(sign_pkcs1(rsa.private, bytes_of(block, 245), &out));
    assert_int_equal(out.len, 256);
    assert_err(sign_pkcs1(rsa.private, bytes_of(block, 246), &out), ERR_LIMIT);
    assert_err(sign_pkcs1(curve.private, bytes_of(block, 32), &out), ERR_UNSUPPORTED);
    assert_err(sign_raw_p256(rsa.private, bytes_of(block, 32), block), ERR_UNSUPPORTED);
    assert_int_equal(out.len, 256);
}

static void signs_raw_for_the_card(void **state)
{
    (void)state;
    struct pair pair CLEANUP(pair_done);
    pair_make(KEY_P256, 0, &pair);
    struct bytes point = bytes_of(pair.spki.data + pair.spki.len - 65, 65);
    struct bytes message = bytes_of_text("JPKI permit 1");
    /* many, so that numbers with leading zero bytes occur */
    for (int i = 0; i < 600; i++) {
        uint8_t raw[64];
        assert_ok(sign_raw_p256(pair.private, message, raw));
        assert_ok(verify_raw_p256(point, message, raw));
        raw[i % 64] ^= 0x10;
        assert_err(verify_raw_p256(point, message, raw), ERR_CRYPTO);
    }
    uint8_t raw[64] = {0};
    assert_err(verify_raw_p256(point, message, raw), ERR_CRYPTO);
    assert_err(verify_raw_p256(bytes_of(point.data, 64), message, raw), ERR_MALFORMED);
    pair.spki.data[pair.spki.len - 1] ^= 1; /* off the curve */
    assert_err(verify_raw_p256(point, message, raw), ERR_MALFORMED);
}

static void shell(const char *folder, const char *command)
{
    char line[512];
    snprintf(line, sizeof line, "cd %s && %s >out 2>&1", folder, command);
    assert_int_equal(system(line), 0);
}

/* openssl's own command judges what we sign, and we judge what it signs. */
static void agrees_with_the_openssl_command(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        struct pair pair CLEANUP(pair_done);
        struct buffer signature CLEANUP_BUFFER;
        struct secret pkcs8 CLEANUP_SECRET;
        buffer_init(&signature, SIGNATURE_MAX);
        pair_make(kinds[i].type, kinds[i].bits, &pair);
        char folder[] = "/tmp/test-crypto-sign-XXXXXX";
        assert_non_null(mkdtemp(folder));
        assert_int_equal(chdir(folder), 0);
        struct bytes message = bytes_of_text("a tax return");
        assert_ok(sign_message(pair.private, HASH_SHA384, message, &signature));
        assert_ok(private_key_encode(pair.private, &pkcs8));
        assert_ok(file_replace("m", message, 0600, NULL));
        assert_ok(file_replace("s", buffer_bytes(&signature), 0600, NULL));
        assert_ok(file_replace("pub", buffer_bytes(&pair.spki), 0600, NULL));
        assert_ok(file_replace("key", secret_bytes(&pkcs8), 0600, NULL));
        shell(folder, "openssl dgst -sha384 -verify pub -keyform DER -signature s m");
        shell(folder, "openssl dgst -sha384 -sign key -keyform DER -out t m");
        buffer_cut(&signature, 0);
        assert_ok(file_read("t", &signature, NULL));
        assert_ok(verify_message(pair.public, HASH_SHA384, message, buffer_bytes(&signature)));
        static const char *const files[] = {"m", "s", "t", "pub", "key", "out"};
        for (size_t file = 0; file < COUNT_OF(files); file++)
            unlink(files[file]);
        assert_int_equal(rmdir(folder), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verifies_what_it_signed),
        cmocka_unit_test(refuses_every_changed_byte),
        cmocka_unit_test(refuses_digests_of_wrong_length),
        cmocka_unit_test(pads_a_digest_info_as_sign_message_does),
        cmocka_unit_test(refuses_blocks_that_leave_no_padding),
        cmocka_unit_test(signs_raw_for_the_card),
        cmocka_unit_test(agrees_with_the_openssl_command),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
