/* The writing half of der.h. */
#include "x509/der.h"

#include <string.h>

#include "base/date.h"

static size_t der_encode_length(size_t len, uint8_t octets[static 5])
{
    if (len < 0x80) {
        octets[0] = (uint8_t)len;
        return 1;
    }
    size_t num = len > 0xFFFFFF ? 4 : len > 0xFFFF ? 3 : len > 0xFF ? 2 : 1;
    octets[0] = (uint8_t)(0x80 | num);
    for (size_t i = 0; i < num; i++)
        octets[1 + i] = (uint8_t)(len >> (8 * (num - 1 - i)));
    return 1 + num;
}

/* A length of more than four bytes is refused as the reader would. */
static void der_check_length(struct buffer *out, size_t len)
{
    if (len > UINT32_MAX && out->failed == ERR_NONE)
        out->failed = ERR_LIMIT;
}

/* The last octet of the room kept for a length says how many there are before it. */
size_t der_begin(struct buffer *out, uint8_t tag)
{
    const uint8_t head[] = {tag, 0};
    buffer_put(out, head, sizeof head);
    return out->len;
}

size_t der_begin_long(struct buffer *out, uint8_t tag)
{
    const uint8_t head[] = {tag, 0, 0, 0, 0, 4};
    buffer_put(out, head, sizeof head);
    return out->len;
}

void der_close(struct buffer *out, size_t mark)
{
    uint8_t octets[5];
    if (out->failed != ERR_NONE || mark == 0 || mark > out->len)
        return;
    size_t content = out->len - mark, kept = 1U + out->data[mark - 1];
    der_check_length(out, content);
    size_t len = der_encode_length(content, octets);
    if (len > kept) {
        buffer_insert(out, mark, octets, len - kept);
    } else if (len < kept) {
        memmove(out->data + mark - kept + len, out->data + mark, content);
        buffer_cut(out, mark - kept + len + content);
    }
    if (out->failed == ERR_NONE)
        memcpy(out->data + mark - kept, octets, len);
}

void der_put(struct buffer *out, uint8_t tag, struct bytes content)
{
    uint8_t head[6] = {tag};
    der_check_length(out, content.len);
    buffer_put(out, head, 1 + der_encode_length(content.len, head + 1));
    buffer_put_bytes(out, content);
}

void der_put_text(struct buffer *out, uint8_t tag, const char *text)
{
    der_put(out, tag, bytes_of_text(text));
}

void der_put_boolean(struct buffer *out, bool value)
{
    der_put(out, DER_BOOLEAN, bytes_of(value ? "\xFF" : "\x00", 1));
}

void der_put_unsigned(struct buffer *out, uint8_t tag, struct bytes magnitude)
{
    while (magnitude.len > 0 && magnitude.data[0] == 0) {
        magnitude.data++;
        magnitude.len--;
    }
    size_t mark = der_begin(out, tag);
    if (magnitude.len == 0 || magnitude.data[0] >= 0x80)
        buffer_put_u8(out, 0);
    buffer_put_bytes(out, magnitude);
    der_close(out, mark);
}

void der_put_number(struct buffer *out, uint64_t value)
{
    uint8_t octets[8];
    for (size_t i = 0; i < sizeof octets; i++)
        octets[i] = (uint8_t)(value >> (8 * (7 - i)));
    der_put_unsigned(out, DER_INTEGER, bytes_of(octets, sizeof octets));
}

void der_put_enumerated(struct buffer *out, unsigned value)
{
    uint8_t octet = (uint8_t)value;
    der_put(out, DER_ENUMERATED, bytes_of(&octet, 1));
}

void der_put_null(struct buffer *out)
{
    der_put(out, DER_NULL, bytes_of("", 0));
}

void der_put_bit_octets(struct buffer *out, struct bytes octets)
{
    size_t mark = der_begin(out, DER_BIT_STRING);
    buffer_put_u8(out, 0);
    buffer_put_bytes(out, octets);
    der_close(out, mark);
}

void der_put_named_bits(struct buffer *out, uint16_t bits)
{
    uint8_t octets[3] = {0, (uint8_t)(bits >> 8), (uint8_t)bits};
    size_t len = octets[2] ? 3 : octets[1] ? 2 : 1;
    while (len > 1 && !(octets[len - 1] >> octets[0] & 1))
        octets[0]++;
    der_put(out, DER_BIT_STRING, bytes_of(octets, len));
}

/* YYYYMMDDhhmmssZ by hand: a list has a million of them. */
static void der_put_clock(struct buffer *out, uint8_t tag, int64_t t)
{
    const struct clock_time at = time_split(t, 0);
    const unsigned pairs[] = {(unsigned)at.date.year / 100,
                              (unsigned)at.date.year % 100,
                              at.date.month,
                              at.date.day,
                              at.hour,
                              at.minute,
                              at.second};
    uint8_t text[2 * COUNT_OF(pairs) + 1];
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        text[2 * i] = (uint8_t)('0' + pairs[i] / 10);
        text[2 * i + 1] = (uint8_t)('0' + pairs[i] % 10);
    }
    text[sizeof text - 1] = 'Z';
    size_t skipped = tag == DER_UTC_TIME ? 2 : 0; /* the century */
    der_put(out, tag, bytes_of(text + skipped, sizeof text - skipped));
}

#define START_OF_1950 INT64_C(-631152000)
#define START_OF_2050 INT64_C(2524608000)
#define END_OF_9999   INT64_C(253402300799)

void der_put_generalized_time(struct buffer *out, int64_t t)
{
    if (t < START_OF_1950 || t > END_OF_9999)
        out->failed = out->failed == ERR_NONE ? ERR_LIMIT : out->failed;
    else
        der_put_clock(out, DER_GENERALIZED_TIME, t);
}

void der_put_time(struct buffer *out, int64_t t)
{
    if (t >= START_OF_1950 && t < START_OF_2050)
        der_put_clock(out, DER_UTC_TIME, t);
    else
        der_put_generalized_time(out, t);
}
