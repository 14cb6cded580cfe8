#include "check.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/key.h"
#include "crypto/permit_key.h"

/* The generator of P-256 (SEC 2, 2.4.2), its SHA-256 by sha256sum. */
#define GENERATOR                                                                                  \
    "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"                           \
    "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
#define DIGEST "698bea63dc44a344663ff1429aea10842df27b6b991ef25866b2c6c02cdcc5be"

static uint8_t point[PERMIT_POINT_LEN], digest[PERMIT_DIGEST_LEN];

static int setup(void **state)
{
    (void)state;
    assert_ok(hex_decode_exactly(GENERATOR, point, sizeof point));
    assert_ok(hex_decode_exactly(DIGEST, digest, sizeof digest));
    return 0;
}

static void is_named_by_the_beginning_of_its_digest(void **state)
{
    (void)state;
    uint8_t id[PERMIT_KEY_ID_LEN];
    permit_key_id(point, id);
    assert_memory_equal(id, digest, sizeof id);
    assert_true(permit_key_is_digest(point, digest));
    for (size_t i = 0; i < sizeof digest; i++) {
        digest[i] ^= 1;
        assert_false(permit_key_is_digest(point, digest));
        digest[i] ^= 1;
    }
}

static void is_a_point_on_the_curve(void **state)
{
    (void)state;
    uint8_t bad[PERMIT_POINT_LEN + 1] = {0};
    assert_ok(permit_key_check(bytes_of(point, sizeof point)));
    memcpy(bad, point, sizeof point);
    for (size_t len = 0; len <= sizeof bad; len++)
        if (len != PERMIT_POINT_LEN)
            assert_err(permit_key_check(bytes_of(bad, len)), ERR_MALFORMED);
    for (size_t i = 0; i < PERMIT_POINT_LEN; i++) {
        bad[i] ^= 2; /* beside the curve, or another form */
        assert_err(permit_key_check(bytes_of(bad, PERMIT_POINT_LEN)), ERR_MALFORMED);
        bad[i] ^= 2;
    }
    memset(bad + 1, 0, PERMIT_POINT_LEN - 1);
    assert_err(permit_key_check(bytes_of(bad, PERMIT_POINT_LEN)), ERR_MALFORMED);
}

static void is_published_as_openssl_reads_it(void **state)
{
    (void)state;
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 128);
    assert_ok(permit_key_spki(bytes_of(point, sizeof point), &spki));
    assert_ok(public_key_parse(buffer_bytes(&spki), &key));
    assert_int_equal(public_key_type(key), KEY_P256);
    assert_memory_equal(spki.data + spki.len - sizeof point, point, sizeof point);
    point[1] ^= 1;
    assert_err(permit_key_spki(bytes_of(point, sizeof point), &spki), ERR_MALFORMED);
    point[1] ^= 1;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_named_by_the_beginning_of_its_digest),
        cmocka_unit_test(is_a_point_on_the_curve),
        cmocka_unit_test(is_published_as_openssl_reads_it),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
