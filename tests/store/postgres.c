/* What only PostgreSQL has: a server that cuts connections, settings that lose what was committed,
 * several schemas, a writer that comes back. Runs on a server of its own, whose settings it
 * changes. */
#include "fixture.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CUT                                                                                        \
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jpkid'"

static const char *with_option(const char *option)
{
    static char address[512];
    snprintf(address, sizeof address, "%s\\ -c%s", path, option);
    return address;
}

static void assert_refused(const char *address, enum store_mode mode, enum err wanted,
                           const char *rule)
{
    struct store *store = NULL;
    struct fault fault = {0};
    assert_err(store_open(address, mode, &store, &fault), wanted);
    assert_string_equal(fault.rule, rule);
    assert_null(store);
}

static void refuses_a_database_that_forgets(void **state)
{
    (void)state;
    const char *address = with_option("synchronous_commit=off");
    assert_refused(address, STORE_WRITER, ERR_DENIED, "synchronous_commit");
    struct store *store CLEANUP_STORE = NULL;
    assert_ok(store_open(address, STORE_READER, &store, NULL)); /* it commits nothing */
    store_close(steal(&store));
    address = with_option("synchronous_commit=local");
    assert_ok(store_open(address, STORE_WRITER, &store, NULL));
}

/* tests/operate/follow.py has the standby, and the user who may only read. */
static void refuses_a_follower_who_may_write(void **state)
{
    (void)state;
    assert_refused(path, STORE_FOLLOWER, ERR_DENIED, "user");
    assert_ok(
        database_sql("CREATE ROLE one_column LOGIN; GRANT UPDATE (fence) ON writer TO one_column;"
                     "DO $$ BEGIN EXECUTE 'GRANT USAGE ON SCHEMA ' || current_schema() ||"
                     "' TO one_column'; END $$"));
    char address[512];
    snprintf(address, sizeof address, "%s user=one_column", path);
    assert_refused(address, STORE_FOLLOWER, ERR_DENIED, "user");
    assert_ok(database_sql("REVOKE UPDATE (fence) ON writer FROM one_column"));
    struct store *store CLEANUP_STORE = NULL;
    assert_ok(store_open(address, STORE_FOLLOWER, &store, NULL));
    struct fault fault = {0};
    assert_err(store_claim(store, &fault), ERR_STATE); /* it is a reader */
}

static void refuses_what_is_not_ours(void **state)
{
    (void)state;
    assert_refused(path, STORE_CREATE, ERR_EXISTS, "new");
    assert_refused(with_option("search_path=absent"), STORE_CREATE, ERR_NOT_FOUND, "schema");
    assert_ok(
        database_sql("CREATE SCHEMA empty; CREATE SCHEMA other; CREATE TABLE other.letters ()"));
    assert_refused(with_option("search_path=empty"), STORE_WRITER, ERR_NOT_FOUND, "open");
    assert_refused(with_option("search_path=empty"), STORE_READER, ERR_NOT_FOUND, "open");
    assert_refused(with_option("search_path=other"), STORE_WRITER, ERR_MALFORMED, "open");
    assert_refused(with_option("search_path=other"), STORE_CREATE, ERR_EXISTS, "new");
    assert_ok(database_sql("DROP SCHEMA empty; DROP SCHEMA other CASCADE"));
    assert_ok(database_sql("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0"));
    char latin[512];
    snprintf(latin, sizeof latin, "%s dbname=latin", getenv("JPKI_TEST_STORE"));
    assert_refused(latin, STORE_CREATE, ERR_UNSUPPORTED, "encoding");
}

static void a_password_is_in_no_complaint(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "postgres:host=/nonexistent user=jpki password=hidden dbname=jpki",
        "postgresql://jpki:hidden@%2Fnonexistent/jpki",
        "postgres://jpki:hidden@%2Fnonexistent/jpki",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        struct store *store = NULL;
        struct fault fault = {0};
        char text[512];
        assert_err(store_open(bad[i], STORE_WRITER, &store, &fault), ERR_IO);
        assert_null(strstr(fault_print(&fault, text, sizeof text), "hidden"));
        assert_non_null(strstr(text, "/nonexistent"));
    }
}

static void two_towns_share_a_database(void **state)
{
    (void)state;
    struct store *here CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(database_sql("CREATE SCHEMA neighbour"));
    struct store *there CLEANUP_STORE = NULL;
    assert_ok(store_open(with_option("search_path=neighbour"), STORE_CREATE, &there, NULL));
    assert_ok(store_migrate(there, NULL));
    assert_ok(store_claim(here, NULL));
    assert_ok(store_claim(there, NULL));
    assert_ok(store_begin(here, NULL));
    assert_ok(store_begin(there, NULL));
    write_property(there, "x", "there");
    assert_ok(store_commit(there, NULL));
    assert_ok(store_commit(here, NULL));
    assert_string_equal(read_property("x"), "");
    assert_ok(database_sql("DROP SCHEMA neighbour CASCADE"));
}

