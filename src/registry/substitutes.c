/* The file of substitute characters. */
#include "registry/substitutes.h"

#include <string.h>

#include "base/text.h"
#include "registry/lines.h"

static const uint32_t *find(const struct substitutes *substitutes, uint32_t from)
{
    for (size_t i = 0; i < substitutes->num; i++)
        if (substitutes->rows[i].from == from)
            return &substitutes->rows[i].to;
    return NULL;
}

/* What is wrong with a row, or NULL. */
static const char *check_row(const struct substitutes *substitutes, uint32_t from, uint32_t to)
{
    if (charset_has(&substitutes->charset, from))
        return "the first character needs no substitute";
    if (!charset_has(&substitutes->charset, to))
        return "the second character may not stand in a certificate";
    if (find(substitutes, from))
        return "the first character is given twice";
    return NULL;
}

static bool parse_row(struct bytes line, uint32_t *from, uint32_t *to)
{
    struct reader reader = reader_of(line);
    uint32_t blank;
    return text_next(&reader, from) && text_next(&reader, &blank) && blank == ' ' &&
           text_next(&reader, to) && reader_is_done(&reader);
}

static enum err load_rows(struct bytes file, struct substitutes *out, struct fault *fault)
{
    struct lines lines = lines_of(file);
    struct bytes line;
    while (lines_next(&lines, &line)) {
        uint32_t from, to;
        if (!parse_row(line, &from, &to))
            return lines_refuse(&lines, fault, ERR_MALFORMED, "two characters and a blank");
        const char *wrong = check_row(out, from, to);
        if (wrong)
            return lines_refuse(&lines, fault, ERR_MALFORMED, wrong);
        if (out->num == SUBSTITUTES_MAX)
            return lines_refuse(&lines, fault, ERR_LIMIT, "too many rows");
        out->rows[out->num].from = from;
        out->rows[out->num].to = to;
        out->num++;
    }
    return ERR_NONE;
}

enum err substitutes_parse(struct bytes file, struct substitutes *out, struct fault *fault)
{
    struct substitutes substitutes = {.num = 0};
    enum err err = charset_load(&substitutes.charset, fault);
    if (err == ERR_NONE)
        err = load_rows(file, &substitutes, fault);
    if (err == ERR_NONE)
        *out = substitutes;
    return err;
}

uint32_t substitutes_apply(const struct substitutes *substitutes, uint32_t c)
{
    if (charset_has(&substitutes->charset, c))
        return c;
    const uint32_t *to = find(substitutes, c);
    return to ? *to : GETA_MARK;
}
