#include "check.h"

#include <string.h>

#include "base/encoding.h"
#include "base/login_token.h"

static void finds_the_origin(void **state)
{
    (void)state;
    static const struct {
        const char *url, *origin;
    } rows[] = {
        {"https://Portal.Example/login?x=1", "https://portal.example"},
        {"https://portal.example:443/", "https://portal.example"},
        {"https://portal.example:8443#a", "https://portal.example:8443"},
        {"http://127.0.0.1:8080/login", "http://127.0.0.1:8080"},
        {"http://[::1]:80/", "http://[::1]"},
        {"HTTP://localhost", "http://localhost"},
    };
    char origin[LOGIN_ORIGIN_MAX];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_ok(login_origin_of_url(rows[i].url, origin, NULL));
        assert_string_equal(origin, rows[i].origin);
    }
}

static void refuses_what_has_no_origin(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "portal.example",
        "ftp://portal.example/",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user@portal.example/",
        "https://portal.example:/",
        "https://portal.example:99x/",
        "https://portal.example:123456/",
        "https://portal.example\\@evil.example/",
        "http://portal.example/",
        "http://127.0.0.1.evil.example/",
        "https://portal example/",
    };
    char origin[LOGIN_ORIGIN_MAX] = "untouched";
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(login_origin_of_url(bad[i], origin, NULL), ERR_MALFORMED);
    assert_string_equal(origin, "untouched");
}

static void carries_a_token(void **state)
{
    (void)state;
    struct login_token token = {bytes_of_text("certificate"), bytes_of_text("signature")}, back;
    struct buffer text CLEANUP_BUFFER, room CLEANUP_BUFFER;
    buffer_init(&text, LOGIN_TOKEN_MAX);
    buffer_init(&room, LOGIN_TOKEN_MAX);
    login_token_encode(&token, &text);
    assert_ok(login_token_parse(buffer_bytes(&text), &room, &back, NULL));
    assert_true(bytes_equal_text(back.cert, "certificate"));
    assert_true(bytes_equal_text(back.signature, "signature"));
}

static void refuses_a_malformed_token(void **state)
{
    (void)state;
    static const char *const plain[] = {"", "\0\0\0\1", "\0\0\0\1a\0\0\0\1bX", "\0\0\0\0\0\0\0\1b"};
    static const size_t plain_len[] = {0, 4, 11, 9};
    struct buffer text CLEANUP_BUFFER, room CLEANUP_BUFFER;
    buffer_init(&text, LOGIN_TOKEN_MAX);
    buffer_init(&room, LOGIN_TOKEN_MAX);
    struct login_token token;
    for (size_t i = 0; i < COUNT_OF(plain); i++) {
        buffer_cut(&text, 0);
        base64_encode(bytes_of(plain[i], plain_len[i]), &text);
        assert_int_not_equal(login_token_parse(buffer_bytes(&text), &room, &token, NULL), ERR_NONE);
    }
    assert_err(login_token_parse(bytes_of_text("&&&&"), &room, &token, NULL), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_origin),
        cmocka_unit_test(refuses_what_has_no_origin),
        cmocka_unit_test(carries_a_token),
        cmocka_unit_test(refuses_a_malformed_token),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