/* Whatever let another become the writer: the number in the database decides. */
static void a_number_that_rose_ends_the_writer(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_claim(store, NULL));
    assert_ok(database_sql("UPDATE writer SET fence = fence + 1"));
    assert_false(store_is_lost(store));
    assert_err(store_begin(store, NULL), ERR_DENIED);
    assert_true(store_is_lost(store));
    assert_ok(store_claim(store, NULL));
    assert_ok(store_begin(store, NULL));
}

static void a_connection_that_is_cut_stays_lost(void **state)
{
    (void)state;
    struct store *idle CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(database_sql(CUT));
    assert_err(store_begin(idle, NULL), ERR_IO);
    assert_true(store_is_lost(idle));
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_claim(store, NULL));
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    assert_false(store_is_lost(store));
    assert_ok(database_sql(CUT));
    assert_err(store_commit(store, NULL), ERR_IO);
    assert_true(store_is_lost(store));
    assert_err(store_begin(store, NULL), ERR_IO);
    assert_err(store_claim(store, NULL), ERR_IO);
    assert_string_equal(read_property("x"), "");
}

/* Until a new session, and with it every old one, has the settings. */
static void settings_change(const char *standby, const char *synchronous)
{
    char sql[256];
    snprintf(sql, sizeof sql, "ALTER SYSTEM SET synchronous_standby_names = '%s'", standby);
    assert_ok(database_sql(sql));
    snprintf(sql, sizeof sql, "ALTER SYSTEM SET synchronous_commit = '%s'", synchronous);
    assert_ok(database_sql(sql));
    assert_ok(database_sql("SELECT pg_reload_conf()"));
    snprintf(sql, sizeof sql,
             "DO $$ BEGIN IF current_setting('synchronous_standby_names') <> '%s' THEN"
             " RAISE 'not yet'; END IF; END $$",
             standby);
    while (database_sql(sql) != ERR_NONE)
        usleep(10000);
}

/* It hangs in COMMIT, since its answer needs a standby that never comes; then it is cut. That it
 * hangs shows too that a setting made weaker meanwhile does not reach a writer. */
static void a_commit_without_an_answer_is_undecided(void **state)
{
    (void)state;
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    struct fault fault = {0};
    settings_change("nobody", "off");
    pid_t cutter = fork();
    while (cutter == 0) {
        (void)!database_sql(CUT " AND wait_event = 'SyncRep'");
        usleep(20000);
    }
    assert_ok(store_begin(store, NULL));
    write_property(store, "x", "1");
    assert_err(store_commit(store, &fault), ERR_IO);
    kill(cutter, SIGKILL);
    waitpid(cutter, NULL, 0);
    assert_string_equal(fault.rule, "commit");
    assert_true(store_is_lost(store));
    settings_change("", "on");
    assert_string_equal(read_property("x"), "1"); /* and yet it is kept */
}

/* The former writer, in its own process: what its next transaction and its next claim answer. */
static void NO_RETURN be_former_writer(int out, int in)
{
    enum err answers[3];
    char go;
    struct store *store = open_store(STORE_WRITER);
    answers[0] = store_claim(store, NULL);
    if (write(out, answers, 1) != 1 || read(in, &go, 1) != 1)
        _exit(1);
    answers[1] = store_begin(store, NULL);
    store_close(store);
    store = open_store(STORE_WRITER);
    answers[2] = store_claim(store, NULL);
    _exit(write(out, answers, sizeof answers) == sizeof answers ? 0 : 1);
}

static void a_former_writer_that_wakes_is_refused(void **state)
{
    (void)state;
    int from[2], to[2];
    enum err answers[3];
    assert_int_equal(pipe(from) + pipe(to), 0);
    pid_t former = fork();
    if (former == 0)
        be_former_writer(from[1], to[0]);
    assert_int_equal(read(from[0], answers, 1), 1);
    kill(former, SIGSTOP);
    assert_ok(database_sql(CUT));
    struct store *store CLEANUP_STORE = open_store(STORE_WRITER);
    assert_ok(store_claim(store, NULL));
    kill(former, SIGCONT);
    assert_int_equal(write(to[1], "g", 1), 1);
    assert_int_equal(read(from[0], answers, sizeof answers), sizeof answers);
    waitpid(former, NULL, 0);
    assert_err(answers[0], ERR_NONE);
    assert_err(answers[1], ERR_IO);
    assert_err(answers[2], ERR_STATE);
    assert_ok(store_begin(store, NULL));
    assert_ok(store_commit(store, NULL));
}

#define TEST(function) cmocka_unit_test_setup_teardown(function, make_database, remove_folder)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(refuses_a_follower_who_may_write),
        TEST(refuses_a_database_that_forgets),
        TEST(refuses_what_is_not_ours),
        TEST(a_password_is_in_no_complaint),
        TEST(two_towns_share_a_database),
        TEST(a_number_that_rose_ends_the_writer),
        TEST(a_connection_that_is_cut_stays_lost),
        TEST(a_commit_without_an_answer_is_undecided),
        TEST(a_former_writer_that_wakes_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
