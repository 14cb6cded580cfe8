#include "base/text.h"

#include <string.h>

static const struct {
    uint8_t mask, lead, num_more;
    uint32_t least;
} utf8_forms[] = {
    {0x80, 0x00, 0, 0x0},
    {0xE0, 0xC0, 1, 0x80},
    {0xF0, 0xE0, 2, 0x800},
    {0xF8, 0xF0, 3, 0x10000},
};

bool text_next(struct reader *reader, uint32_t *code_point)
{
    struct reader ahead = *reader;
    uint8_t first;
    if (!reader_u8(&ahead, &first))
        return false;
    for (size_t i = 0; i < COUNT_OF(utf8_forms); i++) {
        if ((first & utf8_forms[i].mask) != utf8_forms[i].lead)
            continue;
        uint32_t value = first & (uint8_t)~utf8_forms[i].mask;
        for (uint8_t more = 0; more < utf8_forms[i].num_more; more++) {
            uint8_t next;
            if (!reader_u8(&ahead, &next) || (next & 0xC0) != 0x80)
                return false;
            value = value << 6 | (next & 0x3F);
        }
        bool is_surrogate = value >= 0xD800 && value <= 0xDFFF;
        if (value < utf8_forms[i].least || value > 0x10FFFF || is_surrogate)
            return false;
        *reader = ahead;
        *code_point = value;
        return true;
    }
    return false;
}

void text_put(struct buffer *buffer, uint32_t c)
{
    if (c < 0x80) {
        buffer_put_u8(buffer, (uint8_t)c);
    } else if (c < 0x800) {
        buffer_put_u8(buffer, (uint8_t)(0xC0 | c >> 6));
        buffer_put_u8(buffer, (uint8_t)(0x80 | (c & 0x3F)));
    } else if (c < 0x10000) {
        buffer_put_u8(buffer, (uint8_t)(0xE0 | c >> 12));
        buffer_put_u8(buffer, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
        buffer_put_u8(buffer, (uint8_t)(0x80 | (c & 0x3F)));
    } else {
        buffer_put_u8(buffer, (uint8_t)(0xF0 | c >> 18));
        buffer_put_u8(buffer, (uint8_t)(0x80 | (c >> 12 & 0x3F)));
        buffer_put_u8(buffer, (uint8_t)(0x80 | (c >> 6 & 0x3F)));
        buffer_put_u8(buffer, (uint8_t)(0x80 | (c & 0x3F)));
    }
}

static void skip_ascii(struct reader *reader)
{
    while (reader->left && *reader->at < 0x80) {
        reader->at++;
        reader->left--;
    }
}

/* Letter by letter only where there is more than ASCII. */
bool text_is_utf8(struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t code_point;
    skip_ascii(&reader);
    while (text_next(&reader, &code_point))
        skip_ascii(&reader);
    return reader_is_done(&reader);
}

size_t text_count(struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t code_point;
    size_t num = 0;
    while (text_next(&reader, &code_point))
        num++;
    return num;
}

#define WIDE_FIRST 0xFF01 /* FULLWIDTH EXCLAMATION MARK, and on as ASCII has them */
#define WIDE_LAST  0xFF5E

uint32_t text_narrow(uint32_t code_point)
{
    bool is_wide = code_point >= WIDE_FIRST && code_point <= WIDE_LAST;
    return is_wide ? code_point - WIDE_FIRST + '!' : code_point;
}

bool text_is_blank(uint32_t code_point)
{
    return code_point == ' ' || code_point == 0xA0 ||
           (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x202F ||
           code_point == 0x205F || code_point == 0x3000;
}

bool text_is_hyphen(uint32_t code_point)
{
    static const uint32_t hyphens[] = {'-',    0x2010, 0x2011, 0x2012, 0x2013,
                                       0x2014, 0x2015, 0x2212, 0x30fc, 0xff70};
    for (size_t i = 0; i < COUNT_OF(hyphens); i++)
        if (hyphens[i] == code_point)
            return true;
    return false;
}

bool text_is_variation_selector(uint32_t c)
{
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}

/* Unicode 15: general categories Cc and Cf but for those of scripts not in use here, line and
 * paragraph separators, and letters that are drawn as nothing. */
static const struct {
    uint32_t first, last;
} hidden[] = {
    {0x0000, 0x001F}, {0x007F, 0x009F}, {0x00AD, 0x00AD},   {0x034F, 0x034F},   {0x061C, 0x061C},
    {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},   {0x200B, 0x200F},   {0x2028, 0x202E},
    {0x2060, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164},   {0xFEFF, 0xFEFF},   {0xFFA0, 0xFFA0},
    {0xFFF0, 0xFFFB}, {0xFFFE, 0xFFFF}, {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0xE00FF},
};

bool text_is_hidden(uint32_t c)
{
    for (size_t i = 0; i < COUNT_OF(hidden); i++)
        if (c >= hidden[i].first && c <= hidden[i].last)
            return true;
    return (c & 0xFFFE) == 0xFFFE; /* noncharacters of every plane */
}

bool text_has_hidden(struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t c;
    while (text_next(&reader, &c))
        if (text_is_hidden(c))
            return true;
    return false;
}

bool text_is_short(struct bytes text)
{
    return text.len > 0 && text_is_utf8(text) && text_count(text) <= TEXT_SHORT_MAX &&
           !text_has_hidden(text);
}

/* The next character as a terminal may have it; false at the end. */
static bool next_visible(struct reader *reader, uint32_t *code_point)
{
    uint8_t skipped;
    bool is_whole = text_next(reader, code_point);
    if (!is_whole && !reader_u8(reader, &skipped))
        return false;
    if (!is_whole || text_is_hidden(*code_point))
        *code_point = '?';
    return true;
}

void text_put_visible(struct buffer *buffer, struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t c;
    while (next_visible(&reader, &c))
        text_put(buffer, c);
}

void text_copy_visible(struct bytes text, char *out, size_t size)
{
    struct buffer one CLEANUP_BUFFER;
    struct reader reader = reader_of(text);
    uint32_t c;
    size_t len = 0;
    buffer_init(&one, 4);
    while (next_visible(&reader, &c)) {
        buffer_cut(&one, 0);
        text_put(&one, c);
        if (buffer_check(&one) != ERR_NONE || len + one.len >= size)
            break;
        memcpy(out + len, one.data, one.len);
        len += one.len;
    }
    out[len] = '\0';
}
