/* The reader of comma-separated values. */
#include "registry/csv.h"

#include <string.h>

#include "base/text.h"

void csv_init(struct csv *csv, struct bytes file)
{
    static const uint8_t mark[] = {0xEF, 0xBB, 0xBF};
    *csv = (struct csv){.reader = reader_of(file), .line = 1, .next_line = 1};
    struct bytes taken;
    if (file.len >= sizeof mark && memcmp(file.data, mark, sizeof mark) == 0 &&
        !reader_take(&csv->reader, sizeof mark, &taken))
        csv->reader.left = 0;
}

static bool looks_at(const struct csv *csv, char c)
{
    return csv->reader.left && csv->reader.at[0] == (uint8_t)c;
}

static char take(struct csv *csv)
{
    uint8_t octet = 0;
    if (!reader_u8(&csv->reader, &octet))
        return 0;
    csv->next_line += octet == '\n';
    return (char)octet;
}

/* At the end of a record: its newline is taken. */
static bool take_end_of_record(struct csv *csv)
{
    if (csv->reader.left == 0)
        return true;
    if (looks_at(csv, '\r') && csv->reader.left > 1 && csv->reader.at[1] == '\n')
        take(csv);
    if (!looks_at(csv, '\n'))
        return false;
    take(csv);
    return true;
}

static const char *keep(struct csv *csv, char c)
{
    if (csv->text_len >= LIMIT_CSV_LINE)
        return "the record is too long";
    if (c == '\0' || (c > 0 && c < 0x20))
        return "a control character stands in a field";
    csv->text[csv->text_len++] = c;
    return NULL;
}

static const char *take_quoted(struct csv *csv)
{
    take(csv);
    for (;;) {
        if (csv->reader.left == 0)
            return "a quote is not closed";
        if (looks_at(csv, '\n'))
            return "a line ends inside quotes";
        char c = take(csv);
        if (c == '"' && !looks_at(csv, '"'))
            return NULL;
        if (c == '"')
            take(csv);
        const char *wrong = keep(csv, c);
        if (wrong)
            return wrong;
    }
}

static const char *take_plain(struct csv *csv)
{
    while (csv->reader.left && !looks_at(csv, ',') && !looks_at(csv, '\n') &&
           !looks_at(csv, '\r')) {
        if (looks_at(csv, '"'))
            return "a quote stands inside a field";
        const char *wrong = keep(csv, take(csv));
        if (wrong)
            return wrong;
    }
    return NULL;
}

static const char *take_field(struct csv *csv)
{
    if (csv->num_fields == CSV_MAX_FIELDS)
        return "too many fields";
    size_t start = csv->text_len;
    const char *wrong = looks_at(csv, '"') ? take_quoted(csv) : take_plain(csv);
    if (wrong)
        return wrong;
    if (!text_is_utf8(bytes_of(csv->text + start, csv->text_len - start)))
        return "a field is not UTF-8";
    if (text_has_hidden(bytes_of(csv->text + start, csv->text_len - start)))
        return "a hidden or control character stands in a field";
    csv->text[csv->text_len++] = '\0';
    csv->fields[csv->num_fields++] = csv->text + start;
    return NULL;
}

static const char *take_record(struct csv *csv)
{
    for (;;) {
        const char *wrong = take_field(csv);
        if (wrong)
            return wrong;
        if (take_end_of_record(csv))
            return NULL;
        if (!looks_at(csv, ','))
            return "a comma is missing behind a field";
        take(csv);
    }
}

enum err csv_next(struct csv *csv, bool *has_record, struct fault *fault)
{
    csv->line = csv->next_line;
    csv->num_fields = 0;
    csv->text_len = 0;
    if (csv->reader.left == 0) {
        *has_record = false;
        return ERR_NONE;
    }
    const char *wrong = take_record(csv);
    if (!wrong) {
        *has_record = true;
        return ERR_NONE;
    }
    while (csv->reader.left && take(csv) != '\n')
        continue;
    return fault_set(fault, ERR_MALFORMED, "csv", "line %zu: %s", csv->line, wrong);
}
