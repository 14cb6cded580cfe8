#include "check.h"

#include "base/pairs.h"

static void reads_pairs_and_skips_comments(void **state)
{
    (void)state;
    struct pairs pairs = pairs_of(bytes_of_text("# a town\n\nname = 北栄町\nkey = a = b\n"));
    struct bytes key, value;
    assert_ok(pairs_next(&pairs, &key, &value, NULL));
    assert_true(bytes_equal_text(key, "name"));
    assert_true(bytes_equal_text(value, "北栄町"));
    assert_int_equal(pairs.line, 3);
    assert_ok(pairs_next(&pairs, &key, &value, NULL));
    assert_true(bytes_equal_text(value, "a = b"));
    assert_err(pairs_next(&pairs, &key, &value, NULL), ERR_NOT_FOUND);
    pairs = pairs_of(bytes_of_text(""));
    assert_err(pairs_next(&pairs, &key, &value, NULL), ERR_NOT_FOUND);
}

static void refuses_any_other_line(void **state)
{
    (void)state;
    static const struct {
        const char *text, *fault;
    } rows[] = {
        {"key=value\n", "line 1: not of this form"},
        {"key = \n", "line 1: not of this form"},
        {" = value\n", "line 1: not of this form"},
        {"#\nkey\n", "line 2: not of this form"},
        {" \n", "line 1: not of this form"},
        {"key = value", "line 1: the last line has no newline"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct pairs pairs = pairs_of(bytes_of_text(rows[i].text));
        struct bytes key = {0}, value = {0};
        struct fault fault = {0};
        assert_err(pairs_next(&pairs, &key, &value, &fault), ERR_MALFORMED);
        assert_string_equal(fault.text, rows[i].fault);
        assert_null(key.data);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_pairs_and_skips_comments),
        cmocka_unit_test(refuses_any_other_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
