/* The file of municipalities. */
#include "registry/municipalities.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "registry/lines.h"

#define NUM_CODES 100000 /* of five digits */

static bool is_code(struct bytes word)
{
    bool is = word.len == 5;
    for (size_t i = 0; is && i < word.len; i++)
        is = word.data[i] >= '0' && word.data[i] <= '9';
    return is;
}

/* Romaji as it goes into a DirectoryString: letters, hyphen, apostrophe. */
static bool is_romaji(struct bytes word)
{
    for (size_t i = 0; i < word.len; i++)
        if (!memchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-'", word.data[i], 54))
            return false;
    return true;
}

static bool copy_word(struct bytes word, char *out, size_t size)
{
    if (word.len >= size || !text_is_utf8(word))
        return false;
    memcpy(out, word.data, word.len);
    out[word.len] = '\0';
    return true;
}

static bool parse_row(struct bytes line, struct municipality *out)
{
    struct reader reader = reader_of(line);
    struct bytes words[5], more;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (!line_word(&reader, &words[i]))
            return false;
    return !line_word(&reader, &more) && is_code(words[0]) && is_romaji(words[1]) &&
           is_romaji(words[2]) && copy_word(words[0], out->code, sizeof out->code) &&
           copy_word(words[1], out->prefecture, sizeof out->prefecture) &&
           copy_word(words[2], out->name, sizeof out->name) &&
           copy_word(words[3], out->prefecture_ja, sizeof out->prefecture_ja) &&
           copy_word(words[4], out->name_ja, sizeof out->name_ja);
}

/* Prefecture and name are the distribution point in certificates: two towns with one of it would
 * have one list. */
static bool has_name(const struct municipalities *municipalities, const struct municipality *row)
{
    for (size_t i = 0; i < municipalities->num; i++)
        if (strcmp(municipalities->rows[i].name, row->name) == 0 &&
            strcmp(municipalities->rows[i].prefecture, row->prefecture) == 0)
            return true;
    return false;
}

static enum err load_rows(struct bytes file, struct municipalities *out, struct fault *fault)
{
    struct lines lines = lines_of(file);
    struct bytes line;
    while (lines_next(&lines, &line)) {
        if (out->num == MUNICIPALITIES_MAX)
            return lines_refuse(&lines, fault, ERR_LIMIT, "too many rows");
        struct municipality row = {.row = (uint16_t)(out->num + 1)};
        if (!parse_row(line, &row))
            return lines_refuse(&lines, fault, ERR_MALFORMED,
                                "code, prefecture, name, both in Japanese");
        if (municipalities_find(out, row.code))
            return lines_refuse(&lines, fault, ERR_EXISTS, "the code stands there twice");
        if (has_name(out, &row))
            return lines_refuse(&lines, fault, ERR_EXISTS, "the name stands there twice");
        out->rows[out->num++] = row;
        out->by_code[municipality_number(&row)] = row.row;
    }
    return ERR_NONE;
}

enum err municipalities_parse(struct bytes file, struct municipalities *out, struct fault *fault)
{
    struct municipalities loaded CLEANUP_MUNICIPALITIES = {
        .rows = calloc(MUNICIPALITIES_MAX, sizeof *loaded.rows),
        .by_code = calloc(NUM_CODES, sizeof *loaded.by_code)};
    if (!loaded.rows || !loaded.by_code)
        return fault_set(fault, ERR_MEMORY, "municipalities", "out of memory");
    enum err err = load_rows(file, &loaded, fault);
    if (err != ERR_NONE)
        return err;
    *out = (struct municipalities){loaded.num, steal(&loaded.rows), steal(&loaded.by_code)};
    return ERR_NONE;
}

void municipalities_done(struct municipalities *municipalities)
{
    free(municipalities->rows);
    free(municipalities->by_code);
    *municipalities = (struct municipalities){0};
}

int64_t municipality_number(const struct municipality *municipality)
{
    return strtol(municipality->code, NULL, 10);
}

const struct municipality *municipalities_find_number(const struct municipalities *municipalities,
                                                      int64_t number)
{
    bool is_code = municipalities->by_code && number >= 0 && number < NUM_CODES;
    uint16_t row = is_code ? municipalities->by_code[number] : 0;
    return row ? &municipalities->rows[row - 1] : NULL;
}

const struct municipality *municipalities_find(const struct municipalities *municipalities,
                                               const char *code)
{
    bool is = is_code(bytes_of_text(code));
    return is ? municipalities_find_number(municipalities, strtol(code, NULL, 10)) : NULL;
}
