#include "fixture.h"

#include <string.h>

static const uint8_t zeros[32];
static const uint8_t ones[32] = {1};
static const uint8_t twos[32] = {2};

static enum err put_entry(struct store *store, int64_t sequence, const uint8_t *previous,
                          const uint8_t *hash)
{
    return store_run(store, STATEMENT_JOURNAL_INSERT,
                     VALUES(value_integer(sequence), value_blob(bytes_of(previous, 32)),
                            value_blob(bytes_of(ones, 32)), value_text("issue"), value_text("s01"),
                            value_text("officer"), value_null(), value_integer(1),
                            value_blob(bytes_of(hash, 32))),
                     NULL);
}

static enum err put_personal(struct store *store, int64_t sequence)
{
    return store_run(store, STATEMENT_JOURNAL_PERSONAL_INSERT,
                     VALUES(value_integer(sequence), value_blob(bytes_of(ones, 32)),
                            value_blob(bytes_of_text("見本 花子"))),
                     NULL);
}

static enum err erase(struct store *store, int64_t sequence)
{
    return store_run_one(store, STATEMENT_JOURNAL_PERSONAL_ERASE,
                         VALUES(value_integer(sequence), value_integer(20779), value_text("rule")),
                         NULL);
}

static int make_journal(void **state)
{
    make_database(state);
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    assert_ok(put_entry(store, 1, zeros, ones));
    assert_ok(put_personal(store, 1));
    assert_ok(put_entry(store, 2, ones, twos));
    for (int64_t wanted = 1; wanted <= 2; wanted++) {
        int64_t epoch = 0;
        assert_ok(store_ask_integer(store, STATEMENT_CHANGE_INSERT,
                                    VALUES(value_integer(0), value_integer(7), value_integer(2),
                                           value_integer(0), value_integer(1), value_integer(31372),
                                           value_null()),
                                    &epoch, NULL));
        assert_int_equal(epoch, wanted);
    }
    assert_ok(store_commit(store, NULL));
    return 0;
}

static void reads_entries_with_their_personal_part(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_READER);
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_JOURNAL_READ, VALUES(value_integer(1), value_integer(10)), &rows,
                NULL);
    assert_true(rows_next(&rows));
    assert_true(bytes_equal_text(row_blob(&rows, 10), "見本 花子"));
    assert_true(rows_next(&rows));
    assert_true(row_is_null(&rows, 10));
    assert_false(rows_next(&rows));
    assert_ok(rows_end(&rows));
}

static void personal_data_is_erased_once(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    assert_ok(erase(store, 1)); /* its text names $2 before $1: bound by name, not by appearance */
    assert_ok(store_savepoint(store, NULL));
    assert_err(erase(store, 1), ERR_DENIED);
    assert_ok(store_rollback_to(store, NULL));
    assert_ok(store_commit(store, NULL));
    if (database_is_postgres())
        return; /* that it leaves the disk is the vacuum's work */
    char command[512];
    snprintf(command, sizeof command, "sqlite3 %s 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null",
             path);
    store_close(steal(&store));
    if (system(command) == 0) { /* secure_delete: the name is in no free page either */
        snprintf(command, sizeof command, "grep -c 花子 %s >/dev/null", path);
        assert_int_not_equal(system(command), 0);
    }
}

static void refuses_every_other_edit(void **state)
{
    (void)state;
    static const char *const edits[] = {
        "UPDATE journal SET actor = 'x' WHERE sequence = 1",
        "DELETE FROM journal WHERE sequence = 2",
        "UPDATE journal_personal SET data = salt WHERE sequence = 1",
        "UPDATE journal_personal SET data = NULL WHERE sequence = 1",
        "UPDATE journal_personal SET salt = NULL, data = NULL WHERE sequence = 1",
        "UPDATE journal_personal SET salt = NULL, data = NULL, erased_on = 1 WHERE sequence = 1",
        "UPDATE journal_personal SET salt = NULL, data = salt, erased_on = 1, erased_rule = 'r'",
        ("UPDATE journal_personal SET sequence = 2, salt = NULL, data = NULL, erased_on = 1,"
         " erased_rule = 'r' WHERE sequence = 1"),
        "DELETE FROM journal_personal",
        "UPDATE change SET state = 1",
        "DELETE FROM change WHERE epoch = 2",
    };
    for (size_t i = 0; i < COUNT_OF(edits); i++)
        if (database_sql(edits[i]) != ERR_DENIED)
            fail_msg("taken: %s", edits[i]);
}

static void refuses_an_entry_that_does_not_follow(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    const struct {
        int64_t sequence;
        const uint8_t *previous, *hash;
    } bad[] = {
        {2, ones, zeros},
        {4, twos, zeros},
        {3, ones, zeros},
        {0, twos, zeros},
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_ok(store_begin(store, NULL));
        enum err err = put_entry(store, bad[i].sequence, bad[i].previous, bad[i].hash);
        assert_true(err == ERR_DENIED || err == ERR_EXISTS);
        store_rollback(store);
    }
    assert_ok(store_begin(store, NULL));
    assert_err(put_personal(store, 9), ERR_NOT_FOUND); /* of no entry */
    store_rollback(store);
    assert_ok(store_begin(store, NULL));
    assert_ok(put_entry(store, 3, twos, zeros));
    assert_ok(store_commit(store, NULL));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_journal, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(reads_entries_with_their_personal_part),
        TEST(personal_data_is_erased_once),
        TEST(refuses_every_other_edit),
        TEST(refuses_an_entry_that_does_not_follow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
