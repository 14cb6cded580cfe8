#include "fixture.h"

#include <string.h>

/* Rows as another program could have left them. */
static const char sqlite_rows[] =
    "DROP TABLE property; CREATE TABLE property (name TEXT, value);"
    "INSERT INTO property VALUES ('text', 'abc'), ('integer', 7), ('blob', x'0102'), ('null', "
    "NULL),"
    " ('real', 1.5), ('latin1', CAST(x'E9' AS TEXT)), ('zero', CAST(x'610062' AS TEXT)),"
    " ('empty', '')";

/* There a column has one type: a table for each. What is no UTF-8 it does not take. */
static const struct {
    const char *name, *type, *literal;
} postgres_rows[] = {
    {"text", "text", "'abc'"},
    {"integer", "bigint", "7"},
    {"blob", "bytea", "'\\x0102'"},
    {"null", "text", "NULL"},
    {"empty", "text", "''"},
    {"absent", "text", "'another name'"},
    {"real", "double precision", "1.5"},
};

static int make_strange_rows(void **state)
{
    make_database(state);
    if (!database_is_postgres())
        assert_ok(database_sql(sqlite_rows));
    return 0;
}

static void make_row(const char *name)
{
    char sql[256];
    for (size_t i = 0; i < COUNT_OF(postgres_rows); i++) {
        if (strcmp(postgres_rows[i].name, name) != 0)
            continue;
        bool is_absent = strcmp(name, "absent") == 0;
        snprintf(sql, sizeof sql,
                 "DROP TABLE property; CREATE TABLE property (name text, value %s);"
                 "INSERT INTO property VALUES ('%s', %s)",
                 postgres_rows[i].type, is_absent ? "text" : name, postgres_rows[i].literal);
        assert_ok(database_sql(sql));
    }
}

/* Can the database hold a row of that name for a column that may be read? */
static bool can_hold(const char *name)
{
    return !database_is_postgres() ||
           (strcmp(name, "real") != 0 && strcmp(name, "latin1") != 0 && strcmp(name, "zero") != 0);
}

static struct store *store;
static struct rows rows;
static struct fault fault;

static bool ask(const char *name)
{
    fault = (struct fault){0};
    if (database_is_postgres()) {
        store_close(store);
        make_row(name);
        store = open_store(STORE_READER);
    }
    store_query(store, STATEMENT_PROPERTY_READ, VALUES(value_text(name)), &rows, &fault);
    return rows_next(&rows);
}

static void assert_answer(enum err wanted)
{
    assert_err(rows_end(&rows), wanted);
    if (wanted != ERR_NONE)
        assert_true(strstr(fault.text, "PROPERTY_READ") || strstr(fault.rule, "PROPERTY_READ"));
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
        if (!can_hold(no_integer[i]))
            continue;
        assert_true(ask(no_integer[i]));
        assert_int_equal(row_integer(&rows, 0), 0);
        assert_answer(ERR_MALFORMED);
    }
    static const char *const no_text[] = {"integer", "blob", "null", "real", "latin1", "zero"};
    for (size_t i = 0; i < COUNT_OF(no_text); i++) {
        if (!can_hold(no_text[i]))
            continue;
        assert_true(ask(no_text[i]));
        assert_int_equal(row_text(&rows, 0).len, 0);
        assert_answer(ERR_MALFORMED);
    }
    static const char *const no_blob[] = {"integer", "text", "null", "real"};
    for (size_t i = 0; i < COUNT_OF(no_blob); i++) {
        if (!can_hold(no_blob[i]))
            continue;
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
    if (database_is_postgres())
        make_row("integer");
    assert_ok(database_sql("INSERT INTO property VALUES ('integer', 8)"));
    store = open_store(STORE_READER);
    int64_t integer = 5;
    assert_err(store_ask_integer(store, STATEMENT_PROPERTY_READ, VALUES(value_text("integer")),
                                 &integer, NULL),
               ERR_MALFORMED);
    assert_int_equal(integer, 5);
    store_close(store);
}

static void a_column_of_another_type_is_no_statement(void **state)
{
    (void)state;
    if (!database_is_postgres())
        skip(); /* there each row has its own type */
    store = open_store(STORE_READER);
    assert_false(ask("real"));
    assert_answer(ERR_USAGE);
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
        TEST(a_column_of_another_type_is_no_statement),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
