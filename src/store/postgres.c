/* The engine on PostgreSQL: its connection and its transactions; statements are in
 * postgres_statement.c. A connection that is lost is never made again behind the store's back: a
 * new one is a new writer. */
#include "store/postgres.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/limits.h"
#include "store/postgres_schema.h"

#define CONNECT_TIMEOUT    "10"   /* seconds; the address may say otherwise */
#define SILENCE_TIMEOUT    "5000" /* milliseconds; so may it here */
#define CLAIM_MILLISECONDS 2000
#define CLAIM_PAUSE        50

/* Advisory locks, one pair for each schema: "JPKI", which, object id of the schema. */
enum lock { LOCK_WRITER, LOCK_TRANSACTION };

/* --- errors --- */

/* What a SQLSTATE, or the class that it begins with, means here. */
static const struct {
    const char *state;
    enum err err;
} errors[] = {
    {"23505", ERR_EXISTS},                                          /* unique */
    {"23503", ERR_NOT_FOUND},                                       /* foreign key */
    {"P0001", ERR_DENIED},                                          /* a trigger's refusal */
    {"25006", ERR_DENIED},                                          /* read-only */
    {"42501", ERR_DENIED},                                          /* no privilege */
    {"28", ERR_DENIED},                                             /* authorization */
    {"23", ERR_MALFORMED},                                          /* check, null */
    {"22", ERR_MALFORMED},                                          /* data */
    {"XX001", ERR_MALFORMED},                                       /* corrupted table */
    {"XX002", ERR_MALFORMED},                                       /* corrupted index */
    {"55P03", ERR_TIMEOUT},                                         /* lock */
    {"57014", ERR_TIMEOUT},                                         /* cancelled */
    {"40", ERR_TIMEOUT},                                            /* conflict of transactions */
    {"53200", ERR_MEMORY},    {"54", ERR_LIMIT}, {"25", ERR_STATE}, /* state of the transaction */
    {"3F", ERR_NOT_FOUND},                                          /* schema */
    {"42", ERR_USAGE},
};

static enum err error_of(const char *state)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (strncmp(errors[i].state, state, strlen(errors[i].state)) == 0)
            return errors[i].err;
    return ERR_IO;
}

static const char *state_of(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    return state ? state : "";
}

/* libpq's own complaints have no SQLSTATE; PQstatus may still call the connection good then. 08 and
 * 57P: the server says that it ends. */
static bool is_loss(const struct engine *engine, const char *state)
{
    return PQstatus(engine->connection) != CONNECTION_OK || !state[0] ||
           strncmp(state, "08", 2) == 0 || strncmp(state, "57P", 3) == 0;
}

enum err postgres_fault(struct engine *engine, const PGresult *result, const char *rule,
                        struct fault *fault)
{
    const char *text = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!text)
        text = PQerrorMessage(engine->connection);
    engine->is_lost = engine->is_lost || is_loss(engine, state_of(result));
    int first_line = (int)strcspn(text, "\n");
    return fault_set(fault, error_of(state_of(result)), rule, "%.*s", first_line, text);
}

void postgres_result_cleanup(PGresult **result)
{
    PQclear(*result);
}

