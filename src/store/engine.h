/* What the store needs of a database, and no more: a table of functions for each engine. sqlite.c
 * and postgres.c provide them. Private to this room. */
#pragma once

#include "store/migrations.h"
#include "store/store.h"

struct engine;           /* a connection; each engine has its own */
struct engine_statement; /* a prepared statement of one */

struct engine_ops {
    /* address: as given to store_open, without the name of the engine. */
    enum err (*open)(const char *address, enum store_mode mode, struct engine **out,
                     struct fault *fault) MUST_USE;
    void (*close)(struct engine *engine); /* all statements must be finished before; takes NULL */

    /* True when the connection is gone: only opening again helps. */
    bool (*is_lost)(const struct engine *engine);

    /* script runs several statements without parameters and rows. */
    enum err (*script)(struct engine *engine, const char *sql, struct fault *fault) MUST_USE;
    /* migrate makes a migration's tables and triggers. */
    enum err (*migrate)(struct engine *engine, const struct migration *row,
                        struct fault *fault) MUST_USE;
    /* claim: what the engine itself does so that there is one writer. ERR_STATE when another is. */
    enum err (*claim)(struct engine *engine, struct fault *fault) MUST_USE;
    /* copy writes the database as it is at one moment into a new file. ERR_UNSUPPORTED where the
     * database is not a file. */
    enum err (*copy)(struct engine *engine, const char *path, struct fault *fault) MUST_USE;
    /* begin starts a transaction, with the write lock unless the engine only reads. */
    enum err (*begin)(struct engine *engine, struct fault *fault) MUST_USE;
    /* commit: on error the transaction is over. *is_undecided tells that writing failed in a way
     * that only opening the database again shows what is kept. */
    enum err (*commit)(struct engine *engine, bool *is_undecided, struct fault *fault) MUST_USE;
    void (*rollback)(struct engine *engine);
    /* False once the database has ended the transaction by itself, as it may after a failed write.
     */
    bool (*is_in_transaction)(const struct engine *engine);

    enum err (*prepare)(struct engine *engine, const struct statement_row *row,
                        struct engine_statement **out, struct fault *fault) MUST_USE;
    void (*finish)(struct engine_statement *statement); /* takes NULL */
    bool (*writes)(const struct engine_statement *statement);
    /* bind sets parameter $number; the bytes must live until reset. */
    enum err (*bind)(struct engine_statement *statement, int number,
                     const struct value *value) MUST_USE;
    enum err (*step)(struct engine_statement *statement, bool *has_row,
                     struct fault *fault) MUST_USE;
    void (*reset)(struct engine_statement *statement);
    int64_t (*num_changed)(const struct engine *engine); /* by the last finished statement */
    int (*num_columns)(const struct engine_statement *statement);
    /* column: bytes borrowed until the next step or reset; ERR_MALFORMED for a type that no column
     * here has (a floating number). */
    enum err (*column)(struct engine_statement *statement, int column, struct value *out) MUST_USE;
};

extern const struct engine_ops engine_sqlite, engine_postgres;
