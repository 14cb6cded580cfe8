/* The journal as JSON: exactly the columns, so that the reader recomputes everything itself. */
#include "centre/journal_read.h"

#include "base/encoding.h"
#include "centre/journal.h"
#include "store/rows.h"

/* One page stays below LIMIT_FRAME: of data, which hexadecimal doubles, and some 700 bytes for each
 * entry and checkpoint. */
#define READ_ENTRIES     200
#define READ_CHECKPOINTS 400
#define READ_BYTES       (256 * 1024)

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
    return json_stringn(text.len ? (const char *)text.data : "", text.len);
}

/* The data from `after` on, cut where the page is full. */
static json_t *data_or_null(struct rows *rows, int64_t after, size_t *size)
{
    if (row_is_null(rows, 10))
        return json_null();
    struct buffer text CLEANUP_BUFFER;
    struct bytes data = row_blob(rows, 10);
    size_t start = (uint64_t)after < data.len ? (size_t)after : data.len;
    size_t len = data.len - start < READ_BYTES ? data.len - start : READ_BYTES;
    *size += len;
    buffer_init(&text, 2 * READ_BYTES);
    hex_encode(bytes_of(data.data + start, len), &text);
    return json_stringn(text.len ? (const char *)text.data : "", text.len);
}

static json_t *day_or_null(struct rows *rows, int column)
{
    char text[DATE_TEXT];
    if (row_is_null(rows, column))
        return json_null();
    return json_string(date_print(date_of_days((int32_t)row_integer(rows, column)), text));
}

static json_t *entry_json(struct rows *rows, int64_t after, size_t *size)
{
    size_t len = row_is_null(rows, 10) ? 0 : row_blob(rows, 10).len;
    return json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:o, s:o, s:I, s:o, s:o, s:o}",
                     "number", (json_int_t)row_integer(rows, 0), "previous", hex_or_null(rows, 1),
                     "commitment", hex_or_null(rows, 2), "kind", text_or_null(rows, 3), "actor",
                     text_or_null(rows, 4), "role", text_or_null(rows, 5), "second",
                     text_or_null(rows, 6), "time", (json_int_t)row_integer(rows, 7), "head",
                     hex_or_null(rows, 8), "salt", hex_or_null(rows, 9), "length", (json_int_t)len,
                     "data", data_or_null(rows, after, size), "erased_on", day_or_null(rows, 11),
                     "erased", text_or_null(rows, 12));
}

/* Entries that fit; the first one always, and it alone may be cut. *last is the last one's number,
 * *is_end that nothing comes behind. */
static bool read_entries(struct act_call *call, int64_t *last, bool *is_end)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    size_t size = 0;
    int64_t after = act_has(call, FIELD_AFTER) ? call->fields.after : 0;
    int page = act_page_size(call, READ_ENTRIES);
    *is_end = true;
    store_query(call->centre->store, STATEMENT_JOURNAL_READ,
                VALUES(value_integer(call->fields.from), value_integer(page + 1)), &rows,
                &call->fault);
    for (int i = 0; rows_next(&rows); i++) {
        size_t len = row_is_null(&rows, 10) ? 0 : row_blob(&rows, 10).len;
        *is_end = i == 0 || (i < page && size + len <= READ_BYTES);
        if (!*is_end)
            break;
        *last = row_integer(&rows, 0);
        if (json_array_append_new(list, entry_json(&rows, i == 0 ? after : 0, &size)) != 0)
            act_fail(call, ERR_MEMORY);
    }
    act_answer(call, "entries", list);
    act_answer(call, "more", json_boolean(!*is_end));
    return call->outcome == ACT_DONE && act_ok(call, rows_end(&rows));
}

/* Those of the entries read; on the last page also what names a later entry, if anything does. */
static bool read_checkpoints(struct act_call *call, int64_t last)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    store_query(call->centre->store, STATEMENT_CHECKPOINT_READ,
                VALUES(value_integer(call->fields.from), value_integer(last),
                       value_integer(READ_CHECKPOINTS)),
                &rows, &call->fault);
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
    int64_t number, last = call->fields.from - 1;
    bool is_end;
    uint8_t head[CHAIN_LEN], point[SIGNER_POINT_LEN];
    if (!act_ok(call, journal_head(call->centre->store, &number, head, &call->fault)) ||
        !act_ok(call, signer_client_journal_key(call->centre->signer, point)))
        return false;
    act_answer(call, "last", json_integer(number));
    act_answer_bytes(call, "key", bytes_of(point, sizeof point));
    return read_entries(call, &last, &is_end) && read_checkpoints(call, is_end ? INT64_MAX : last);
}
