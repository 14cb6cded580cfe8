/* Statements of the engine on PostgreSQL: prepared by name, with binary parameters and columns. The
 * answer of a query is held whole until it is reset, so that others may run in between. */
#include "store/postgres.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define BINARY 1

/* Of pg_type, which never change. */
enum { TYPE_BLOB = 17, TYPE_INTEGER = 20, TYPE_TEXT = 25 };

struct engine_statement {
    struct engine *engine;
    const struct statement_row *row;
    Oid types[STATEMENT_PARAMETERS_MAX];
    const char *values[STATEMENT_PARAMETERS_MAX];
    int lens[STATEMENT_PARAMETERS_MAX];
    uint8_t integers[STATEMENT_PARAMETERS_MAX][8];
    PGresult *result; /* NULL: not run since the last reset */
    int at;           /* row of the result */
};

void postgres_reset(struct engine_statement *statement)
{
    PQclear(statement->result);
    statement->result = NULL;
    memset(statement->values, 0, sizeof statement->values);
}

void postgres_finish(struct engine_statement *statement)
{
    if (statement)
        postgres_reset(statement);
    free(statement);
}

static bool is_type_of_ours(Oid type)
{
    return type == TYPE_INTEGER || type == TYPE_TEXT || type == TYPE_BLOB;
}

/* Parameters and columns have the three types that both engines have. */
static enum err check_types(struct engine_statement *statement, const PGresult *found,
                            struct fault *fault)
{
    const struct statement_row *row = statement->row;
    if (PQnparams(found) != row->num_parameters || row->num_parameters > STATEMENT_PARAMETERS_MAX)
        return fault_set(fault, ERR_USAGE, row->name, "has not the parameters $1 to $%d",
                         row->num_parameters);
    for (int i = 0; i < row->num_parameters; i++) {
        statement->types[i] = PQparamtype(found, i);
        if (!is_type_of_ours(statement->types[i]))
            return fault_set(fault, ERR_USAGE, row->name, "$%d has another type", i + 1);
    }
    for (int i = 0; i < PQnfields(found); i++)
        if (!is_type_of_ours(PQftype(found, i)))
            return fault_set(fault, ERR_USAGE, row->name, "column %d has another type", i);
    return ERR_NONE;
}

static enum err statement_describe(struct engine_statement *statement, struct fault *fault)
{
    struct engine *engine = statement->engine;
    const struct statement_row *row = statement->row;
    PGresult *made CLEANUP_RESULT = PQprepare(engine->connection, row->name, row->sql, 0, NULL);
    if (!postgres_is_done(made))
        return postgres_fault(engine, made, row->name, fault);
    PGresult *found CLEANUP_RESULT = PQdescribePrepared(engine->connection, row->name);
    return postgres_is_done(found) ? check_types(statement, found, fault)
                                   : postgres_fault(engine, found, row->name, fault);
}

enum err postgres_prepare(struct engine *engine, const struct statement_row *row,
                          struct engine_statement **out, struct fault *fault)
{
    struct engine_statement *statement = calloc(1, sizeof *statement);
    if (!statement)
        return fault_set(fault, ERR_MEMORY, row->name, "out of memory");
    statement->engine = engine;
    statement->row = row;
    enum err err = statement_describe(statement, fault);
    if (err != ERR_NONE) {
        postgres_finish(statement);
        return err;
    }
    *out = statement;
    return ERR_NONE;
}

bool postgres_writes(const struct engine_statement *statement)
{
    return strncmp(statement->row->sql, "SELECT ", strlen("SELECT ")) != 0;
}

static void bind_integer(struct engine_statement *statement, int i, int64_t integer)
{
    for (int byte = 0; byte < 8; byte++)
        statement->integers[i][byte] = (uint8_t)((uint64_t)integer >> (56 - 8 * byte));
    statement->values[i] = (const char *)statement->integers[i];
    statement->lens[i] = sizeof statement->integers[i];
}

/* Whether a text is UTF-8 without zeros is for the server to say: it refuses any other. */
enum err postgres_bind(struct engine_statement *statement, int number, const struct value *value)
{
    static const Oid types[] = {
        [VALUE_INTEGER] = TYPE_INTEGER, [VALUE_TEXT] = TYPE_TEXT, [VALUE_BLOB] = TYPE_BLOB};
    int i = number - 1;
    struct bytes bytes = value->bytes;
    if (value->type == VALUE_NULL)
        return ERR_NONE;
    if (types[value->type] != statement->types[i])
        return ERR_MALFORMED;
    if (value->type == VALUE_INTEGER) {
        bind_integer(statement, i, value->integer);
        return ERR_NONE;
    }
    if (bytes.len > LIMIT_STORE_VALUE)
        return ERR_LIMIT;
    statement->values[i] = bytes.len ? (const char *)bytes.data : "";
    statement->lens[i] = (int)bytes.len;
    return ERR_NONE;
}

static enum err statement_run(struct engine_statement *statement, struct fault *fault)
{
    static const int formats[STATEMENT_PARAMETERS_MAX] = {[0 ... STATEMENT_PARAMETERS_MAX - 1] =
                                                              BINARY};
    struct engine *engine = statement->engine;
    const struct statement_row *row = statement->row;
    PGresult *result = PQexecPrepared(engine->connection, row->name, row->num_parameters,
                                      statement->values, statement->lens, formats, BINARY);
    statement->result = result;
    statement->at = 0;
    if (!postgres_is_done(result))
        return postgres_fault(engine, result, "step", fault);
    engine->num_changed = atoll(PQcmdTuples(result));
    return ERR_NONE;
}

enum err postgres_step(struct engine_statement *statement, bool *has_row, struct fault *fault)
{
    if (!statement->result) {
        enum err err = statement_run(statement, fault);
        if (err != ERR_NONE)
            return err;
    } else {
        statement->at++;
    }
    *has_row = statement->at < PQntuples(statement->result);
    return ERR_NONE;
}

int64_t postgres_num_changed(const struct engine *engine)
{
    return engine->num_changed;
}

int postgres_num_columns(const struct engine_statement *statement)
{
    const PGresult *result = statement->result;
    return statement->at < PQntuples(result) ? PQnfields(result) : 0;
}

enum err postgres_column(struct engine_statement *statement, int column, struct value *out)
{
    const PGresult *result = statement->result;
    struct bytes bytes = bytes_of(PQgetvalue(result, statement->at, column),
                                  (size_t)PQgetlength(result, statement->at, column));
    Oid type = PQftype(result, column);
    struct reader reader = reader_of(bytes);
    uint64_t integer;
    if (PQgetisnull(result, statement->at, column))
        *out = value_null();
    else if (type == TYPE_INTEGER && reader_u64(&reader, &integer))
        *out = value_integer((int64_t)integer);
    else if (type == TYPE_TEXT || type == TYPE_BLOB)
        *out = (struct value){.type = type == TYPE_TEXT ? VALUE_TEXT : VALUE_BLOB, .bytes = bytes};
    else
        return ERR_MALFORMED;
    return ERR_NONE;
}
