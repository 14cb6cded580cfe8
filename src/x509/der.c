#include "x509/der.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"

static const struct bytes nothing = {(const uint8_t *)"", 0};

struct der der_of(struct bytes input, struct fault *fault, const char *rule)
{
    fault->code = ERR_NONE;
    fault->rule[0] = fault->text[0] = '\0';
    return (struct der){reader_of(input), fault, rule, 0};
}

PRINTF_LIKE(3, 0)
static void der_refuse_list(struct der *der, enum err code, const char *format, va_list arguments)
{
    char text[sizeof der->fault->text];
    der->reader.left = 0;
    if (der->fault->code != ERR_NONE)
        return;
    vsnprintf(text, sizeof text, format, arguments);
    (void)fault_set(der->fault, code, der->rule, "%s", text);
}

void der_refuse(struct der *der, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    der_refuse_list(der, ERR_MALFORMED, format, arguments);
    va_end(arguments);
}

void der_refuse_as(struct der *der, enum err code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    der_refuse_list(der, code, format, arguments);
    va_end(arguments);
}

bool der_is_ok(const struct der *der)
{
    return der->fault->code == ERR_NONE;
}

bool der_has_more(const struct der *der)
{
    return der_is_ok(der) && der->reader.left > 0;
}

bool der_next_is(const struct der *der, uint8_t tag)
{
    return der_has_more(der) && *der->reader.at == tag;
}

enum err der_end(struct der *der)
{
    if (der_has_more(der))
        der_refuse(der, "%zu bytes too many at the end", der->reader.left);
    return der->fault->code;
}

/* X.690 10.1: the definite form, as short as it can be. Lengths of five bytes and more cannot occur
 * under any of our limits. */
static bool der_read_length(struct reader *reader, size_t *len)
{
    uint8_t first, octet;
    if (!reader_u8(reader, &first))
        return false;
    if (first < 0x80) {
        *len = first;
        return true;
    }
    size_t num = first & 0x7F, value = 0;
    if (num == 0 || num > 4)
        return false;
    for (size_t i = 0; i < num; i++) {
        if (!reader_u8(reader, &octet))
            return false;
        value = value << 8 | octet;
    }
    *len = value;
    return value >= 0x80 && value >> (8 * (num - 1)) != 0;
}

/* Takes one element; *content is set beside the whole that is returned. */
static struct bytes der_element(struct der *der, uint8_t *tag, struct bytes *content)
{
    *content = nothing;
    if (!der_is_ok(der))
        return nothing;
    struct reader ahead = der->reader;
    size_t len;
    if (!reader_u8(&ahead, tag)) {
        der_refuse(der, "an element is missing");
        return nothing;
    }
    if ((*tag & 0x1F) == 0x1F) {
        der_refuse(der, "a tag of several bytes");
        return nothing;
    }
    if (!der_read_length(&ahead, &len)) {
        der_refuse(der, "a length is not in its shortest definite form");
        return nothing;
    }
    if (!reader_take(&ahead, len, content)) {
        der_refuse(der, "an element of %zu bytes where %zu are left", len, ahead.left);
        *content = nothing;
        return nothing;
    }
    struct bytes whole = {der->reader.at, der->reader.left - ahead.left};
    der->reader = ahead;
    return whole;
}

static struct bytes der_expect(struct der *der, uint8_t tag, struct bytes *content)
{
    uint8_t found = 0;
    if (der_has_more(der) && *der->reader.at != tag)
        der_refuse(der, "tag %02X where %02X belongs", *der->reader.at, tag);
    return der_element(der, &found, content);
}

struct bytes der_take(struct der *der, uint8_t tag)
{
    struct bytes content;
    der_expect(der, tag, &content);
    return content;
}

struct bytes der_take_whole(struct der *der, uint8_t tag)
{
    struct bytes content;
    return der_expect(der, tag, &content);
}

struct bytes der_take_any(struct der *der, uint8_t *tag)
{
    struct bytes content;
    *tag = 0;
    return der_element(der, tag, &content);
}

