#include "fixture.h"

#include <string.h>
#include <unistd.h>

#include "base/file.h"

#define WRITE_X VALUES(value_text("x"), value_text("1"))

static void keeps_what_is_committed(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    assert_string_equal(read_property("x"), "");
    assert_ok(store_commit(store, NULL));
    assert_string_equal(read_property("x"), "1");
}

static void forgets_what_is_not(void **state)
{
    (void)state;
    struct store *store = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    store_rollback(store);
    assert_string_equal(read_property("x"), "");
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    store_close(store);
    assert_string_equal(read_property("x"), "");
}

static void refuses_to_write_outside_a_transaction(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_err(store_run(store, STATEMENT_PROPERTY_WRITE, WRITE_X, NULL), ERR_STATE);
    assert_err(store_commit(store, NULL), ERR_STATE);
    assert_err(store_savepoint(store, NULL), ERR_STATE);
    assert_err(store_release(store, NULL), ERR_STATE);
    assert_err(store_rollback_to(store, NULL), ERR_STATE);
    assert_ok(store_begin(store, NULL));
    assert_err(store_begin(store, NULL), ERR_STATE);
    assert_err(store_release(store, NULL), ERR_STATE);
}

static void refuses_wrong_values(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    struct fault fault = {0};
    const struct {
        struct value values[3];
        size_t num;
        enum err err;
    } bad[] = {
        {{value_text("x")}, 1, ERR_USAGE},
        {{value_text("x"), value_text("1"), value_text("2")}, 3, ERR_USAGE},
        {{value_text("x"), value_text("\xFF")}, 2, ERR_MALFORMED},
        {{value_text("x"), value_text_bytes(bytes_of("a\0b", 3))}, 2, ERR_MALFORMED},
        {{value_text("x"), value_null()}, 2, ERR_MALFORMED},
        {{value_text("x"), value_blob(bytes_of_text("1"))}, 2, ERR_MALFORMED},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_ok(store_begin(store, NULL));
        assert_err(store_run(store, STATEMENT_PROPERTY_WRITE, bad[i].values, bad[i].num, &fault),
                   bad[i].err);
        assert_true(fault.text[0]);
        assert_err(store_commit(store, NULL), ERR_STATE);
    }
    assert_err(store_run(store, NUM_STATEMENTS, NO_VALUES, NULL), ERR_USAGE);
}

static void a_failed_statement_spoils_the_transaction(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "sample", "1");
    assert_err(store_run(store, STATEMENT_PROPERTY_WRITE,
                         VALUES(value_text("sample"), value_text("0")), NULL),
               ERR_DENIED);
    assert_err(store_run(store, STATEMENT_PROPERTY_WRITE, WRITE_X, NULL), ERR_STATE);
    assert_err(store_savepoint(store, NULL), ERR_STATE);
    assert_err(store_commit(store, NULL), ERR_STATE);
    assert_string_equal(read_property("sample"), "");
}

static void a_savepoint_undoes_one_act(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "before", "1");
    assert_ok(store_savepoint(store, NULL));
    write_property(store, "inside", "1");
    assert_err(store_run(store, STATEMENT_PROPERTY_WRITE, VALUES(value_null(), value_null()), NULL),
               ERR_MALFORMED);
    assert_err(store_release(store, NULL), ERR_STATE);
    assert_ok(store_rollback_to(store, NULL));
    assert_ok(store_savepoint(store, NULL));
    write_property(store, "after", "1");
    assert_ok(store_release(store, NULL));
    assert_ok(store_commit(store, NULL));
    assert_string_equal(read_property("before"), "1");
    assert_string_equal(read_property("inside"), "");
    assert_string_equal(read_property("after"), "1");
}

static void there_is_one_writer(void **state)
{
    (void)state;
    struct store *first CLEANUP_STORE = open_store(STORE_WRITER);
    struct store *second CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_claim(first, NULL));
    assert_ok(store_begin(first, NULL));
    write_property(first, "x", "first");
    assert_err(store_begin(second, NULL), ERR_TIMEOUT); /* waits 5 seconds for the lock */
    assert_ok(store_commit(first, NULL));
    if (database_is_postgres()) { /* there the first stays until it is gone */
        assert_err(store_claim(second, NULL), ERR_STATE);
        assert_ok(store_begin(first, NULL));
        assert_ok(store_commit(first, NULL));
        store_close(steal(&first));
    }
    assert_ok(store_claim(second, NULL));
    if (first) {
        assert_err(store_begin(first, NULL), ERR_DENIED);
        assert_true(store_is_lost(first));
        assert_err(store_run(first, STATEMENT_PROPERTY_WRITE, WRITE_X, NULL), ERR_IO);
    }
    assert_ok(store_begin(second, NULL));
    assert_ok(store_commit(second, NULL));
}

