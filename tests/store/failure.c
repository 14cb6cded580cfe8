/* The disk fails: files that may not grow (RLIMIT_FSIZE), and a layer below SQLite that refuses to
 * write or to sync when told. A commit that is not on disk says so. */
#include "fixture.h"

#include <signal.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/resource.h>

/* The layer: SQLite's own methods of the write-ahead log, with write and sync in between. */
static sqlite3_vfs layer;
static sqlite3_vfs *below;
static sqlite3_io_methods methods;
static const sqlite3_io_methods *methods_below;
static int write_answer, sync_answer; /* SQLITE_OK: as below */

static int layer_write(sqlite3_file *file, const void *data, int len, sqlite3_int64 at)
{
    return write_answer ? write_answer : methods_below->xWrite(file, data, len, at);
}

static int layer_sync(sqlite3_file *file, int flags)
{
    return sync_answer ? sync_answer : methods_below->xSync(file, flags);
}

static int layer_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags,
                      int *flags_out)
{
    (void)vfs;
    int code = below->xOpen(below, name, file, flags, flags_out);
    if (code != SQLITE_OK || !(flags & SQLITE_OPEN_WAL))
        return code;
    methods_below = file->pMethods;
    methods = *methods_below;
    methods.xWrite = layer_write;
    methods.xSync = layer_sync;
    file->pMethods = &methods;
    return SQLITE_OK;
}

static int make_layered_database(void **state)
{
    write_answer = sync_answer = SQLITE_OK;
    return make_database(state);
}

static void a_commit_that_is_not_synced_says_so(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    struct fault fault = {0};
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    sync_answer = SQLITE_IOERR_FSYNC;
    assert_err(store_commit(store, &fault), ERR_IO);
    assert_string_equal(fault.rule, "commit");
    sync_answer = SQLITE_OK;
    assert_true(store_is_undecided(store));
    /* What the disk holds is not known: no more work on this connection. */
    assert_err(store_begin(store, NULL), ERR_IO);
    int64_t fence;
    assert_err(store_ask_integer(store, STATEMENT_WRITER_READ, NO_VALUES, &fence, NULL), ERR_IO);
    assert_string_equal(read_property("y"), "");
}

static void a_commit_on_a_full_disk_keeps_nothing(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    write_answer = SQLITE_FULL;
    assert_err(store_commit(store, NULL), ERR_IO);
    write_answer = SQLITE_OK;
    assert_false(store_is_undecided(store));
    assert_string_equal(read_property("x"), "");
    assert_ok(store_begin(store, NULL)); /* room again: work goes on */
    write_property(store, "y", "1");
    assert_ok(store_commit(store, NULL));
    assert_string_equal(read_property("y"), "1");
}

/* Entries of a quarter megabyte until something fails; the err of that. */
static enum err fill(struct store *store)
{
    static char text[256 * 1024];
    memset(text, 'a', sizeof text - 1);
    for (int i = 0; i < 100; i++) {
        char name[16];
        snprintf(name, sizeof name, "n%d", i);
        enum err err = store_run(store, STATEMENT_PROPERTY_WRITE,
                                 VALUES(value_text(name), value_text(text)), NULL);
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

static void a_file_that_may_not_grow_keeps_nothing(void **state)
{
    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    struct rlimit before, small = {.rlim_cur = 2 * 1024 * 1024};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    small.rlim_max = before.rlim_max;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "first", "1");
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    enum err filled = fill(store);
    enum err committed = store_commit(store, NULL);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_true(filled != ERR_NONE || committed != ERR_NONE);
    assert_true(committed != ERR_NONE);
    assert_string_equal(read_property("first"), "");
    assert_string_equal(read_property("n0"), "");
}

/* The database ends a transaction by itself when memory or disk is out in its middle: what follows
 * must not run as if each statement were a transaction. */
static void a_transaction_lost_in_its_middle_stays_lost(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_begin(store, NULL));
    write_property(store, "first", "1");
    assert_ok(store_savepoint(store, NULL));
    write_answer = SQLITE_FULL;
    assert_err(fill(store), ERR_IO); /* the cache spills, the write fails */
    write_answer = SQLITE_OK;
    assert_err(
        store_run(store, STATEMENT_PROPERTY_WRITE, VALUES(value_text("x"), value_text("1")), NULL),
        ERR_STATE);
    (void)!store_rollback_to(store, NULL);
    assert_err(store_commit(store, NULL), ERR_STATE);
    assert_string_equal(read_property("first"), "");
    assert_string_equal(read_property("x"), "");
}

#define TEST(function)                                                                             \
    cmocka_unit_test_setup_teardown(function, make_layered_database, remove_folder)

int main(void)
{
    below = sqlite3_vfs_find(NULL);
    layer = *below;
    layer.zName = "layer";
    layer.xOpen = layer_open;
    sqlite3_vfs_register(&layer, 1);
    const struct CMUnitTest tests[] = {
        TEST(a_commit_that_is_not_synced_says_so),
        TEST(a_commit_on_a_full_disk_keeps_nothing),
        TEST(a_file_that_may_not_grow_keeps_nothing),
        TEST(a_transaction_lost_in_its_middle_stays_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