struct der der_inside(const struct der *der, struct bytes content)
{
    struct der inner = {reader_of(content), der->fault, der->rule, der->depth + 1};
    if (inner.depth > LIMIT_DER_DEPTH)
        der_refuse_as(&inner, ERR_LIMIT, "more than %d levels", LIMIT_DER_DEPTH);
    return inner;
}

struct der der_enter(struct der *der, uint8_t tag)
{
    struct bytes content = der_take(der, tag);
    return der_inside(der, content);
}

bool der_boolean(struct der *der)
{
    struct bytes content = der_take(der, DER_BOOLEAN);
    if (!der_is_ok(der))
        return false;
    if (content.len != 1 || (content.data[0] != 0x00 && content.data[0] != 0xFF))
        der_refuse(der, "a BOOLEAN is neither 00 nor FF");
    return der_is_ok(der) && content.data[0] == 0xFF;
}

/* X.690 8.3.2: the first nine bits are neither all ones nor all zeros. */
struct bytes der_unsigned(struct der *der, uint8_t tag)
{
    struct bytes content = der_take(der, tag);
    if (!der_is_ok(der))
        return nothing;
    bool has_lead = content.len > 1 && content.data[0] == 0x00;
    bool has_ones = content.len > 1 && content.data[0] == 0xFF && content.data[1] >= 0x80;
    if (content.len == 0 || has_ones || (has_lead && content.data[1] < 0x80))
        der_refuse(der, "an INTEGER is not minimal");
    else if (content.data[0] >= 0x80)
        der_refuse(der, "an INTEGER is negative");
    if (!der_is_ok(der))
        return nothing;
    return has_lead ? bytes_of(content.data + 1, content.len - 1) : content;
}

uint64_t der_number(struct der *der)
{
    struct bytes content = der_unsigned(der, DER_INTEGER);
    uint64_t value = 0;
    if (content.len > sizeof value)
        der_refuse(der, "an INTEGER is too large");
    for (size_t i = 0; der_is_ok(der) && i < content.len; i++)
        value = value << 8 | content.data[i];
    return value;
}

unsigned der_enumerated(struct der *der)
{
    struct bytes content = der_take(der, DER_ENUMERATED);
    if (der_is_ok(der) && (content.len != 1 || content.data[0] >= 0x80))
        der_refuse(der, "an ENUMERATED outside of 0…127");
    return der_is_ok(der) ? content.data[0] : 0;
}

/* X.690 8.19.2: arcs in base 128, none beginning with a zero digit, the last one complete. */
struct bytes der_oid(struct der *der)
{
    struct bytes content = der_take(der, DER_OID);
    bool is_first = true, is_right = content.len > 0;
    for (size_t i = 0; i < content.len; i++) {
        if (is_first && content.data[i] == 0x80)
            is_right = false;
        is_first = content.data[i] < 0x80;
    }
    if (der_is_ok(der) && !(is_right && is_first))
        der_refuse(der, "an OBJECT IDENTIFIER is not in its shortest form");
    return der_is_ok(der) ? content : nothing;
}

struct bytes der_octets(struct der *der)
{
    return der_take(der, DER_OCTET_STRING);
}

struct bytes der_bit_octets(struct der *der)
{
    struct bytes content = der_take(der, DER_BIT_STRING);
    if (der_is_ok(der) && (content.len == 0 || content.data[0] != 0))
        der_refuse(der, "a BIT STRING is not of whole bytes");
    return der_is_ok(der) ? (struct bytes){content.data + 1, content.len - 1} : nothing;
}

/* X.690 11.2.2: no trailing zero bits, unused bits zero, so the last bit that counts is a one. */
uint16_t der_named_bits(struct der *der)
{
    struct bytes content = der_take(der, DER_BIT_STRING);
    if (!der_is_ok(der))
        return 0;
    bool is_empty = content.len == 1 && content.data[0] == 0;
    if (is_empty)
        return 0;
    if (content.len < 2 || content.len > 3 || content.data[0] > 7) {
        der_refuse(der, "a named bit list of %zu bytes", content.len);
        return 0;
    }
    unsigned last = content.data[content.len - 1];
    if ((last & ((2U << content.data[0]) - 1)) != 1U << content.data[0]) {
        der_refuse(der, "a named bit list is not in its shortest form");
        return 0;
    }
    return (uint16_t)(content.data[1] << 8 | (content.len == 3 ? content.data[2] : 0));
}

