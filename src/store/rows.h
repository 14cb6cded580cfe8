/* Rows: the answer of a query, one row at a time. Rows are distrusted: a column of another type, a
 * number out of range, a text that is too long or not UTF-8 marks the rows as failed, and the
 * getter answers 0 or nothing. So a reader fetches all columns and checks once, with rows_end.
 *
 *     struct rows rows CLEANUP_ROWS = {0};
 *     store_query(store, STATEMENT_X, VALUES(value_integer(7)), &rows, fault);
 *     while (rows_next(&rows))
 *         number = row_integer(&rows, 0);
 *     return rows_end(&rows);
 *
 * A query that could not start gives no row, and its error in rows_end. */
#pragma once

#include "store/store.h"

struct engine_statement;

struct rows {
    struct store *store;
    struct engine_statement *statement;
    enum statement name;
    struct fault *fault;
    int64_t num_read;
    enum err failed;
};

/* store_query starts a query. A statement's rows must be done before the same statement runs again
 * on this connection (ERR_STATE). fault is kept until rows_done. */
void store_query(struct store *store, enum statement statement, const struct value *values,
                 size_t num_values, struct rows *rows, struct fault *fault);
bool rows_next(struct rows *rows) MUST_USE;          /* false at the end, and after a failure */
enum err rows_end(const struct rows *rows) MUST_USE; /* what failed, if anything */
/* rows_end_one is rows_end for queries that should have found one: ERR_NOT_FOUND if no row came. */
enum err rows_end_one(struct rows *rows) MUST_USE;
void rows_done(struct rows *rows);
#define CLEANUP_ROWS CLEANUP(rows_done)

/* Columns of the present row, from 0. Borrowed bytes live until the next rows_next. */
bool row_is_null(struct rows *rows, int column);
int64_t row_integer(struct rows *rows, int column);
int64_t row_integer_within(struct rows *rows, int column, int64_t least, int64_t most);
bool row_bool(struct rows *rows, int column); /* 0 or 1 */
struct bytes row_text(struct rows *rows, int column);
struct bytes row_blob(struct rows *rows, int column);
/* row_copy_text puts the text and a zero into out[size]; a null column gives the empty text. */
void row_copy_text(struct rows *rows, int column, char *out, size_t size);
/* row_copy_blob wants exactly len bytes. */
void row_copy_blob(struct rows *rows, int column, uint8_t *out, size_t len);
/* row_refuse lets a decoder say that a row makes no sense; returns the error. */
enum err row_refuse(struct rows *rows, const char *rule, const char *text);
