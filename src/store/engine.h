/* What the store needs of a database, and no more; sqlite.c provides it. Private to this room. */
#pragma once

#include "store/store.h"

struct engine;
struct engine_statement;

enum err engine_open(const char *path, enum store_mode mode, struct engine **out,
                     struct fault *fault) MUST_USE;
void engine_close(struct engine *engine); /* all statements must be finished before */

/* engine_script runs several statements without parameters and rows. */
enum err engine_script(struct engine *engine, const char *sql, struct fault *fault) MUST_USE;
/* engine_begin starts a transaction, with the write lock unless the engine only reads. */
enum err engine_begin(struct engine *engine, struct fault *fault) MUST_USE;
/* engine_commit: on error the transaction is over. *is_undecided tells that writing failed in a way
 * that only opening the database again shows what is kept. */
enum err engine_commit(struct engine *engine, bool *is_undecided, struct fault *fault) MUST_USE;
void engine_rollback(struct engine *engine);
/* False once the database has ended the transaction by itself, as it may after a failed write. */
bool engine_is_in_transaction(const struct engine *engine);

enum err engine_prepare(struct engine *engine, const struct statement_row *row,
                        struct engine_statement **out, struct fault *fault) MUST_USE;
void engine_finish(struct engine_statement *statement);
bool engine_writes(const struct engine_statement *statement);
/* engine_bind sets parameter $number; the bytes must live until engine_reset. */
enum err engine_bind(struct engine_statement *statement, int number,
                     const struct value *value) MUST_USE;
enum err engine_step(struct engine_statement *statement, bool *has_row,
                     struct fault *fault) MUST_USE;
void engine_reset(struct engine_statement *statement);
int64_t engine_num_changed(const struct engine *engine); /* by the last finished statement */
int engine_num_columns(const struct engine_statement *statement);
/* engine_column: bytes borrowed until the next step or reset; ERR_MALFORMED for a type that no
 * column here has (a floating number). */
enum err engine_column(struct engine_statement *statement, int column, struct value *out) MUST_USE;
