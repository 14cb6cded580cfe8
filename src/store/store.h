/* The store: one connection to the database, its transactions, and SQL statements run by name. The
 * texts live in statements_*.def, tables in migrations*.c; no SQL stands outside this room.
 *
 * A connection belongs to one thread. There is one writer (store_claim); threads that only read
 * open their own connection as STORE_READER and see what was committed.
 *
 * A writing statement outside a transaction is refused. A statement that fails spoils its
 * transaction: everything after it is refused until store_rollback_to or store_rollback, so that
 * half an act is never committed. store_commit answers ERR_NONE only when the transaction is on
 * disk. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "store/statements.h"

/* What is bound to a parameter or found in a column. Bytes are borrowed. */
enum value_type { VALUE_NULL, VALUE_INTEGER, VALUE_TEXT, VALUE_BLOB };

struct value {
    enum value_type type;
    int64_t integer;
    struct bytes bytes;
};

struct value value_null(void);
struct value value_integer(int64_t integer);
struct value value_text(const char *text); /* NULL pointer → null */
struct value value_text_bytes(struct bytes text);
struct value value_blob(struct bytes blob);

/* VALUES(value_integer(1), value_text("x")) is the pair of arguments "values, num_values". */
#define VALUES(...)                                                                                \
    (const struct value[]){__VA_ARGS__},                                                           \
        sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value)
#define NO_VALUES NULL, 0

struct store;

/* Of PostgreSQL "the file" is a schema, the first of the search path; its database exists. */
enum store_mode {
    STORE_READER, /* the file exists and is only read */
    STORE_WRITER, /* the file exists */
    STORE_CREATE, /* the file must not exist (ERR_EXISTS), the schema has no tables; mode 0600 */
    /* A reader of PostgreSQL whose freshness counts: ERR_DENIED for a standby, which may lag, and
     * for a database user who could write. A server that is silent is given up after seconds. */
    STORE_FOLLOWER,
};

/* store_open opens a database: the address is a path (SQLite), or "postgres:" and a connection
 * string of libpq, or "postgresql://…" (PostgreSQL). ERR_NOT_FOUND, ERR_EXISTS, ERR_IO;
 * ERR_MALFORMED if it is no database of this program; ERR_DENIED if it would not keep what is
 * committed. The caller ends it with store_close (takes NULL). */
enum err store_open(const char *address, enum store_mode mode, struct store **out,
                    struct fault *fault) MUST_USE;
void store_close(struct store *store);
void store_cleanup(struct store **store);
#define CLEANUP_STORE CLEANUP(store_cleanup)

/* store_is_file: is the address a path? */
bool store_is_file(const char *address);
/* store_is_lost: nothing works any more on this connection; only opening again helps. */
bool store_is_lost(const struct store *store);
/* store_is_undecided: nobody knows whether the last commit is kept; opening again shows it. */
bool store_is_undecided(const struct store *store);

/* store_migrate brings the tables to this program's version, one transaction for each migration.
 * ERR_STATE if the database is newer than the program. */
enum err store_migrate(struct store *store, struct fault *fault) MUST_USE;
/* store_check_version is for those who may not migrate: ERR_STATE unless the version is ours. */
enum err store_check_version(struct store *store, struct fault *fault) MUST_USE;

/* store_claim makes this connection the one writer: it raises the fencing number, which from then
 * on is compared in each transaction. A former writer's store_begin answers ERR_DENIED. On
 * PostgreSQL a writer stays the writer while its connection lives, and another is refused
 * (ERR_STATE); on SQLite whoever claims last is the writer. */
enum err store_claim(struct store *store, struct fault *fault) MUST_USE;

/* store_copy writes the database, as it is at one moment, to a new file (ERR_EXISTS), while others
 * read and write; the copy was checked and is on the disk. ERR_UNSUPPORTED on PostgreSQL, whose own
 * tools do that. Outside a transaction. */
enum err store_copy(struct store *store, const char *path, struct fault *fault) MUST_USE;

/* store_begin takes the write lock (a reader: a stable view). ERR_TIMEOUT if another process keeps
 * it for 5 seconds, ERR_STATE inside a transaction. */
enum err store_begin(struct store *store, struct fault *fault) MUST_USE;
/* store_commit ends the transaction in every case. ERR_STATE: a statement had failed in it, nothing
 * is kept. ERR_IO: the disk is full and nothing is kept; or writing failed, or the connection was
 * lost: then it refuses all further work, and only opening the store again tells what is kept. */
enum err store_commit(struct store *store, struct fault *fault) MUST_USE;
void store_rollback(struct store *store); /* does nothing outside a transaction */

/* Savepoints nest. store_rollback_to undoes everything since the innermost one, also its failure,
 * and removes it. */
enum err store_savepoint(struct store *store, struct fault *fault) MUST_USE;
enum err store_release(struct store *store, struct fault *fault) MUST_USE;
enum err store_rollback_to(struct store *store, struct fault *fault) MUST_USE;

/* store_run runs a statement that answers no rows. Errors of the database's own checks: ERR_EXISTS
 * (unique), ERR_NOT_FOUND (reference to nothing), ERR_MALFORMED (check, type, null), ERR_DENIED
 * (append-only, read-only); ERR_USAGE for a wrong number of values. */
enum err store_run(struct store *store, enum statement statement, const struct value *values,
                   size_t num_values, struct fault *fault) MUST_USE;
/* store_run_counted also tells how many rows were inserted, updated or deleted. */
enum err store_run_counted(struct store *store, enum statement statement,
                           const struct value *values, size_t num_values, int64_t *num_rows,
                           struct fault *fault) MUST_USE;
/* store_run_one wants exactly one row changed: ERR_NOT_FOUND for none. */
enum err store_run_one(struct store *store, enum statement statement, const struct value *values,
                       size_t num_values, struct fault *fault) MUST_USE;
/* store_ask_integer reads the one integer of the one row that a query or RETURNING answers.
 * ERR_NOT_FOUND if there is no row. */
enum err store_ask_integer(struct store *store, enum statement statement,
                           const struct value *values, size_t num_values, int64_t *out,
                           struct fault *fault) MUST_USE;