/* YYYYMMDDhhmmssZ; a real calendar date, no leap second, since no clock here can tell one. */
static bool der_read_clock(const char *text, int64_t *out)
{
    unsigned year, month, day, hour, minute, second;
    if (strspn(text, "0123456789") != 14 || strcmp(text + 14, "Z") != 0 ||
        sscanf(text, "%4u%2u%2u%2u%2u%2u", &year, &month, &day, &hour, &minute, &second) != 6)
        return false;
    struct clock_time t = {{(int16_t)year, (uint8_t)month, (uint8_t)day},
                           (uint8_t)hour,
                           (uint8_t)minute,
                           (uint8_t)second};
    if (!date_is_complete(t.date) || day > date_days_in_month((int)year, t.date.month) ||
        month > 12 || hour > 23 || minute > 59 || second > 59)
        return false;
    *out = time_join(t, 0);
    return true;
}

static int64_t der_take_clock(struct der *der, uint8_t tag)
{
    struct bytes content = der_take(der, tag);
    bool is_utc = tag == DER_UTC_TIME;
    char text[16] = "";
    int64_t t = 0;
    if (!der_is_ok(der))
        return 0;
    if (content.len == (is_utc ? 13 : 15)) {
        const char *century = !is_utc ? "" : content.data[0] < '5' ? "20" : "19";
        snprintf(text, sizeof text, "%s%.*s", century, (int)content.len,
                 (const char *)content.data);
    }
    if (!der_read_clock(text, &t)) {
        der_refuse(der, "a time is not of the form %sYYMMDDhhmmssZ", is_utc ? "" : "YY");
        return 0;
    }
    return t;
}

int64_t der_generalized_time(struct der *der)
{
    return der_take_clock(der, DER_GENERALIZED_TIME);
}

#define START_OF_2050 INT64_C(2524608000)

int64_t der_time(struct der *der)
{
    if (der_next_is(der, DER_UTC_TIME))
        return der_take_clock(der, DER_UTC_TIME);
    int64_t t = der_take_clock(der, DER_GENERALIZED_TIME);
    if (der_is_ok(der) && t < START_OF_2050)
        der_refuse(der, "a GeneralizedTime before 2050");
    return der_is_ok(der) ? t : 0;
}

void der_null(struct der *der)
{
    if (der_take(der, DER_NULL).len != 0)
        der_refuse(der, "a NULL with content");
}

static bool der_is_printable(uint8_t letter)
{
    return (letter >= 'A' && letter <= 'Z') || (letter >= 'a' && letter <= 'z') ||
           (letter >= '0' && letter <= '9') || (letter && strchr(" '()+,-./:=?", letter));
}

bool der_is_text(uint8_t tag, struct bytes content)
{
    if (tag == DER_UTF8_STRING)
        return text_is_utf8(content);
    if (tag == DER_BMP_STRING)
        return content.len % 2 == 0;
    if (tag == DER_UNIVERSAL_STRING)
        return content.len % 4 == 0;
    for (size_t i = 0; i < content.len; i++) {
        if (tag == DER_PRINTABLE_STRING && !der_is_printable(content.data[i]))
            return false;
        if (tag == DER_IA5_STRING && content.data[i] >= 0x80)
            return false;
    }
    return tag == DER_PRINTABLE_STRING || tag == DER_IA5_STRING || tag == DER_T61_STRING;
}

bool der_is_rising(struct bytes before, struct bytes after)
{
    size_t shared = before.len < after.len ? before.len : after.len;
    int order = memcmp(before.data, after.data, shared);
    return order < 0 || (order == 0 && before.len < after.len);
}
