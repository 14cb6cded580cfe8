/* The engine on SQLite: connections and transactions. Write-ahead log with full synchronisation, so
 * that a commit has reached the disk when it returns (https://www.sqlite.org/pragma.html, "FULL" is
 * durable in WAL mode, "NORMAL" is not). */
#include "store/sqlite.h"

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"

#define APPLICATION_ID            0x4A504B49 /* "JPKI" */
#define BUSY_TIMEOUT_MILLISECONDS 5000

/* What SQLite's answers mean here; extended codes first, then primary ones. */
static const struct {
    int sqlite;
    enum err err;
} errors[] = {
    {SQLITE_CONSTRAINT_UNIQUE, ERR_EXISTS},
    {SQLITE_CONSTRAINT_PRIMARYKEY, ERR_EXISTS},
    {SQLITE_CONSTRAINT_FOREIGNKEY, ERR_NOT_FOUND},
    {SQLITE_CONSTRAINT_TRIGGER, ERR_DENIED},
    {SQLITE_CONSTRAINT, ERR_MALFORMED},
    {SQLITE_MISMATCH, ERR_MALFORMED},
    {SQLITE_CORRUPT, ERR_MALFORMED},
    {SQLITE_NOTADB, ERR_MALFORMED},
    {SQLITE_BUSY, ERR_TIMEOUT},
    {SQLITE_LOCKED, ERR_TIMEOUT},
    {SQLITE_NOMEM, ERR_MEMORY},
    {SQLITE_TOOBIG, ERR_LIMIT},
    {SQLITE_READONLY, ERR_DENIED},
    {SQLITE_CANTOPEN, ERR_IO},
    {SQLITE_FULL, ERR_IO},
    {SQLITE_IOERR, ERR_IO},
    {SQLITE_ERROR, ERR_USAGE},
};

enum err sqlite_error(int code)
{
    for (size_t i = 0; i < COUNT_OF(errors); i++)
        if (errors[i].sqlite == code || errors[i].sqlite == (code & 0xFF))
            return errors[i].err;
    return ERR_IO;
}

enum err sqlite_fault(const struct engine *engine, int code, const char *rule, struct fault *fault)
{
    const char *text = engine->database ? sqlite3_errmsg(engine->database) : sqlite3_errstr(code);
    return fault_set(fault, sqlite_error(code), rule, "%s", text);
}

