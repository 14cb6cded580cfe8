/* The file of municipalities. */
#include "registry/municipalities.h"

#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "registry/lines.h"

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
        out->rows[out->num++] = row;
    }
    return ERR_NONE;
}

enum err municipalities_parse(struct bytes file, struct municipalities *out, struct fault *fault)
{
    struct municipalities loaded CLEANUP_MUNICIPALITIES = {
        .rows = calloc(MUNICIPALITIES_MAX, sizeof *loaded.rows)};
    if (!loaded.rows)
        return fault_set(fault, ERR_MEMORY, "municipalities", "out of memory");
    enum err err = load_rows(file, &loaded, fault);
    if (err != ERR_NONE)
        return err;
    *out = (struct municipalities){loaded.num, steal(&loaded.rows)};
    return ERR_NONE;
}

void municipalities_done(struct municipalities *municipalities)
{
    free(municipalities->rows);
    *municipalities = (struct municipalities){0};
}

const struct municipality *municipalities_find(const struct municipalities *municipalities,
                                               const char *code)
{
    for (size_t i = 0; i < municipalities->num; i++)
        if (strcmp(municipalities->rows[i].code, code) == 0)
            return &municipalities->rows[i];
    return NULL;
}
