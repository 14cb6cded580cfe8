/* Statements of the engine on SQLite: prepared, bound, stepped, read. */
#include "store/sqlite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

struct engine_statement {
    struct engine *engine;
    sqlite3_stmt *sqlite;
    int indices[STATEMENT_PARAMETERS_MAX]; /* of $1, $2 …: SQLite's own numbers for them */
};

/* SQLite numbers $1, $2 by first appearance, not by value: so each is looked up by its name, once.
 * False unless the statement has just these. */
static bool find_parameters(struct engine_statement *statement, int num)
{
    for (int i = 0; i < num; i++) {
        char name[16];
        snprintf(name, sizeof name, "$%d", i + 1);
        statement->indices[i] = sqlite3_bind_parameter_index(statement->sqlite, name);
        if (statement->indices[i] == 0)
            return false;
    }
    return sqlite3_bind_parameter_count(statement->sqlite) == num;
}

void sqlite_finish(struct engine_statement *statement)
{
    if (statement)
        sqlite3_finalize(statement->sqlite);
    free(statement);
}

enum err sqlite_prepare(struct engine *engine, const struct statement_row *row,
                        struct engine_statement **out, struct fault *fault)
{
    struct engine_statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return fault_set(fault, ERR_MEMORY, row->name, "out of memory");
    statement->engine = engine;
    int code = sqlite3_prepare_v3(engine->database, row->sql, -1, SQLITE_PREPARE_PERSISTENT,
                                  &statement->sqlite, NULL);
    enum err err = ERR_NONE;
    if (row->num_parameters > STATEMENT_PARAMETERS_MAX)
        err = fault_set(fault, ERR_USAGE, row->name, "too many parameters");
    else if (code != SQLITE_OK)
        err = sqlite_fault(engine, code, row->name, fault);
    else if (!find_parameters(statement, row->num_parameters))
        err = fault_set(fault, ERR_USAGE, row->name, "has not the parameters $1 to $%d",
                        row->num_parameters);
    if (err != ERR_NONE) {
        sqlite_finish(statement);
        return err;
    }
    *out = statement;
    return ERR_NONE;
}

bool sqlite_writes(const struct engine_statement *statement)
{
    return !sqlite3_stmt_readonly(statement->sqlite);
}

enum err sqlite_bind(struct engine_statement *statement, int number, const struct value *value)
{
    int index = statement->indices[number - 1];
    const void *data = value->bytes.len ? value->bytes.data : (const void *)"";
    sqlite3_uint64 len = value->bytes.len;
    int code = SQLITE_MISUSE;
    if (value->type == VALUE_NULL)
        code = sqlite3_bind_null(statement->sqlite, index);
    else if (value->type == VALUE_INTEGER)
        code = sqlite3_bind_int64(statement->sqlite, index, value->integer);
    else if (value->type == VALUE_BLOB)
        code = sqlite3_bind_blob64(statement->sqlite, index, data, len, SQLITE_STATIC);
    else if (text_is_utf8(value->bytes) && (!len || !memchr(data, 0, len)))
        code = sqlite3_bind_text64(statement->sqlite, index, data, len, SQLITE_STATIC, SQLITE_UTF8);
    else
        return ERR_MALFORMED;
    return code == SQLITE_OK ? ERR_NONE : sqlite_error(code);
}

enum err sqlite_step(struct engine_statement *statement, bool *has_row, struct fault *fault)
{
    int code = sqlite3_step(statement->sqlite);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        return sqlite_fault(statement->engine, code, "step", fault);
    *has_row = code == SQLITE_ROW;
    return ERR_NONE;
}

void sqlite_reset(struct engine_statement *statement)
{
    sqlite3_reset(statement->sqlite);
    sqlite3_clear_bindings(statement->sqlite);
}

int64_t sqlite_num_changed(const struct engine *engine)
{
    return sqlite3_changes64(engine->database);
}

int sqlite_num_columns(const struct engine_statement *statement)
{
    return sqlite3_data_count(statement->sqlite);
}

enum err sqlite_column(struct engine_statement *statement, int column, struct value *out)
{
    sqlite3_stmt *sqlite = statement->sqlite;
    int type = sqlite3_column_type(sqlite, column);
    if (type == SQLITE_NULL)
        *out = value_null();
    else if (type == SQLITE_INTEGER)
        *out = value_integer(sqlite3_column_int64(sqlite, column));
    else if (type == SQLITE_TEXT || type == SQLITE_BLOB)
        *out = (struct value){
            .type = type == SQLITE_TEXT ? VALUE_TEXT : VALUE_BLOB,
            .bytes = bytes_of(sqlite3_column_blob(sqlite, column),
                              (size_t)sqlite3_column_bytes(sqlite, column)),
        };
    else
        return ERR_MALFORMED;
    return ERR_NONE;
}
