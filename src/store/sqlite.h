/* What the two files of the engine on SQLite share, and they alone: nobody else knows sqlite3. */
#pragma once

#include <sqlite3.h>

#include "store/engine.h"

struct engine {
    sqlite3 *database;
    bool is_reader;
};

/* sqlite_error translates an answer of SQLite; sqlite_fault also takes its text. */
enum err sqlite_error(int code);
enum err sqlite_fault(const struct engine *engine, int code, const char *rule, struct fault *fault);

/* Statements, for the table of the engine (store/engine.h). */
enum err sqlite_prepare(struct engine *engine, const struct statement_row *row,
                        struct engine_statement **out, struct fault *fault) MUST_USE;
void sqlite_finish(struct engine_statement *statement);
bool sqlite_writes(const struct engine_statement *statement);
enum err sqlite_bind(struct engine_statement *statement, int number,
                     const struct value *value) MUST_USE;
enum err sqlite_step(struct engine_statement *statement, bool *has_row,
                     struct fault *fault) MUST_USE;
void sqlite_reset(struct engine_statement *statement);
int64_t sqlite_num_changed(const struct engine *engine);
int sqlite_num_columns(const struct engine_statement *statement);
enum err sqlite_column(struct engine_statement *statement, int column, struct value *out) MUST_USE;