static enum err engine_script(struct engine *engine, const char *sql, struct fault *fault)
{
    int code = sqlite3_exec(engine->database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ERR_NONE : sqlite_fault(engine, code, "script", fault);
}

/* A pragma's answer; the text is cut to size. */
static enum err pragma_read(struct engine *engine, const char *sql, char *out, size_t size,
                            struct fault *fault)
{
    sqlite3_stmt *statement;
    int code = sqlite3_prepare_v2(engine->database, sql, -1, &statement, NULL);
    if (code != SQLITE_OK)
        return sqlite_fault(engine, code, sql, fault);
    code = sqlite3_step(statement);
    const unsigned char *text = code == SQLITE_ROW ? sqlite3_column_text(statement, 0) : NULL;
    snprintf(out, size, "%s", text ? (const char *)text : "");
    sqlite3_finalize(statement);
    return code == SQLITE_ROW || code == SQLITE_DONE ? ERR_NONE
                                                     : sqlite_fault(engine, code, sql, fault);
}

/* Whose file is it? SQLite itself looks at application_id no more than at a comment. */
static enum err check_application(struct engine *engine, struct fault *fault)
{
    char found[16];
    enum err err = pragma_read(engine, "PRAGMA application_id", found, sizeof found, fault);
    if (err == ERR_NONE && atoi(found) != APPLICATION_ID)
        return fault_set(fault, ERR_MALFORMED, "application_id", "%s is not this program's", found);
    return err;
}

static enum err configure_creation(struct engine *engine, struct fault *fault)
{
    char sql[64];
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d", APPLICATION_ID);
    enum err err = engine_script(engine, sql, fault);
    char mode[16] = "";
    if (err == ERR_NONE)
        err = pragma_read(engine, "PRAGMA journal_mode = WAL", mode, sizeof mode, fault);
    if (err == ERR_NONE && strcmp(mode, "wal") != 0)
        return fault_set(fault, ERR_IO, "journal_mode", "this file system has no WAL (%s)", mode);
    return err;
}

/* secure_delete: an erased name is overwritten, not only unlinked. wal_autocheckpoint: in pages; a
 * page that many commits write goes into the database once in 32 MiB of log. cache_size: in KiB. */
static const char connection_settings[] = "PRAGMA synchronous = FULL;"
                                          "PRAGMA foreign_keys = ON;"
                                          "PRAGMA secure_delete = ON;"
                                          "PRAGMA cell_size_check = ON;"
                                          "PRAGMA trusted_schema = OFF;"
                                          "PRAGMA temp_store = MEMORY;"
                                          "PRAGMA wal_autocheckpoint = 8192;"
                                          "PRAGMA cache_size = -16384;";

static enum err configure(struct engine *engine, enum store_mode mode, struct fault *fault)
{
    sqlite3_extended_result_codes(engine->database, 1);
    sqlite3_busy_timeout(engine->database, BUSY_TIMEOUT_MILLISECONDS);
    sqlite3_limit(engine->database, SQLITE_LIMIT_LENGTH, LIMIT_STORE_VALUE);
    sqlite3_db_config(engine->database, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(engine->database, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    sqlite3_db_config(engine->database, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    enum err err = mode == STORE_CREATE ? configure_creation(engine, fault) : ERR_NONE;
    if (err == ERR_NONE)
        err = check_application(engine, fault);
    return err == ERR_NONE ? engine_script(engine, connection_settings, fault) : err;
}

static void engine_close(struct engine *engine)
{
    if (engine)
        sqlite3_close(engine->database);
    free(engine);
}

/* Nobody asks SQLite how much memory it has; keeping count takes a lock at each allocation. */
static void library_configure(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

static enum err engine_open(const char *path, enum store_mode mode, struct engine **out,
                            struct fault *fault)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, library_configure);
    fault_name_input(fault, path);
    if (mode == STORE_FOLLOWER)
        return fault_set(fault, ERR_UNSUPPORTED, "open", "a follower wants a PostgreSQL");
    if (mode == STORE_CREATE) {
        enum err err = file_create(path, bytes_of(NULL, 0), 0600, fault);
        if (err != ERR_NONE)
            return err;
    }
    struct engine *engine = calloc(1, sizeof *engine);
    if (!engine)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    engine->is_reader = mode == STORE_READER;
    int flags = engine->is_reader ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    int code = sqlite3_open_v2(path, &engine->database, flags | SQLITE_OPEN_NOMUTEX, NULL);
    enum err err = ERR_NONE;
    if (code != SQLITE_OK) {
        bool is_absent = sqlite3_system_errno(engine->database) == ENOENT;
        err = sqlite_fault(engine, code, "open", fault);
        err = is_absent ? fault_set(fault, ERR_NOT_FOUND, "open", "there is no such file") : err;
    }
    if (err == ERR_NONE)
        err = configure(engine, mode, fault);
    if (err != ERR_NONE) {
        engine_close(engine);
        return err;
    }
    *out = engine;
    return ERR_NONE;
}

/* There is no connection to lose. */
static bool engine_is_lost(const struct engine *engine)
{
    (void)engine;
    return false;
}

static void put_trigger(const struct trigger *trigger, struct buffer *sql)
{
    buffer_put_format(sql, "CREATE TRIGGER %s BEFORE %s ON %s", trigger->name, trigger->event,
                      trigger->table);
    if (trigger->condition)
        buffer_put_format(sql, " WHEN %s", trigger->condition);
    buffer_put_format(sql, " BEGIN SELECT RAISE(ABORT, '%s'); END;", trigger->message);
}

static enum err engine_migrate(struct engine *engine, const struct migration *row,
                               struct fault *fault)
{
    struct buffer sql CLEANUP_BUFFER;
    buffer_init(&sql, LIMIT_MIGRATION);
    buffer_put_text(&sql, row->sql);
    for (const struct trigger *trigger = row->triggers; trigger->name; trigger++)
        put_trigger(trigger, &sql);
    const char *text = buffer_text(&sql);
    return text ? engine_script(engine, text, fault)
                : fault_set(fault, buffer_check(&sql), row->name, "too much for one migration");
}

/* The fencing number alone decides: whoever claims becomes the writer. */
static enum err engine_claim(struct engine *engine, struct fault *fault)
{
    (void)engine;
    (void)fault;
    return ERR_NONE;
}

/* All pages under one read lock: no writer is kept out, and none is seen half. */
static enum err pages_copy(struct engine *engine, struct engine *copy, struct fault *fault)
{
    char found[64] = "";
    sqlite3_backup *backup = sqlite3_backup_init(copy->database, "main", engine->database, "main");
    if (backup)
        sqlite3_backup_step(backup, -1);
    int code = backup ? sqlite3_backup_finish(backup) : sqlite3_errcode(copy->database);
    if (code != SQLITE_OK)
        return sqlite_fault(copy, code, "copy", fault);
    enum err err = pragma_read(copy, "PRAGMA quick_check(1)", found, sizeof found, fault);
    return err != ERR_NONE || strcmp(found, "ok") == 0
               ? err
               : fault_set(fault, ERR_MALFORMED, "copy", "the database is damaged: %s", found);
}

static enum err engine_copy(struct engine *engine, const char *path, struct fault *fault)
{
    struct engine copy = {0};
    enum err err = file_create(path, bytes_of(NULL, 0), 0600, fault);
    if (err != ERR_NONE)
        return err;
    int code = sqlite3_open_v2(path, &copy.database, SQLITE_OPEN_READWRITE, NULL);
    err = code == SQLITE_OK ? pages_copy(engine, &copy, fault)
                            : sqlite_fault(&copy, code, "copy", fault);
    sqlite3_close(copy.database);
    return err;
}

static enum err engine_begin(struct engine *engine, struct fault *fault)
{
    const char *sql = engine->is_reader ? "BEGIN" : "BEGIN IMMEDIATE";
    int code = sqlite3_exec(engine->database, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? ERR_NONE : sqlite_fault(engine, code, "begin", fault);
}

static bool engine_is_in_transaction(const struct engine *engine)
{
    return !sqlite3_get_autocommit(engine->database);
}

static void engine_rollback(struct engine *engine)
{
    if (engine_is_in_transaction(engine))
        sqlite3_exec(engine->database, "ROLLBACK", NULL, NULL, NULL);
}

/* A full disk stops SQLite before the commit's last frame is written. After any other failure to
 * write or sync, that frame may be on the disk or not: undecided. */
static enum err engine_commit(struct engine *engine, bool *is_undecided, struct fault *fault)
{
    int code = sqlite3_exec(engine->database, "COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK)
        return ERR_NONE;
    enum err err = sqlite_fault(engine, code, "commit", fault);
    *is_undecided = (code & 0xFF) == SQLITE_IOERR;
    engine_rollback(engine);
    return err;
}

const struct engine_ops engine_sqlite = {
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
    .prepare = sqlite_prepare,
    .finish = sqlite_finish,
    .writes = sqlite_writes,
    .bind = sqlite_bind,
    .step = sqlite_step,
    .reset = sqlite_reset,
    .num_changed = sqlite_num_changed,
    .num_columns = sqlite_num_columns,
    .column = sqlite_column,
};
