#include "check.h"

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
        cmocka_unit_test(refuses_what_is_not_canonical),
        cmocka_unit_test(wraps_pem),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