bool postgres_is_done(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

static enum err engine_script(struct engine *engine, const char *sql, struct fault *fault)
{
    PGresult *result CLEANUP_RESULT = PQexec(engine->connection, sql);
    return postgres_is_done(result) ? ERR_NONE : postgres_fault(engine, result, "script", fault);
}

/* --- opening --- */

static void say_nothing(void *context, const char *message)
{
    (void)context;
    (void)message;
}

/* Who it is, without a password that may stand in the address. */
static void name_input(const struct engine *engine, struct fault *fault)
{
    char name[sizeof fault->input];
    const char *database = PQdb(engine->connection), *host = PQhost(engine->connection);
    snprintf(name, sizeof name, "postgres: %s on %s", database ? database : "?", host ? host : "?");
    fault_name_input(fault, name);
}

static enum err engine_connect(struct engine *engine, const char *address, struct fault *fault)
{
    /* The address is the "dbname": libpq expands it, what stands behind it overrules it. */
    const char *silence = engine->is_follower ? SILENCE_TIMEOUT : NULL; /* NULL: libpq's default */
    const char *const keys[] = {"connect_timeout", "tcp_user_timeout",          "dbname",
                                "client_encoding", "fallback_application_name", NULL};
    const char *const values[] = {CONNECT_TIMEOUT, silence, address, "UTF8", "jpkid", NULL};
    engine->connection = PQconnectdbParams(keys, values, true);
    if (!engine->connection)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    name_input(engine, fault);
    if (PQstatus(engine->connection) != CONNECTION_OK)
        return postgres_fault(engine, NULL, "open", fault);
    PQsetNoticeProcessor(engine->connection, say_nothing, NULL);
    return ERR_NONE;
}

enum {
    COLUMN_SYNCHRONOUS,
    COLUMN_ENCODING,
    COLUMN_SCHEMA,
    COLUMN_TABLES,
    COLUMN_IS_OURS,
    COLUMN_IS_STANDBY
};

static const char look_around[] =
    "SELECT current_setting('synchronous_commit'), current_setting('server_encoding'),"
    " (SELECT oid FROM pg_namespace WHERE nspname = current_schema()), count(*),"
    " count(*) FILTER (WHERE tablename = 'migration'), pg_is_in_recovery()"
    " FROM pg_tables WHERE schemaname = current_schema()";

/* Any table of the schema, or a column of one; a superuser may write all. */
static const char may_write[] = "SELECT count(*) > 0 FROM pg_class c WHERE c.relkind IN ('r', 'v')"
                                " AND c.relnamespace = current_schema()::regnamespace"
                                " AND (has_table_privilege(c.oid, 'DELETE, TRUNCATE')"
                                " OR has_any_column_privilege(c.oid, 'INSERT, UPDATE'))";

/* A commit that is not on disk when it returns would be acknowledged all the same. */
static enum err check_settings(const struct engine *engine, const PGresult *found,
                               struct fault *fault)
{
    if (!engine->is_reader && strcmp(PQgetvalue(found, 0, COLUMN_SYNCHRONOUS), "off") == 0)
        return fault_set(fault, ERR_DENIED, "synchronous_commit",
                         "it is off: what is committed could be lost");
    if (strcmp(PQgetvalue(found, 0, COLUMN_ENCODING), "UTF8") != 0)
        return fault_set(fault, ERR_UNSUPPORTED, "encoding", "the database is not UTF8");
    return ERR_NONE;
}

/* Whose tables are there? */
static enum err check_tables(const PGresult *found, enum store_mode mode, struct fault *fault)
{
    bool has_tables = atoll(PQgetvalue(found, 0, COLUMN_TABLES)) > 0;
    bool is_ours = atoll(PQgetvalue(found, 0, COLUMN_IS_OURS)) > 0;
    if (PQgetisnull(found, 0, COLUMN_SCHEMA))
        return fault_set(fault, ERR_NOT_FOUND, "schema", "there is none in the search path");
    if (mode == STORE_CREATE)
        return has_tables ? fault_set(fault, ERR_EXISTS, "new", "it has tables already") : ERR_NONE;
    if (!has_tables)
        return fault_set(fault, ERR_NOT_FOUND, "open", "it has no tables");
    return is_ours ? ERR_NONE
                   : fault_set(fault, ERR_MALFORMED, "open", "its tables are not this program's");
}

/* What a standby shows may be old, and it does not say how old. */
static enum err check_follower(struct engine *engine, const PGresult *found, struct fault *fault)
{
    if (strcmp(PQgetvalue(found, 0, COLUMN_IS_STANDBY), "t") == 0)
        return fault_set(fault, ERR_DENIED, "standby",
                         "the server is a standby, which may lag: name the primary");
    PGresult *may CLEANUP_RESULT = PQexec(engine->connection, may_write);
    if (!postgres_is_done(may))
        return postgres_fault(engine, may, "open", fault);
    return strcmp(PQgetvalue(may, 0, 0), "f") == 0
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "user",
                           "it may write: a follower wants a user who may only read");
}

static enum err engine_check(struct engine *engine, enum store_mode mode, struct fault *fault)
{
    PGresult *found CLEANUP_RESULT = PQexec(engine->connection, look_around);
    if (!postgres_is_done(found))
        return postgres_fault(engine, found, "open", fault);
    engine->schema = atoll(PQgetvalue(found, 0, COLUMN_SCHEMA));
    enum err err = check_settings(engine, found, fault);
    if (err == ERR_NONE)
        err = check_tables(found, mode, fault);
    return err == ERR_NONE && engine->is_follower ? check_follower(engine, found, fault) : err;
}

/* What was found at the start holds: a setting that is made weaker later does not reach us. */
static const char writer_settings[] =
    "SELECT set_config('synchronous_commit', current_setting('synchronous_commit'), false);"
    "SET lock_timeout = '5s'";
static const char reader_settings[] = "SET default_transaction_read_only = on;"
                                      "SET default_transaction_isolation = 'repeatable read'";

static void engine_close(struct engine *engine)
{
    if (engine)
        PQfinish(engine->connection);
    free(engine);
}

static enum err engine_open(const char *address, enum store_mode mode, struct engine **out,
                            struct fault *fault)
{
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    engine->is_follower = mode == STORE_FOLLOWER;
    engine->is_reader = mode == STORE_READER || engine->is_follower;
    enum err err = engine_connect(engine, address, fault);
    if (err == ERR_NONE)
        err = engine_check(engine, mode, fault);
    if (err == ERR_NONE)
        err = engine_script(engine, engine->is_reader ? reader_settings : writer_settings, fault);
    if (err != ERR_NONE) {
        engine_close(engine);
        return err;
    }
    *out = engine;
    return ERR_NONE;
}

