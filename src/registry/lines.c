/* See lines.h. */
#include "registry/lines.h"

#include <string.h>

struct lines lines_of(struct bytes file)
{
    return (struct lines){.reader = reader_of(file)};
}

static struct bytes take_line(struct reader *reader)
{
    const uint8_t *end = memchr(reader->at, '\n', reader->left);
    size_t len = end ? (size_t)(end - reader->at) : reader->left;
    struct bytes line = {0}, newline;
    bool taken = reader_take(reader, len, &line) && (!end || reader_take(reader, 1, &newline));
    return taken ? line : (struct bytes){0};
}

bool lines_next(struct lines *lines, struct bytes *line)
{
    while (!reader_is_done(&lines->reader)) {
        struct bytes taken = take_line(&lines->reader);
        lines->number++;
        if (taken.len == 0 || taken.data[0] == '#')
            continue;
        *line = taken;
        return true;
    }
    return false;
}

enum err lines_refuse(const struct lines *lines, struct fault *fault, enum err err,
                      const char *rule)
{
    return fault_set(fault, err, rule, "line %zu", lines->number);
}

bool line_word(struct reader *line, struct bytes *word)
{
    struct bytes blank;
    while (line->left && line->at[0] == ' ')
        if (!reader_take(line, 1, &blank))
            return false;
    size_t len = 0;
    while (len < line->left && line->at[len] != ' ')
        len++;
    return len && reader_take(line, len, word);
}
