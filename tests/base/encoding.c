#include "check.h"

#include <ctype.h>
#include <string.h>

#include "base/encoding.h"

/* RFC 4648 10. */
static const struct {
    const char *plain, *base64, *hex;
} vectors[] = {{"", "", ""},
               {"f", "Zg==", "66"},
               {"fo", "Zm8=", "666f"},
               {"foo", "Zm9v", "666f6f"},
               {"foob", "Zm9vYg==", "666f6f62"},
               {"foobar", "Zm9vYmFy", "666f6f626172"}};

static void encodes_and_decodes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(vectors); i++) {
        struct buffer out CLEANUP_BUFFER;
        buffer_init(&out, 64);
        base64_encode(bytes_of_text(vectors[i].plain), &out);
        assert_string_equal(buffer_text(&out), vectors[i].base64);
        buffer_cut(&out, 0);
        hex_encode(bytes_of_text(vectors[i].plain), &out);
        assert_string_equal(buffer_text(&out), vectors[i].hex);
        buffer_cut(&out, 0);
        assert_ok(base64_decode(bytes_of_text(vectors[i].base64), &out));
        assert_string_equal(buffer_text(&out), vectors[i].plain);
        buffer_cut(&out, 0);
        assert_ok(hex_decode(bytes_of_text(vectors[i].hex), &out));
        assert_string_equal(buffer_text(&out), vectors[i].plain);
    }
}

/* Every octet at every place, whatever goes into the buffer at once. */
static void reads_long_hexadecimal(void **state)
{
    (void)state;
    uint8_t octets[1025];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(i * 7);
    for (size_t len = 0; len <= sizeof octets; len++) {
        struct buffer text CLEANUP_BUFFER, back CLEANUP_BUFFER;
        buffer_init(&text, 2 * sizeof octets);
        buffer_init(&back, sizeof octets);
        hex_encode(bytes_of(octets, len), &text);
        assert_int_equal(text.len, 2 * len);
        for (size_t i = 0; i < text.len; i += 2)
            text.data[i] = (uint8_t)toupper(text.data[i]);
        assert_ok(hex_decode(buffer_bytes(&text), &back));
        assert_true(bytes_equal(buffer_bytes(&back), bytes_of(octets, len)));
    }
}

static void refuses_a_bad_digit_anywhere(void **state)
{
    (void)state;
    char text[1024];
    for (size_t bad = 0; bad < sizeof text; bad++) {
        struct buffer out CLEANUP_BUFFER;
        buffer_init(&out, sizeof text);
        memset(text, '0', sizeof text);
        text[bad] = "g/:@`G\x80"[bad % 7];
        assert_err(hex_decode(bytes_of(text, sizeof text), &out), ERR_MALFORMED);
    }
    struct buffer small CLEANUP_BUFFER;
    buffer_init(&small, sizeof text / 2 - 1);
    memset(text, '0', sizeof text);
    assert_err(hex_decode(bytes_of(text, sizeof text), &small), ERR_LIMIT);
}

static void refuses_what_is_not_canonical(void **state)
{
    (void)state;
    static const char *const bad[] = {"Zg=", "Zg", "Zh==", "Zm9=", "Zg==Zg==", "Z===", "Zm 9v"};
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 64);
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(base64_decode(bytes_of_text(bad[i]), &out), ERR_MALFORMED);
    assert_err(hex_decode(bytes_of_text("abc"), &out), ERR_MALFORMED);
    assert_err(hex_decode(bytes_of_text("zz"), &out), ERR_MALFORMED);
    uint8_t two[2];
    assert_err(hex_decode_exactly("aabbcc", two, 2), ERR_MALFORMED);
}

static void wraps_pem(void **state)
{
    (void)state;
    uint8_t der[100];
    memset(der, 0xA5, sizeof der);
    struct buffer pem CLEANUP_BUFFER, back CLEANUP_BUFFER;
    buffer_init(&pem, 4096);
    buffer_init(&back, 4096);
    pem_encode("CERTIFICATE", bytes_of(der, sizeof der), &pem);
    struct bytes rest;
    assert_ok(pem_decode(buffer_bytes(&pem), "CERTIFICATE", &back, &rest));
    assert_true(bytes_equal(buffer_bytes(&back), bytes_of(der, sizeof der)));
    assert_err(pem_decode(rest, "CERTIFICATE", &back, NULL), ERR_NOT_FOUND);
    assert_err(pem_decode(buffer_bytes(&pem), "X509 CRL", &back, NULL), ERR_NOT_FOUND);
    struct bytes cut = bytes_of(pem.data, pem.len - 8);
    assert_err(pem_decode(cut, "CERTIFICATE", &back, NULL), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(encodes_and_decodes),
        cmocka_unit_test(reads_long_hexadecimal),
        cmocka_unit_test(refuses_a_bad_digit_anywhere),
        cmocka_unit_test(refuses_what_is_not_canonical),
        cmocka_unit_test(wraps_pem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
