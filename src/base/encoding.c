#include "base/encoding.h"

#include <stdio.h>
#include <string.h>

#define HEX_PART 256 /* octets that go into a buffer at once */

static const char hex_digits[] = "0123456789abcdef";
static const char base64_digits[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void hex_encode(struct bytes in, struct buffer *out)
{
    char text[2 * HEX_PART + 1];
    for (size_t at = 0; at < in.len; at += HEX_PART) {
        size_t len = in.len - at < HEX_PART ? in.len - at : HEX_PART;
        hex_print(in.data + at, len, text);
        buffer_put(out, text, 2 * len);
    }
    explicit_bzero(text, sizeof text);
}

/* One more than the digit's value; 0: no digit. */
static const uint8_t hex_values[256] = {
    ['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,  ['6'] = 7,  ['7'] = 8,
    ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12, ['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16,
    ['A'] = 11, ['B'] = 12, ['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

int hex_value(uint8_t digit)
{
    return hex_values[digit] - 1;
}

enum err hex_decode(struct bytes text, struct buffer *out)
{
    if (text.len % 2)
        return ERR_MALFORMED;
    uint8_t part[HEX_PART];
    size_t num = 0;
    for (size_t i = 0; i < text.len; i += 2) {
        int high = hex_value(text.data[i]), low = hex_value(text.data[i + 1]);
        if (high < 0 || low < 0)
            return ERR_MALFORMED;
        part[num++] = (uint8_t)(high << 4 | low);
        if (num == sizeof part || i + 2 == text.len) {
            buffer_put(out, part, num);
            num = 0;
        }
    }
    explicit_bzero(part, sizeof part);
    return buffer_check(out);
}

enum err hex_decode_exactly(const char *text, uint8_t *out, size_t len)
{
    struct buffer decoded CLEANUP_BUFFER;
    buffer_init(&decoded, len);
    if (strlen(text) != 2 * len)
        return ERR_MALFORMED;
    enum err err = hex_decode(bytes_of_text(text), &decoded);
    if (err == ERR_NONE && len)
        memcpy(out, decoded.data, len);
    return err;
}

char *hex_print(const uint8_t *data, size_t len, char *text)
{
    for (size_t i = 0; i < len; i++) {
        text[2 * i] = hex_digits[data[i] >> 4];
        text[2 * i + 1] = hex_digits[data[i] & 15];
    }
    text[2 * len] = '\0';
    return text;
}

void base64_encode(struct bytes in, struct buffer *out)
{
    for (size_t i = 0; i < in.len; i += 3) {
        size_t num = in.len - i < 3 ? in.len - i : 3;
        uint32_t group = (uint32_t)in.data[i] << 16;
        if (num > 1)
            group |= (uint32_t)in.data[i + 1] << 8;
        if (num > 2)
            group |= in.data[i + 2];
        for (size_t digit = 0; digit < 4; digit++) {
            char c = digit <= num ? base64_digits[group >> (18 - 6 * digit) & 63] : '=';
            buffer_put_u8(out, (uint8_t)c);
        }
    }
}

static int base64_value(uint8_t digit)
{
    if (digit >= 'A' && digit <= 'Z')
        return digit - 'A';
    if (digit >= 'a' && digit <= 'z')
        return digit - 'a' + 26;
    if (digit >= '0' && digit <= '9')
        return digit - '0' + 52;
    return digit == '+' ? 62 : digit == '/' ? 63 : -1;
}

/* One group of four digits; only the last of the text may be padded, and its spare bits are 0. */
static bool base64_group(const uint8_t digits[static 4], bool last, struct buffer *out)
{
    size_t num = 4;
    while (num > 2 && digits[num - 1] == '=')
        num--;
    if (num < 4 && !last)
        return false;
    uint32_t group = 0;
    for (size_t i = 0; i < 4; i++) {
        int value = i < num ? base64_value(digits[i]) : 0;
        if (value < 0)
            return false;
        group = group << 6 | (uint32_t)value;
    }
    const uint8_t octets[3] = {(uint8_t)(group >> 16), (uint8_t)(group >> 8), (uint8_t)group};
    buffer_put(out, octets, num - 1);
    return num == 4 || (group & (num == 3 ? 0xFFu : 0xFFFFu)) == 0;
}

enum err base64_decode(struct bytes text, struct buffer *out)
{
    if (text.len % 4)
        return ERR_MALFORMED;
    for (size_t i = 0; i < text.len; i += 4)
        if (!base64_group(text.data + i, i + 4 == text.len, out))
            return ERR_MALFORMED;
    return buffer_check(out);
}

void pem_encode(const char *label, struct bytes der, struct buffer *out)
{
    buffer_put_format(out, "-----BEGIN %s-----\n", label);
    for (size_t i = 0; i < der.len; i += 48) {
        size_t len = der.len - i < 48 ? der.len - i : 48;
        base64_encode(bytes_of(der.data + i, len), out);
        buffer_put_u8(out, '\n');
    }
    buffer_put_format(out, "-----END %s-----\n", label);
}

static const uint8_t *find(struct bytes text, const char *what)
{
    return text.len ? memmem(text.data, text.len, what, strlen(what)) : NULL;
}

static struct bytes bytes_from(struct bytes text, const uint8_t *start)
{
    return bytes_of(start, (size_t)(text.data + text.len - start));
}

enum err pem_decode(struct bytes text, const char *label, struct buffer *der, struct bytes *rest)
{
    char begin[64], end[64];
    snprintf(begin, sizeof begin, "-----BEGIN %s-----", label);
    snprintf(end, sizeof end, "-----END %s-----", label);
    const uint8_t *start = find(text, begin);
    if (!start)
        return ERR_NOT_FOUND;
    struct bytes body = bytes_from(text, start + strlen(begin));
    const uint8_t *stop = find(body, end);
    if (!stop)
        return ERR_MALFORMED;

    struct buffer digits CLEANUP_BUFFER;
    buffer_init(&digits, body.len);
    for (const uint8_t *at = body.data; at < stop; at++)
        if (*at != '\n' && *at != '\r')
            buffer_put_u8(&digits, *at);
    enum err err = base64_decode(buffer_bytes(&digits), der);
    if (err == ERR_NONE && rest)
        *rest = bytes_from(body, stop + strlen(end));
    return err;
}
