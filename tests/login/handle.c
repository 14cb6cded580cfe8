#include "check.h"

#include <stdio.h>
#include <string.h>

#include "login/handle.h"

#define NOW 1795000000

static struct handles *handles;

static int begin(void **state)
{
    (void)state;
    return handles_new(3, &handles) == ERR_NONE ? 0 : -1;
}

static int end(void **state)
{
    (void)state;
    handles_free(handles);
    return 0;
}

static void keep(const char *token, char handle[static HANDLE_TEXT])
{
    assert_ok(handle_keep(handles, bytes_of_text("nonce"), bytes_of_text(token), NOW, handle));
}

/* Asserts what taking answers, and what comes out of it. */
static void take(const char *handle, int64_t now, enum err wanted, const char *token_wanted)
{
    struct buffer nonce CLEANUP_BUFFER, token CLEANUP_BUFFER;
    buffer_init(&nonce, LOGIN_NONCE);
    buffer_init(&token, LOGIN_TOKEN_MAX);
    assert_err(handle_take(handles, handle, now, &nonce, &token), wanted);
    assert_true(bytes_equal_text(buffer_bytes(&nonce), wanted == ERR_NONE ? "nonce" : ""));
    assert_true(bytes_equal_text(buffer_bytes(&token), token_wanted));
}

static void gives_back_once(void **state)
{
    (void)state;
    char first[HANDLE_TEXT], second[HANDLE_TEXT];
    keep("one", first);
    keep("two", second);
    assert_string_not_equal(first, second);
    assert_int_equal(strspn(first, "0123456789abcdef"), HANDLE_TEXT - 1);
    take(second, NOW, ERR_NONE, "two");
    take(first, NOW, ERR_NONE, "one");
    take(first, NOW, ERR_NOT_FOUND, "");
}

static void lives_a_minute(void **state)
{
    (void)state;
    char handle[HANDLE_TEXT];
    keep("token", handle);
    take(handle, NOW + HANDLE_SECONDS, ERR_NONE, "token");
    keep("token", handle);
    take(handle, NOW + HANDLE_SECONDS + 1, ERR_NOT_FOUND, "");
    take(handle, NOW, ERR_NOT_FOUND, "");
    keep("token", handle);
    take(handle, NOW - 1, ERR_NOT_FOUND, "");
}

static void refuses_what_is_no_handle(void **state)
{
    (void)state;
    char handle[HANDLE_TEXT];
    keep("token", handle);
    static const char zeros[] = "0000000000000000000000000000000000000000000000000000000000000000";
    take(zeros, NOW, ERR_NOT_FOUND, "");
    take("", NOW, ERR_NOT_FOUND, "");
    take("../../etc/passwd", NOW, ERR_NOT_FOUND, "");
    char longer[HANDLE_TEXT + 1];
    snprintf(longer, sizeof longer, "%s0", handle);
    take(longer, NOW, ERR_NOT_FOUND, "");
    take(handle, NOW, ERR_NONE, "token");
}

static void is_bounded(void **state)
{
    (void)state;
    char first[HANDLE_TEXT], other[HANDLE_TEXT];
    keep("first", first);
    for (int i = 0; i < 3; i++)
        keep("other", other);
    take(first, NOW, ERR_NOT_FOUND, "");
    take(other, NOW, ERR_NONE, "other");
    static const uint8_t zeros[LOGIN_TOKEN_MAX + 1];
    assert_err(handle_keep(handles, bytes_of(zeros, LOGIN_NONCE), bytes_of(zeros, sizeof zeros),
                           NOW, first),
               ERR_LIMIT);
    assert_err(
        handle_keep(handles, bytes_of(zeros, LOGIN_NONCE + 1), bytes_of(zeros, 1), NOW, first),
        ERR_LIMIT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(gives_back_once, begin, end),
        cmocka_unit_test_setup_teardown(lives_a_minute, begin, end),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_handle, begin, end),
        cmocka_unit_test_setup_teardown(is_bounded, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