static void a_reader_sees_one_moment_and_writes_nothing(void **state)
{
    (void)state;
    struct store *writer CLEANUP_STORE = open_store(STORE_WRITER);
    struct store *reader CLEANUP_STORE = open_store(STORE_READER);
    int64_t epoch = -1;
    assert_ok(store_begin(reader, NULL));
    assert_ok(store_ask_integer(reader, STATEMENT_WRITER_READ, NO_VALUES, &epoch, NULL));
    assert_ok(store_claim(writer, NULL));
    assert_ok(store_ask_integer(reader, STATEMENT_WRITER_READ, NO_VALUES, &epoch, NULL));
    assert_int_equal(epoch, 0);
    assert_ok(store_commit(reader, NULL));
    assert_ok(store_ask_integer(reader, STATEMENT_WRITER_READ, NO_VALUES, &epoch, NULL));
    assert_int_equal(epoch, 1);
    assert_ok(store_begin(reader, NULL));
    assert_err(store_run(reader, STATEMENT_PROPERTY_WRITE, WRITE_X, NULL), ERR_DENIED);
    assert_err(store_claim(reader, NULL), ERR_STATE);
}

static void refuses_a_file_that_is_not_ours(void **state)
{
    (void)state;
    struct store *store = NULL;
    struct fault fault = {0};
    if (database_is_postgres())
        skip(); /* postgres.c has the same */
    assert_err(store_open(path, STORE_CREATE, &store, &fault), ERR_EXISTS);
    char other[128];
    snprintf(other, sizeof other, "%s/absent.db", folder);
    assert_err(store_open(other, STORE_WRITER, &store, &fault), ERR_NOT_FOUND);
    assert_err(store_open(other, STORE_READER, &store, &fault), ERR_NOT_FOUND);
    assert_int_not_equal(access(other, F_OK), 0);
    assert_err(store_open(path, STORE_FOLLOWER, &store, &fault), ERR_UNSUPPORTED);
    assert_ok(file_create(other,
                          bytes_of_text("this is a letter to the mayor, "
                                        "not a database at all"),
                          0600, NULL));
    assert_err(store_open(other, STORE_WRITER, &store, &fault), ERR_MALFORMED);
    assert_ok(database_sql("PRAGMA application_id = 7"));
    assert_err(store_open(path, STORE_WRITER, &store, &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, "application_id");
    assert_string_equal(fault.input, path);
    assert_null(store);
}

static void refuses_another_version(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_migrate(store, NULL)); /* a second time: nothing to do */
    assert_ok(store_check_version(store, NULL));
    assert_ok(database_sql("INSERT INTO migration VALUES (999, 'from the future')"));
    assert_err(store_migrate(store, NULL), ERR_STATE);
    assert_err(store_check_version(store, NULL), ERR_STATE);
    assert_ok(database_sql("DELETE FROM migration WHERE number > 1"));
    assert_err(store_check_version(store, NULL), ERR_STATE);
    assert_err(store_migrate(store, NULL), ERR_USAGE); /* the tables stand already */
    int64_t version = 0;
    assert_ok(store_ask_integer(store, STATEMENT_MIGRATION_LAST, NO_VALUES, &version, NULL));
    assert_int_equal(version, 1);
}

