/* Statements that change something or answer one number, and the start and end of every statement.
 * Queries with rows are in rows.c. */
#include "store/rows.h"
#include "store/store_private.h"

#include <string.h>

struct value value_null(void)
{
    return (struct value){.type = VALUE_NULL};
}

struct value value_integer(int64_t integer)
{
    return (struct value){.type = VALUE_INTEGER, .integer = integer};
}

struct value value_text(const char *text)
{
    return text ? value_text_bytes(bytes_of_text(text)) : value_null();
}

struct value value_text_bytes(struct bytes text)
{
    return (struct value){.type = VALUE_TEXT, .bytes = text};
}

struct value value_blob(struct bytes blob)
{
    return (struct value){.type = VALUE_BLOB, .bytes = blob};
}

enum err statement_failed(struct store *store, enum err err)
{
    if (err != ERR_NONE && store->is_in_transaction)
        store->is_spoiled = true;
    return err;
}

/* Is this connection in a state in which this statement may run? */
static enum err check_state(const struct store *store, enum statement statement,
                            struct fault *fault)
{
    const char *name = statement_row(statement)->name;
    if (store_is_lost(store))
        return store_refuse_lost(name, fault);
    if (store->is_busy[statement])
        return fault_set(fault, ERR_STATE, name, "its rows are still being read");
    if (store->is_in_transaction &&
        (store->is_spoiled || !store->ops->is_in_transaction(store->engine)))
        return fault_set(fault, ERR_STATE, name, "a statement of this transaction has failed");
    if (!store->is_in_transaction && store->ops->writes(store->prepared[statement]))
        return fault_set(fault, ERR_STATE, name, "it writes, and no transaction is open");
    return ERR_NONE;
}

static enum err bind_all(struct store *store, enum statement statement, const struct value *values,
                         size_t num_values, struct fault *fault)
{
    const struct statement_row *row = statement_row(statement);
    if (num_values != (size_t)row->num_parameters)
        return fault_set(fault, ERR_USAGE, row->name, "%zu values for %d parameters", num_values,
                         row->num_parameters);
    for (size_t i = 0; i < num_values; i++) {
        enum err err = store->ops->bind(store->prepared[statement], (int)i + 1, &values[i]);
        if (err != ERR_NONE)
            return fault_set(fault, err, row->name, "value %zu cannot be bound", i + 1);
    }
    return ERR_NONE;
}

enum err statement_start(struct store *store, enum statement statement, const struct value *values,
                         size_t num_values, struct fault *fault)
{
    const struct statement_row *row = statement_row(statement);
    if (!row)
        return fault_set(fault, ERR_USAGE, "statement", "there is no such statement");
    enum err err = ERR_NONE;
    if (!store->prepared[statement])
        err = store->ops->prepare(store->engine, row, &store->prepared[statement], fault);
    if (err == ERR_NONE)
        err = check_state(store, statement, fault);
    if (err != ERR_NONE)
        return statement_failed(store, err);
    store->is_busy[statement] = true;
    err = bind_all(store, statement, values, num_values, fault);
    if (err != ERR_NONE)
        statement_stop(store, statement);
    return statement_failed(store, err);
}

void statement_stop(struct store *store, enum statement statement)
{
    store->ops->reset(store->prepared[statement]);
    store->is_busy[statement] = false;
}

enum err store_run_counted(struct store *store, enum statement statement,
                           const struct value *values, size_t num_values, int64_t *num_rows,
                           struct fault *fault)
{
    enum err err = statement_start(store, statement, values, num_values, fault);
    if (err != ERR_NONE)
        return err;
    bool has_row = false;
    err = store->ops->step(store->prepared[statement], &has_row, fault);
    int64_t num_changed = store->ops->num_changed(store->engine);
    statement_stop(store, statement);
    if (err == ERR_NONE && has_row)
        err = fault_set(fault, ERR_USAGE, statement_row(statement)->name, "answers rows");
    if (err == ERR_NONE)
        *num_rows = num_changed;
    return statement_failed(store, err);
}

enum err store_run(struct store *store, enum statement statement, const struct value *values,
                   size_t num_values, struct fault *fault)
{
    int64_t num_rows;
    return store_run_counted(store, statement, values, num_values, &num_rows, fault);
}

enum err store_run_one(struct store *store, enum statement statement, const struct value *values,
                       size_t num_values, struct fault *fault)
{
    int64_t num_rows;
    enum err err = store_run_counted(store, statement, values, num_values, &num_rows, fault);
    if (err != ERR_NONE || num_rows == 1)
        return err;
    const char *name = statement_row(statement)->name;
    err = num_rows ? ERR_STATE : ERR_NOT_FOUND;
    return statement_failed(
        store, fault_set(fault, err, name, "changed %lld rows, not one", (long long)num_rows));
}

enum err store_ask_integer(struct store *store, enum statement statement,
                           const struct value *values, size_t num_values, int64_t *out,
                           struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, statement, values, num_values, &rows, fault);
    int64_t integer = rows_next(&rows) ? row_integer(&rows, 0) : 0;
    if (rows.num_read == 1 && rows_next(&rows))
        return row_refuse(&rows, "rows", "more than one answers");
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = integer;
    return err;
}
