#include "base/text.h"

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

bool text_is_utf8(struct bytes text)
{
    struct reader reader = reader_of(text);
    uint32_t code_point;
    while (text_next(&reader, &code_point))
        continue;
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

bool text_is_variation_selector(uint32_t c)
{
    return (c >= 0xFE00 && c <= 0xFE0F) || (c >= 0xE0100 && c <= 0xE01EF);
}
