#include "fixture.h"

#include <string.h>

/* A table as another program could have left it: without STRICT, with anything in it. */
static int make_strange_rows(void **state)
{
    make_database(state);
    return raw_sql("DROP TABLE property; CREATE TABLE property (name TEXT, value);"
                   "INSERT INTO property VALUES ('text', 'abc'), ('integer', 7), ('blob', x'0102'),"
                   " ('null', NULL), ('real', 1.5), ('latin1', CAST(x'E9' AS TEXT)),"
                   " ('zero', CAST(x'610062' AS TEXT)), ('empty', '')");
}

static struct store *store;
static struct rows rows;
static struct fault fault;

static bool ask(const char *name)
{
    fault = (struct fault){0};
    store_query(store, STATEMENT_PROPERTY_READ, VALUES(value_text(name)), &rows, &fault);
    return rows_next(&rows);
}

static void assert_answer(enum err wanted)
{
    assert_err(rows_end(&rows), wanted);
    if (wanted != ERR_NONE)
        assert_non_null(strstr(fault.text, "PROPERTY_READ"));
    rows_done(&rows);
}

static void reads_each_type(void **state)
{
    (void)state;
    store = open_store(STORE_READER);
    char text[4];
    uint8_t blob[2];
    assert_true(ask("text"));
    row_copy_text(&rows, 0, text, sizeof text);
    assert_string_equal(text, "abc");
    assert_false(rows_next(&rows));
    assert_answer(ERR_NONE);
    assert_true(ask("integer"));
    assert_int_equal(row_integer_within(&rows, 0, 7, 7), 7);
    assert_answer(ERR_NONE);
    assert_true(ask("blob"));
    row_copy_blob(&rows, 0, blob, sizeof blob);
    assert_int_equal(blob[1], 2);
    assert_answer(ERR_NONE);
    assert_true(ask("null"));
    assert_true(row_is_null(&rows, 0));
    row_copy_text(&rows, 0, text, sizeof text);
    assert_string_equal(text, "");
    assert_answer(ERR_NONE);
    assert_true(ask("empty"));
    assert_false(row_is_null(&rows, 0));
    assert_int_equal(row_text(&rows, 0).len, 0);
    assert_answer(ERR_NONE);
    store_close(store);
}

static void refuses_other_types(void **state)
{
    (void)state;
    store = open_store(STORE_READER);
    static const char *const no_integer[] = {"text", "blob", "null", "real", "empty"};
    for (size_t i = 0; i < COUNT_OF(no_integer); i++) {
        assert_true(ask(no_integer[i]));
        assert_int_equal(row_integer(&rows, 0), 0);
        assert_answer(ERR_MALFORMED);
    }
    static const char *const no_text[] = {"integer", "blob", "null", "real", "latin1", "zero"};
    for (size_t i = 0; i < COUNT_OF(no_text); i++) {
        assert_true(ask(no_text[i]));
        assert_int_equal(row_text(&rows, 0).len, 0);
        assert_answer(ERR_MALFORMED);
    }
    static const char *const no_blob[] = {"integer", "text", "null", "real"};
    for (size_t i = 0; i < COUNT_OF(no_blob); i++) {
        assert_true(ask(no_blob[i]));
        assert_int_equal(row_blob(&rows, 0).len, 0);
        assert_answer(ERR_MALFORMED);
    }
    store_close(store);
}

static void refuses_what_does_not_fit(void **state)
{
    (void)state;
    store = open_store(STORE_READER);
    char text[3] = "";
    uint8_t blob[3] = {9, 9, 9};
    assert_true(ask("text"));
    row_copy_text(&rows, 0, text, sizeof text); /* no room for the zero */
    assert_answer(ERR_MALFORMED);
    assert_string_equal(text, "");
    assert_true(ask("blob"));
    row_copy_blob(&rows, 0, blob, 3);
    assert_answer(ERR_MALFORMED);
    assert_int_equal(blob[0], 9);
    assert_true(ask("integer"));
    assert_int_equal(row_integer_within(&rows, 0, 8, 9), 8);
    assert_answer(ERR_MALFORMED);
    assert_true(ask("integer"));
    assert_false(row_bool(&rows, 0));
    assert_answer(ERR_MALFORMED);
    static const int columns[] = {-1, 1, 1000};
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        assert_true(ask("integer"));
        assert_int_equal(row_integer(&rows, columns[i]), 0);
        assert_answer(ERR_MALFORMED);
    }
    store_close(store);
}

static void the_first_failure_stays(void **state)
{
    (void)state;
    store = open_store(STORE_READER);
    assert_true(ask("integer"));
    assert_int_equal(row_text(&rows, 0).len, 0);
    assert_int_equal(row_integer(&rows, 0), 0); /* it is an integer, but the row is refused */
    assert_false(rows_next(&rows));
    assert_answer(ERR_MALFORMED);
    assert_string_equal(fault.rule, "column 0");
    assert_non_null(strstr(fault.text, "not a text"));
    store_close(store);
}

static void no_row_is_no_value(void **state)
{
    (void)state;
    store = open_store(STORE_READER);
    assert_false(ask("absent"));
    assert_answer(ERR_NONE);
    assert_false(ask("absent"));
    assert_int_equal(row_integer(&rows, 0), 0);
    assert_answer(ERR_MALFORMED);
    assert_false(ask("absent"));
    assert_err(rows_end_one(&rows), ERR_NOT_FOUND);
    rows_done(&rows);
    int64_t integer = 5;
    assert_err(store_ask_integer(store, STATEMENT_PROPERTY_READ, VALUES(value_text("absent")),
                                 &integer, NULL),
               ERR_NOT_FOUND);
    assert_err(store_ask_integer(store, STATEMENT_PROPERTY_READ, VALUES(value_text("text")),
                                 &integer, NULL),
               ERR_MALFORMED);
    assert_int_equal(integer, 5);
    store_close(store);
}

static void refuses_the_same_query_inside_itself(void **state)
{
    (void)state;
    store = open_store(STORE_READER);
    assert_true(ask("integer"));
    struct rows inner CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_PROPERTY_READ, VALUES(value_text("text")), &inner, NULL);
    assert_false(rows_next(&inner));
    assert_err(rows_end(&inner), ERR_STATE);
    assert_int_equal(row_integer(&rows, 0), 7);
    rows_done(&rows);
    store_close(store);
}

static void two_answers_to_one_question_are_refused(void **state)
{
    (void)state;
    assert_int_equal(raw_sql("INSERT INTO property VALUES ('integer', 8)"), SQLITE_OK);
    store = open_store(STORE_READER);
    int64_t integer = 5;
    assert_err(store_ask_integer(store, STATEMENT_PROPERTY_READ, VALUES(value_text("integer")),
                                 &integer, NULL),
               ERR_MALFORMED);
    assert_int_equal(integer, 5);
    store_close(store);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_strange_rows, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_each_type),
        TEST(refuses_other_types),
        TEST(refuses_what_does_not_fit),
        TEST(the_first_failure_stays),
        TEST(no_row_is_no_value),
        TEST(refuses_the_same_query_inside_itself),
        TEST(two_answers_to_one_question_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
