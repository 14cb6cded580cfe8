#include "check.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/mac.h"
#include "crypto/random.h"

static void assert_hex(const uint8_t *data, size_t len, const char *wanted)
{
    char text[2 * HASH_MAX + 1];
    assert_string_equal(hex_print(data, len, text), wanted);
}

/* FIPS 180-4, the examples for "abc". */
static void hashes_as_the_standard_says(void **state)
{
    (void)state;
    static const struct {
        enum hash hash;
        const char *digest;
    } rows[] = {
        {HASH_SHA1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
        {HASH_SHA224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
        {HASH_SHA256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {HASH_SHA384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7"
                      "cc2358baeca134c825a7"},
        {HASH_SHA512, "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274f"
                      "c1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        uint8_t digest[HASH_MAX];
        assert_ok(hash_once(rows[i].hash, bytes_of_text("abc"), digest));
        assert_hex(digest, hash_len(rows[i].hash), rows[i].digest);
    }
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of(NULL, 0), digest);
    assert_hex(digest, sizeof digest,
               "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

/* FIPS 180-4: a million times "a". */
static void hashes_a_stream(void **state)
{
    (void)state;
    struct hash_stream *stream CLEANUP_HASH_STREAM = NULL;
    assert_ok(hash_stream_new(HASH_SHA256, &stream));
    char part[1000];
    memset(part, 'a', sizeof part);
    for (int i = 0; i < 1000; i++)
        assert_ok(hash_stream_update(stream, bytes_of(part, sizeof part)));
    uint8_t digest[SHA256_LEN];
    assert_ok(hash_stream_finish(stream, digest));
    assert_hex(digest, sizeof digest,
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

/* RFC 4231, cases 1, 2 and 6 (a key longer than a block). */
static void authenticates_as_the_rfc_says(void **state)
{
    (void)state;
    uint8_t key[131], out[SHA256_LEN];
    memset(key, 0x0b, 20);
    assert_ok(mac_sha256(bytes_of(key, 20), bytes_of_text("Hi There"), out));
    assert_hex(out, sizeof out, "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
    assert_ok(
        mac_sha256(bytes_of_text("Jefe"), bytes_of_text("what do ya want for nothing?"), out));
    assert_hex(out, sizeof out, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
    memset(key, 0xaa, sizeof key);
    assert_ok(mac_sha256(bytes_of(key, sizeof key),
                         bytes_of_text("Test Using Larger Than Block-Size Key - Hash Key First"),
                         out));
    assert_hex(out, sizeof out, "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
    assert_ok(mac_sha256(bytes_of(NULL, 0), bytes_of(NULL, 0), out));
    assert_hex(out, sizeof out, "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

static void draws_different_bytes(void **state)
{
    (void)state;
    uint8_t a[32] = {0}, b[32] = {0};
    random_bytes(a, sizeof a);
    random_bytes(b, sizeof b);
    assert_memory_not_equal(a, b, sizeof a);
    random_bytes(a, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hashes_as_the_standard_says),
        cmocka_unit_test(hashes_a_stream),
        cmocka_unit_test(authenticates_as_the_rfc_says),
        cmocka_unit_test(draws_different_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