static bool engine_is_lost(const struct engine *engine)
{
    return engine->is_lost;
}

static enum err engine_migrate(struct engine *engine, const struct migration *row,
                               struct fault *fault)
{
    struct buffer sql CLEANUP_BUFFER;
    buffer_init(&sql, LIMIT_MIGRATION);
    postgres_put_migration(row, &sql);
    const char *text = buffer_text(&sql);
    return text ? engine_script(engine, text, fault)
                : fault_set(fault, buffer_check(&sql), row->name, "too much for one migration");
}

/* --- transactions --- */

static long long lock_key(const struct engine *engine, enum lock lock)
{
    return (INT64_C(0x4A504B) << 40) | ((int64_t)lock << 32) | engine->schema;
}

static enum err claim_once(struct engine *engine, bool *is_ours, struct fault *fault)
{
    char sql[96];
    snprintf(sql, sizeof sql, "SELECT pg_try_advisory_lock(%lld)", lock_key(engine, LOCK_WRITER));
    PGresult *result CLEANUP_RESULT = PQexec(engine->connection, sql);
    if (!postgres_is_done(result))
        return postgres_fault(engine, result, "claim", fault);
    *is_ours = strcmp(PQgetvalue(result, 0, 0), "t") == 0;
    return ERR_NONE;
}

/* The connection has the lock for as long as it lives: the server gives it to another only after
 * all that this one did is over. A writer that was killed a moment ago is waited for. */
static enum err engine_claim(struct engine *engine, struct fault *fault)
{
    bool is_ours = false;
    for (int waited = 0; !is_ours && waited <= CLAIM_MILLISECONDS; waited += CLAIM_PAUSE) {
        if (waited)
            usleep(CLAIM_PAUSE * 1000);
        enum err err = claim_once(engine, &is_ours, fault);
        if (err != ERR_NONE)
            return err;
    }
    return is_ours ? ERR_NONE
                   : fault_set(fault, ERR_STATE, "claim",
                               "another process is the writer of this database");
}

static enum err engine_copy(struct engine *engine, const char *path, struct fault *fault)
{
    (void)engine;
    (void)path;
    return fault_set(fault, ERR_UNSUPPORTED, "copy", "pg_dump copies a database of PostgreSQL");
}

static bool engine_is_in_transaction(const struct engine *engine)
{
    PGTransactionStatusType status = PQtransactionStatus(engine->connection);
    return !engine->is_lost && (status == PQTRANS_INTRANS || status == PQTRANS_INERROR);
}

static void engine_rollback(struct engine *engine)
{
    if (engine_is_in_transaction(engine))
        PQclear(PQexec(engine->connection, "ROLLBACK"));
}

/* Writers, also those that claimed nothing yet, come one after the other. */
static enum err engine_begin(struct engine *engine, struct fault *fault)
{
    char sql[96] = "BEGIN";
    if (!engine->is_reader)
        snprintf(sql, sizeof sql, "BEGIN; SELECT pg_advisory_xact_lock(%lld)",
                 lock_key(engine, LOCK_TRANSACTION));
    PGresult *result CLEANUP_RESULT = PQexec(engine->connection, sql);
    if (postgres_is_done(result))
        return ERR_NONE;
    enum err err = postgres_fault(engine, result, "begin", fault);
    engine_rollback(engine);
    return err;
}

/* Nobody knows what became of a COMMIT whose answer did not come. 40003: the server itself does
 * not.
 */
static enum err engine_commit(struct engine *engine, bool *is_undecided, struct fault *fault)
{
    PGresult *result CLEANUP_RESULT = PQexec(engine->connection, "COMMIT");
    bool is_done = postgres_is_done(result);
    if (is_done && strcmp(PQcmdStatus(result), "COMMIT") == 0)
        return ERR_NONE;
    if (is_done) /* it was a ROLLBACK */
        return fault_set(fault, ERR_STATE, "commit", "a statement has failed; nothing is kept");
    enum err err = postgres_fault(engine, result, "commit", fault);
    *is_undecided = engine->is_lost || strcmp(state_of(result), "40003") == 0;
    engine_rollback(engine);
    return *is_undecided ? fault_set(fault, ERR_IO, "commit", "the connection was lost in it")
                         : err;
}

const struct engine_ops engine_postgres = {
    .open = engine_open,
    .close = engine_close,
    .is_lost = engine_is_lost,
    .script = engine_script,
    .migrate = engine_migrate,
    .claim = engine_claim,
    .copy = engine_copy,
    .begin = engine_begin,
    .commit = engine_commit,
    .rollback = engine_rollback,
    .is_in_transaction = engine_is_in_transaction,
    .prepare = postgres_prepare,
    .finish = postgres_finish,
    .writes = postgres_writes,
    .bind = postgres_bind,
    .step = postgres_step,
    .reset = postgres_reset,
    .num_changed = postgres_num_changed,
    .num_columns = postgres_num_columns,
    .column = postgres_column,
};
