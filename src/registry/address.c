#include "registry/address.h"

#include <string.h>

#include "base/text.h"
#include "registry/name.h"
#include "registry/search.h"

/* --- as it is compared --- */

struct word {
    const char *said;
    char plain;
};

static const struct word between[] = {
    {"丁目", '-'}, {"番地", '-'}, {"番", '-'}, {"号", '-'}, {"の", '-'},
};

static const struct word figures[] = {
    {"〇", '0'}, {"一", '1'}, {"二", '2'}, {"三", '3'}, {"四", '4'},
    {"五", '5'}, {"六", '6'}, {"七", '7'}, {"八", '8'}, {"九", '9'},
};

static const struct word *row_at(const struct word *rows, size_t num, const char *text)
{
    for (size_t i = 0; i < num; i++)
        if (strncmp(text, rows[i].said, strlen(rows[i].said)) == 0)
            return &rows[i];
    return NULL;
}

static bool is_figure(char c)
{
    return c >= '0' && c <= '9';
}

#define AT(rows, text) row_at(rows, COUNT_OF(rows), text)

/* Both stand in names of places too: a numeral counts before a number's end, a word behind one. */
static const struct word *row_of_number(const char *text, const char *out, size_t len)
{
    const struct word *row = AT(figures, text);
    if (row) {
        const char *next = text + strlen(row->said);
        bool is_number =
            !*next || *next == '-' || is_figure(*next) || AT(figures, next) || AT(between, next);
        return is_number ? row : NULL;
    }
    bool is_behind = len && (is_figure(out[len - 1]) || out[len - 1] == '-');
    return is_behind ? AT(between, text) : NULL;
}

static void put_hyphens(const char *text, char *out, size_t size)
{
    struct reader reader = reader_of(bytes_of_text(text));
    struct buffer plain CLEANUP_BUFFER;
    buffer_init(&plain, size - 1);
    for (uint32_t c; text_next(&reader, &c);)
        text_put(&plain, text_is_hyphen(c) ? '-' : c);
    if (plain.len)
        memcpy(out, plain.data, plain.len);
    out[plain.len] = '\0';
}

/* Never longer than the text, and never with a hyphen first. */
static void plain_of(const char *text, char out[static ADDRESS_TEXT])
{
    char hyphens[ADDRESS_TEXT], folded[ADDRESS_TEXT];
    size_t len = 0;
    put_hyphens(text, hyphens, sizeof hyphens);
    search_fold(hyphens, folded, sizeof folded);
    for (const char *at = folded; *at;) {
        const struct word *row = row_of_number(at, out, len);
        char c = row ? row->plain : *at;
        if (c != '-' || (len && out[len - 1] != '-'))
            out[len++] = c;
        at += row ? strlen(row->said) : 1;
    }
    while (len && out[len - 1] == '-')
        len--;
    out[len] = '\0';
}

/* --- comparing --- */

/* Numbers alone are those of many places. */
static bool names_a_place(const char *plain)
{
    return plain[0] && !is_figure(plain[0]);
}

bool address_is_told(const char *told, const char *record)
{
    char said[ADDRESS_TEXT], known[ADDRESS_TEXT];
    plain_of(told, said);
    plain_of(record, known);
    size_t said_len = strlen(said), known_len = strlen(known);
    return names_a_place(said) && said_len <= known_len &&
           strcmp(known + known_len - said_len, said) == 0;
}