/* Between the list that the second person reads and their approval. */
static void a_parked_act_stays_as_it_was_asked(void **state)
{
    (void)state;
    assert_ok(
        database_sql("INSERT INTO staff VALUES ('a', 'a', NULL, 1, 1);"
                     "INSERT INTO parked VALUES (1, 'x', '{}', 'a', 5, NULL, NULL, NULL, NULL);"
                     "UPDATE parked SET finished = 6;"
                     "INSERT INTO parked VALUES (2, 'x', '{}', 'a', 5, NULL, NULL, NULL, NULL);"
                     "INSERT INTO parked VALUES (3, 'x', '{}', 'a', 5, NULL, NULL, NULL, NULL);"
                     "UPDATE parked SET fields = NULL, erased_on = 9, erased_rule = 'r'"
                     " WHERE number IN (1, 3)"));
    static const char *const bad[] = {
        "UPDATE parked SET fields = '{\"number\":2}' WHERE number = 2",
        "UPDATE parked SET act = 'y' WHERE number = 2",
        "UPDATE parked SET number = 4 WHERE number = 2",
        "UPDATE parked SET fields = NULL WHERE number = 2",
        "UPDATE parked SET fields = '{}' WHERE number = 3",
        "UPDATE parked SET fields = '{}', erased_on = NULL, erased_rule = NULL WHERE number = 3",
        "UPDATE parked SET erased_on = 10 WHERE number = 3",
        "UPDATE parked SET fields = NULL, erased_on = 9 WHERE number = 2",
        "UPDATE parked SET fields = '{\"a\":1}', erased_on = 9, erased_rule = 'r' WHERE number = 2",
        "UPDATE parked SET finished = NULL WHERE number = 1",
        "DELETE FROM parked WHERE number = 2",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(database_sql(bad[i]), ERR_DENIED);
}

/* What was asked before a database could forget it is still there, and still not to be edited. */
/* The tables that were made after those of parked acts were made anew (number 10), and what
 * PostgreSQL keeps of them. */
#define DROP_LATER                                                                                 \
    "DELETE FROM migration WHERE number >= 10;"                                                    \
    "DROP TABLE notice_certificate; DROP TABLE notice; DROP TABLE notice_count; DROP TABLE "       \
    "notice_batch; DROP INDEX certificate_by_last_day;"                                            \
    "DROP INDEX journal_by_time; DROP INDEX application_by_opened; DROP TABLE event_effect; DROP " \
    "TABLE event_ahead; DROP TABLE sender; DROP TABLE import_line; "                               \
    "DROP TABLE import; "                                                                          \
    "DROP TABLE resident_term; DROP TABLE staff_card; DROP TABLE appointment_place; DROP TABLE "   \
    "appointment; DROP TABLE "                                                                     \
    "application_paper;"
#define DROP_LATER_PG                                                                              \
    "DROP FUNCTION import_content_stays, import_is_kept, import_line_stays;"                       \
    "DROP FUNCTION sender_is_who_it_was, sender_ends_once, sender_stays;"                          \
    "DROP FUNCTION event_ahead_is_decided_once, event_ahead_stays, event_effect_stays,"            \
    " event_effect_is_kept;"                                                                       \
    "DROP FUNCTION staff_card_is_whose_it_was, staff_card_ends_once, staff_card_stays;"            \
    "DROP FUNCTION notice_batch_stays_finished, notice_batch_is_kept, notice_stays,"               \
    " notice_returns_once, notice_certificate_stays, notice_certificate_is_kept;"                  \
    "DROP FUNCTION appointment_stays_cancelled; DROP FUNCTION application_paper_stays;"

static void a_parked_act_outlives_its_migration(void **state)
{
    (void)state;
    assert_ok(database_sql(
        "INSERT INTO staff VALUES ('a', 'a', NULL, 1, 1);" DROP_LATER
        "DROP TABLE parked; CREATE TABLE parked (number BIGINT PRIMARY KEY, act TEXT NOT NULL,"
        " fields TEXT NOT NULL, first TEXT NOT NULL, made BIGINT NOT NULL, second TEXT,"
        " finished BIGINT);"
        "INSERT INTO parked VALUES (1, 'x', '{}', 'a', 5, NULL, NULL)"));
    if (database_is_postgres())
        assert_ok(database_sql(DROP_LATER_PG
                               "DROP FUNCTION parked_request_stays, parked_fields_only_erased,"
                               " parked_ends_once, parked_stays"));
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_err(store_check_version(store, NULL), ERR_STATE);
    assert_ok(store_migrate(store, NULL));
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM parked WHERE number = 1 AND act = 'x' AND"
                         " fields = '{}' AND first = 'a' AND made = 5 AND second IS NULL"
                         " AND finished IS NULL AND erased_on IS NULL"),
        1);
    assert_err(database_sql("UPDATE parked SET fields = '{\"a\":1}'"), ERR_DENIED);
    assert_err(database_sql("DELETE FROM parked"), ERR_DENIED);
}

static void every_statement_can_be_prepared(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    for (size_t i = 0; i < NUM_STATEMENTS; i++) {
        const struct statement_row *row = statement_row((enum statement)i);
        struct value values[64] = {0};
        struct fault fault = {0};
        assert_true(row->num_parameters <= 64);
        struct rows rows CLEANUP_ROWS = {0};
        store_query(store, (enum statement)i, values, (size_t)row->num_parameters, &rows, &fault);
        if (rows.failed != ERR_NONE && rows.failed != ERR_STATE) /* it writes: prepared it is */
            fail_msg("%s: %s", row->name, fault.text);
    }
    assert_null(statement_row(NUM_STATEMENTS));
}

static void an_update_of_nothing_says_so(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    int64_t num = -1;
    assert_ok(store_run_counted(store, STATEMENT_JOURNAL_PERSONAL_ERASE,
                                VALUES(value_integer(1), value_integer(2), value_text("rule")),
                                &num, NULL));
    assert_int_equal(num, 0);
    assert_err(store_run_one(store, STATEMENT_JOURNAL_PERSONAL_ERASE,
                             VALUES(value_integer(1), value_integer(2), value_text("rule")), NULL),
               ERR_NOT_FOUND);
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_database, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(keeps_what_is_committed),
        TEST(forgets_what_is_not),
        TEST(refuses_to_write_outside_a_transaction),
        TEST(refuses_wrong_values),
        TEST(a_failed_statement_spoils_the_transaction),
        TEST(a_savepoint_undoes_one_act),
        TEST(there_is_one_writer),
        TEST(a_reader_sees_one_moment_and_writes_nothing),
        TEST(refuses_a_file_that_is_not_ours),
        TEST(refuses_another_version),
        TEST(a_parked_act_stays_as_it_was_asked),
        TEST(a_parked_act_outlives_its_migration),
        TEST(every_statement_can_be_prepared),
        TEST(an_update_of_nothing_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
