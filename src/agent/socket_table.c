#include "agent/socket_table.h"

#include <stdio.h>
#include <string.h>

#define LISTEN_STATE "0A"
#define MAPPED       "0000000000000000FFFF0000"

/* What stands where in a row, counted from its number on. */
enum column {
    COLUMN_NUMBER,
    COLUMN_LOCAL,
    COLUMN_REMOTE,
    COLUMN_STATE,
    COLUMN_UID = 7,
    COLUMN_INODE = 9,
    NUM_COLUMNS
};

static bool line_take(struct reader *table, struct bytes *line)
{
    struct bytes end;
    if (reader_is_done(table))
        return false;
    const uint8_t *newline = memchr(table->at, '\n', table->left);
    return reader_take(table, newline ? (size_t)(newline - table->at) : table->left, line) &&
           (!newline || reader_take(table, 1, &end));
}

static bool word_take(struct reader *line, struct bytes *word)
{
    struct bytes blank;
    while (line->left && *line->at == ' ')
        if (!reader_take(line, 1, &blank))
            return false;
    const uint8_t *end = line->left ? memchr(line->at, ' ', line->left) : NULL;
    return reader_take(line, end ? (size_t)(end - line->at) : line->left, word) && word->len;
}

static bool number_parse(struct bytes word, uint64_t most, uint64_t *out)
{
    uint64_t number = 0;
    for (size_t i = 0; i < word.len; i++) {
        uint8_t digit = (uint8_t)(word.data[i] - '0');
        if (digit > 9 || number > (most - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *out = number;
    return word.len != 0;
}

static bool row_parse(struct bytes line, struct socket_row *out)
{
    struct bytes words[NUM_COLUMNS];
    struct reader reader = reader_of(line);
    uint64_t uid, inode;
    for (size_t i = 0; i < NUM_COLUMNS; i++)
        if (!word_take(&reader, &words[i]))
            return false;
    if (words[COLUMN_NUMBER].data[words[COLUMN_NUMBER].len - 1] != ':' ||
        !number_parse(words[COLUMN_UID], UINT32_MAX, &uid) ||
        !number_parse(words[COLUMN_INODE], UINT64_MAX, &inode))
        return false;
    *out = (struct socket_row){words[COLUMN_LOCAL], words[COLUMN_REMOTE],
                               bytes_equal_text(words[COLUMN_STATE], LISTEN_STATE), (uint32_t)uid,
                               inode};
    return true;
}

bool socket_row_next(struct reader *table, struct socket_row *out)
{
    struct bytes line;
    while (line_take(table, &line))
        if (row_parse(line, out))
            return true;
    return false;
}

bool socket_end_is(struct bytes end, uint32_t address, uint16_t port)
{
    char plain[16], mapped[sizeof MAPPED + sizeof plain];
    snprintf(plain, sizeof plain, "%08X:%04X", address, port);
    snprintf(mapped, sizeof mapped, MAPPED "%s", plain);
    return bytes_equal_text(end, plain) || bytes_equal_text(end, mapped);
}

bool socket_end_has_port(struct bytes end, uint16_t port)
{
    char text[8];
    size_t len = (size_t)snprintf(text, sizeof text, ":%04X", port);
    return end.len > len && memcmp(end.data + end.len - len, text, len) == 0;
}
