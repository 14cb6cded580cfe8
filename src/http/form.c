/* Fields of a form: written with everything escaped that is not plain, read strictly. */
#include "http/form.h"

#include <string.h>

#include "base/encoding.h"

static bool is_plain(uint8_t octet)
{
    return (octet >= '0' && octet <= '9') || ((octet | 0x20) >= 'a' && (octet | 0x20) <= 'z') ||
           (octet && strchr("-._*", octet));
}

void http_form_put(struct buffer *form, const char *name, struct bytes value)
{
    if (form->len)
        buffer_put_text(form, "&");
    buffer_put_text(form, name);
    buffer_put_text(form, "=");
    for (size_t i = 0; i < value.len; i++)
        if (is_plain(value.data[i]))
            buffer_put_u8(form, value.data[i]);
        else
            buffer_put_format(form, "%%%02X", (unsigned)value.data[i]);
}

static bool hex_digit(struct reader *reader, uint8_t *out)
{
    uint8_t digit;
    if (!reader_u8(reader, &digit) || hex_value(digit) < 0)
        return false;
    *out = (uint8_t)hex_value(digit);
    return true;
}

static bool unescape(struct bytes value, struct buffer *out)
{
    struct reader reader = reader_of(value);
    uint8_t octet, high, low;
    while (reader_u8(&reader, &octet)) {
        if (octet == '+')
            octet = ' ';
        else if (octet == '%') {
            if (!hex_digit(&reader, &high) || !hex_digit(&reader, &low))
                return false;
            octet = (uint8_t)(high << 4 | low);
        }
        buffer_put_u8(out, octet);
    }
    return true;
}

/* Takes the next "name=value" off the reader; a field without "=" has an empty value. */
static bool field_next(struct reader *reader, struct bytes *name, struct bytes *value)
{
    if (reader_is_done(reader))
        return false;
    const uint8_t *end = memchr(reader->at, '&', reader->left);
    struct bytes field, separator;
    if (!reader_take(reader, end ? (size_t)(end - reader->at) : reader->left, &field) ||
        (end && !reader_take(reader, 1, &separator)))
        return false;
    struct reader parts = reader_of(field);
    const uint8_t *equals = field.len ? memchr(field.data, '=', field.len) : NULL;
    if (!reader_take(&parts, equals ? (size_t)(equals - field.data) : field.len, name) ||
        (equals && !reader_take(&parts, 1, &separator)))
        return false;
    return reader_take(&parts, parts.left, value);
}

enum err http_form_find(struct bytes form, const char *name, struct buffer *out)
{
    struct reader reader = reader_of(form);
    struct bytes found_name, value, found = {0};
    bool is_found = false;
    while (field_next(&reader, &found_name, &value)) {
        if (!bytes_equal_text(found_name, name))
            continue;
        if (is_found)
            return ERR_MALFORMED;
        is_found = true;
        found = value;
    }
    if (!is_found)
        return ERR_NOT_FOUND;
    size_t before = out->len;
    enum err err = unescape(found, out) ? buffer_check(out) : ERR_MALFORMED;
    if (err != ERR_NONE)
        buffer_cut(out, before);
    return err;
}
