/* Heads of requests: what is read from them, and what is refused with which status. */
#include "check.h"

#include <string.h>

#include "http/head.h"

static struct http_head head;

static int parse(const char *text)
{
    static char copy[64 * 1024];
    size_t len = strlen(text);
    assert_true(len < sizeof copy);
    memcpy(copy, text, len);
    return http_head_parse(copy, len, &head);
}

static void reads_a_head(void **state)
{
    (void)state;
    assert_int_equal(parse("POST /a%20b/c?d=%20e HTTP/1.1\r\nHost: x:1\r\nContent-length:  12 \r\n"
                           "X-Tab:\ta\tb\r\nEmpty:\r\nExpect: 100-continue\r\n\r\n"),
                     0);
    assert_string_equal(head.method, "POST");
    assert_string_equal(head.path, "/a b/c");
    assert_string_equal(head.query, "d=%20e");
    assert_int_equal(head.body_len, 12);
    assert_true(head.keeps_alive);
    assert_true(head.expects_continue);
    assert_string_equal(http_head_field(&head, "x-TAB"), "a\tb");
    assert_string_equal(http_head_field(&head, "empty"), "");
    assert_null(http_head_field(&head, "other"));
}

static void reads_the_whole_target(void **state)
{
    (void)state;
    assert_int_equal(parse("GET HTTP://town.example:80/ocsp HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
    assert_string_equal(head.path, "/ocsp");
    assert_int_equal(parse("GET //a//b HTTP/1.1\r\nHost: x\r\n\r\n"), 0);
    assert_string_equal(head.path, "//a//b"); /* base64 has two in a row, too */
}

static void knows_who_stays(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool keeps_alive;
    } rows[] = {
        {"GET / HTTP/1.1\r\nHost: x\r\n\r\n", true},
        {"GET / HTTP/1.1\r\nHost: x\r\nConnection: TE, Close\r\n\r\n", false},
        {"GET / HTTP/1.0\r\n\r\n", false},
        {"GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", true},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        assert_int_equal(parse(rows[i].text), 0);
        assert_int_equal(head.keeps_alive, rows[i].keeps_alive);
    }
}

#define FIELD(field) "GET / HTTP/1.1\r\nHost: x\r\n" field "\r\n\r\n"

static void refuses(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int status;
    } rows[] = {
        {"", 400},
        {"\r\n\r\n", 400},
        {"GET\r\n\r\n", 400},
        {"GET /\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\n\r\n", 400}, /* no Host */
        {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
        {"GET / http/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET  / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1 \r\nHost: x\r\n\r\n", 505},
        {"G(T / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {" GET / HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET http://x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%0 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%00 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /%0a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\nHost: x\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n", 400},
        {"GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n", 400},
        {FIELD("A b"), 400},
        {FIELD("A : b"), 400},
        {FIELD(": b"), 400},
        {FIELD("A: b\r\n c"), 400}, /* a folded line */
        {FIELD("A: \x7f"), 400},
        {FIELD("Host: y"), 400},
        {FIELD("Content-Length: 1\r\nContent-Length: 1"), 400},
        {FIELD("Content-Length: 1, 1"), 400},
        {FIELD("Content-Length: -1"), 400},
        {FIELD("Content-Length: +1"), 400},
        {FIELD("Content-Length: 0x1"), 400},
        {FIELD("Content-Length:"), 400},
        {FIELD("Content-Length: 9999999999999999"), 413},
        {FIELD("Transfer-Encoding: chunked\r\nContent-Length: 3"), 400}, /* request smuggling */
        {FIELD("Transfer-Encoding: chunked"), 411},
        {FIELD("Transfer-Encoding: identity"), 411},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        int status = parse(rows[i].text);
        if (status != rows[i].status)
            fail_msg("%s: %d", rows[i].text, status);
    }
    char zero[] = "GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n";
    assert_int_equal(http_head_parse(zero, sizeof zero - 1, &head), 400);
}

static void refuses_too_many_fields(void **state)
{
    (void)state;
    for (size_t num = HTTP_FIELDS_MAX - 1; num <= HTTP_FIELDS_MAX; num++) {
        char text[8 * HTTP_FIELDS_MAX + 64] = "GET / HTTP/1.1\r\nHost: x\r\n";
        for (size_t i = 0; i < num; i++)
            strcat(text, "A: b\r\n");
        strcat(text, "\r\n");
        assert_int_equal(parse(text), num < HTTP_FIELDS_MAX ? 0 : 431);
    }
}

static void finds_the_end(void **state)
{
    (void)state;
    assert_int_equal(http_head_len(bytes_of_text("GET / HTTP/1.1\r\n\r\nbody\r\n\r\n")), 18);
    assert_int_equal(http_head_len(bytes_of_text("GET / HTTP/1.1\r\n\r")), 0);
    assert_int_equal(http_head_len(bytes_of_text("GET / HTTP/1.1\n\n")), 0);
    assert_int_equal(http_head_len(bytes_of("", 0)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_a_head),
        cmocka_unit_test(reads_the_whole_target),
        cmocka_unit_test(knows_who_stays),
        cmocka_unit_test(refuses),
        cmocka_unit_test(refuses_too_many_fields),
        cmocka_unit_test(finds_the_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
