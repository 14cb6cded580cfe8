#include "check.h"

#include <stdio.h>
#include <string.h>

#include "registry/csv.h"

static struct csv csv;
static bool has_record;
static struct fault fault;

static enum err next(void)
{
    fault = (struct fault){0};
    return csv_next(&csv, &has_record, &fault);
}

static void start(const char *text)
{
    csv_init(&csv, bytes_of_text(text));
}

static void reads_records(void **state)
{
    (void)state;
    start("\xEF\xBB\xBF"
          "a,b,\r\n\"x,\"\"y\"\"\",,\"\"\n最後,1,2");
    assert_ok(next());
    assert_int_equal(csv.num_fields, 3);
    assert_string_equal(csv.fields[0], "a");
    assert_string_equal(csv.fields[2], "");
    assert_ok(next());
    assert_int_equal(csv.line, 2);
    assert_string_equal(csv.fields[0], "x,\"y\"");
    assert_string_equal(csv.fields[1], "");
    assert_string_equal(csv.fields[2], "");
    assert_ok(next());
    assert_string_equal(csv.fields[0], "最後");
    assert_ok(next());
    assert_false(has_record);
}

static void refuses_a_bad_line_and_goes_on(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "a\"b,c",   "\"a\"b,c",  "\"a,c",       "a,\"b\r",        "a\rb,c",    "a\tb,c",
        "a\x01,c",  "\xFF,c",    "a,\xE3\x81",  "\"\xC0\x80\",c", "\u202ea,c", "\"a\u2066\",c",
        "a,\u200b", "a\ufeff,c", "a\xc2\x9b,c", "a\x7f,c",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char text[64];
        snprintf(text, sizeof text, "first,1\n%s\nlast,2\n", bad[i]);
        start(text);
        assert_ok(next());
        assert_err(next(), ERR_MALFORMED);
        assert_string_equal(fault.rule, "csv");
        assert_non_null(strstr(fault.text, "line 2"));
        assert_ok(next());
        assert_string_equal(csv.fields[0], "last");
        assert_int_equal(csv.line, 3);
        assert_ok(next());
        assert_false(has_record);
    }
}

static void refuses_too_much(void **state)
{
    (void)state;
    static char text[LIMIT_CSV_LINE + 64];
    memset(text, 'a', LIMIT_CSV_LINE);
    memcpy(text + LIMIT_CSV_LINE, "\nb", 3);
    start(text);
    assert_ok(next());
    memset(text, 'a', LIMIT_CSV_LINE + 1);
    memcpy(text + LIMIT_CSV_LINE + 1, "\nb", 3);
    start(text);
    assert_err(next(), ERR_MALFORMED);
    assert_ok(next());
    assert_string_equal(csv.fields[0], "b");
    memset(text, ',', CSV_MAX_FIELDS);
    memcpy(text + CSV_MAX_FIELDS, "\nb", 3);
    start(text);
    assert_err(next(), ERR_MALFORMED);
    memcpy(text + CSV_MAX_FIELDS - 1, "\nb", 3);
    start(text);
    assert_ok(next());
    assert_int_equal(csv.num_fields, CSV_MAX_FIELDS);
}

static void an_empty_file_has_no_record(void **state)
{
    (void)state;
    start("");
    assert_ok(next());
    assert_false(has_record);
    csv_init(&csv, bytes_of("a\0b\n", 4));
    assert_err(next(), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_records),
        cmocka_unit_test(refuses_a_bad_line_and_goes_on),
        cmocka_unit_test(refuses_too_much),
        cmocka_unit_test(an_empty_file_has_no_record),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
