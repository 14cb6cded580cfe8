/* The cursor over a query's rows, and the checked access to their columns. */
#include "store/rows.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "store/store_private.h"

void store_query(struct store *store, enum statement statement, const struct value *values,
                 size_t num_values, struct rows *rows, struct fault *fault)
{
    *rows = (struct rows){.name = statement, .fault = fault};
    rows->failed = statement_start(store, statement, values, num_values, fault);
    if (rows->failed != ERR_NONE)
        return;
    rows->store = store;
    rows->statement = store->prepared[statement];
}

bool rows_next(struct rows *rows)
{
    if (!rows->statement || rows->failed != ERR_NONE)
        return false;
    bool has_row = false;
    enum err err = rows->store->ops->step(rows->statement, &has_row, rows->fault);
    rows->failed = statement_failed(rows->store, err);
    if (err == ERR_NONE && has_row) {
        rows->num_read++;
        return true;
    }
    rows_done(rows);
    return false;
}

enum err rows_end(const struct rows *rows)
{
    return rows->failed;
}

enum err rows_end_one(struct rows *rows)
{
    if (rows->failed == ERR_NONE && rows->num_read == 0)
        rows->failed = fault_set(rows->fault, ERR_NOT_FOUND, statement_row(rows->name)->name,
                                 "no row answers");
    return rows->failed;
}

/* Keeps num_read and failed: both may be asked afterwards. */
void rows_done(struct rows *rows)
{
    if (rows->statement)
        statement_stop(rows->store, rows->name);
    rows->statement = NULL;
}

enum err row_refuse(struct rows *rows, const char *rule, const char *text)
{
    if (rows->failed == ERR_NONE)
        rows->failed = fault_set(rows->fault, ERR_MALFORMED, rule, "%s: %s",
                                 statement_row(rows->name)->name, text);
    return rows->failed;
}

static void refuse_column(struct rows *rows, int column, const char *text)
{
    char rule[32];
    snprintf(rule, sizeof rule, "column %d", column);
    (void)!row_refuse(rows, rule, text);
}

/* The column's value; null, with the rows marked as failed, if there is none to trust. */
static struct value row_value(struct rows *rows, int column)
{
    struct value value = value_null();
    if (rows->failed != ERR_NONE || !rows->statement)
        return value;
    if (column < 0 || column >= rows->store->ops->num_columns(rows->statement))
        refuse_column(rows, column, "there is no such column");
    else if (rows->store->ops->column(rows->statement, column, &value) != ERR_NONE)
        refuse_column(rows, column, "of an unknown type");
    return value;
}

static struct value row_typed(struct rows *rows, int column, enum value_type type)
{
    static const char *const wanted[] = {"not null", "not an integer", "not a text", "not a blob"};
    struct value value = row_value(rows, column);
    if (rows->failed == ERR_NONE && value.type != type)
        refuse_column(rows, column, wanted[type]);
    return rows->failed == ERR_NONE ? value : value_null();
}

bool row_is_null(struct rows *rows, int column)
{
    return row_value(rows, column).type == VALUE_NULL;
}

int64_t row_integer(struct rows *rows, int column)
{
    return row_typed(rows, column, VALUE_INTEGER).integer;
}

int64_t row_integer_within(struct rows *rows, int column, int64_t least, int64_t most)
{
    int64_t integer = row_integer(rows, column);
    if (rows->failed == ERR_NONE && (integer < least || integer > most))
        refuse_column(rows, column, "out of range");
    return rows->failed == ERR_NONE ? integer : least;
}

bool row_bool(struct rows *rows, int column)
{
    return row_integer_within(rows, column, 0, 1) == 1;
}

struct bytes row_text(struct rows *rows, int column)
{
    struct bytes text = row_typed(rows, column, VALUE_TEXT).bytes;
    if (!text_is_utf8(text) || (text.len && memchr(text.data, 0, text.len)))
        refuse_column(rows, column, "not UTF-8 without zeros");
    return rows->failed == ERR_NONE ? text : bytes_of(NULL, 0);
}

struct bytes row_blob(struct rows *rows, int column)
{
    return row_typed(rows, column, VALUE_BLOB).bytes;
}

void row_copy_text(struct rows *rows, int column, char *out, size_t size)
{
    struct bytes text = row_is_null(rows, column) ? bytes_of(NULL, 0) : row_text(rows, column);
    if (text.len >= size) {
        refuse_column(rows, column, "too long");
        text.len = 0;
    }
    if (text.len)
        memcpy(out, text.data, text.len);
    out[text.len] = '\0';
}

void row_copy_blob(struct rows *rows, int column, uint8_t *out, size_t len)
{
    struct bytes blob = row_blob(rows, column);
    if (rows->failed == ERR_NONE && blob.len != len)
        refuse_column(rows, column, "of another length");
    if (rows->failed == ERR_NONE && len)
        memcpy(out, blob.data, len);
}
