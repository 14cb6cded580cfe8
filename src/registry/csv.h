/* Comma-separated values, read strictly (RFC 4180): UTF-8, every record with the same number of
 * fields, quotes only around a whole field and doubled inside. Lines may end with CRLF or LF. A
 * byte order mark at the beginning is passed over. */
#pragma once

#include "base/bytes.h"
#include "base/limits.h"

#define CSV_MAX_FIELDS 64

struct csv {
    struct reader reader;
    size_t line;      /* on which the present record begins, from 1 */
    size_t next_line; /* on which the next one will */
    size_t num_fields;
    const char *fields[CSV_MAX_FIELDS]; /* texts of the present record, until the next csv_next */
    char text[LIMIT_CSV_LINE + CSV_MAX_FIELDS];
    size_t text_len;
};

void csv_init(struct csv *csv, struct bytes file);
/* csv_next reads one record. ERR_MALFORMED, ERR_LIMIT: this record is bad; the next call goes on
 * behind the end of its line, so that every bad line can be reported. */
enum err csv_next(struct csv *csv, bool *has_record, struct fault *fault) MUST_USE;
