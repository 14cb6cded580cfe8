/* The journal as JSON: exactly the columns, so that the reader recomputes everything itself. */
#include "centre/journal_read.h"

#include "base/encoding.h"
#include "centre/journal.h"
#include "store/rows.h"

#define READ_ENTRIES 200
#define READ_BYTES   (400 * 1024) /* of data; hexadecimal doubles it */

static json_t *hex_or_null(struct rows *rows, int column)
{
    if (row_is_null(rows, column))
        return json_null();
    struct buffer text CLEANUP_BUFFER;
    struct bytes blob = row_blob(rows, column);
    buffer_init(&text, 2 * blob.len);
    hex_encode(blob, &text);
    return json_stringn(text.len ? (const char *)text.data : "", text.len);
}

static json_t *text_or_null(struct rows *rows, int column)
{
    if (row_is_null(rows, column))
        return json_null();
    struct bytes text = row_text(rows, column);
    return json_stringn((const char *)text.data, text.len);
}

static json_t *entry_json(struct rows *rows)
{
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:o, s:o}", "number",
                     (json_int_t)row_integer(rows, 0), "previous", hex_or_null(rows, 1),
                     "commitment", hex_or_null(rows, 2), "kind", text_or_null(rows, 3), "actor",
                     text_or_null(rows, 4), "role", text_or_null(rows, 5), "second",
                     text_or_null(rows, 6), "time", (json_int_t)row_integer(rows, 7), "head",
                     hex_or_null(rows, 8), "salt", hex_or_null(rows, 9), "data",
                     hex_or_null(rows, 10), "erased", text_or_null(rows, 12));
}

static bool read_entries(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    size_t size = 0;
    store_query(call->centre->store, STATEMENT_JOURNAL_READ,
                VALUES(value_integer(call->fields.from), value_integer(READ_ENTRIES)), &rows,
                &call->fault);
    while (size < READ_BYTES && rows_next(&rows)) {
        size += 512 + (row_is_null(&rows, 10) ? 0 : row_blob(&rows, 10).len);
        json_array_append_new(list, entry_json(&rows));
    }
    act_answer(call, "entries", list);
    return act_ok(call, rows_end(&rows));
}

static bool read_checkpoints(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    store_query(call->centre->store, STATEMENT_CHECKPOINT_READ, NO_VALUES, &rows, &call->fault);
    while (rows_next(&rows))
        json_array_append_new(
            list, json_pack("{s:I, s:o, s:I, s:o}", "number", (json_int_t)row_integer(&rows, 0),
                            "head", hex_or_null(&rows, 1), "time",
                            (json_int_t)row_integer(&rows, 2), "signature", hex_or_null(&rows, 3)));
    act_answer(call, "checkpoints", list);
    return act_ok(call, rows_end(&rows));
}

bool journal_read(struct act_call *call)
{
    int64_t number;
    uint8_t head[CHAIN_LEN], point[SIGNER_POINT_LEN];
    if (!act_ok(call, journal_head(call->centre->store, &number, head, &call->fault)) ||
        !act_ok(call, signer_client_journal_key(call->centre->signer, point)))
        return false;
    act_answer(call, "last", json_integer(number));
    act_answer_bytes(call, "key", bytes_of(point, sizeof point));
    return read_entries(call) && (call->fields.from > 1 || read_checkpoints(call));
}
