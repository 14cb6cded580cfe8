#include "x509/oid.h"

#include "x509/der.h"

static const struct {
    const char *dotted, *octets, *name;
    size_t len;
} oids[OID_END] = {[OID_UNKNOWN] = {"", "", "unknown", 0},
#define X(code, dotted, octets, name) [code] = {dotted, octets, name, sizeof(octets) - 1},
                   OID_LIST(X)
#undef X
};

struct bytes oid_octets(enum oid oid)
{
    return bytes_of(oids[oid].octets, oids[oid].len);
}

const char *oid_name(enum oid oid)
{
    return oids[oid].name;
}

const char *oid_dotted(enum oid oid)
{
    return oids[oid].dotted;
}

enum oid oid_find(struct bytes octets)
{
    for (enum oid oid = OID_UNKNOWN + 1; oid < OID_END; oid++)
        if (bytes_equal(octets, oid_octets(oid)))
            return oid;
    return OID_UNKNOWN;
}

/* An arc: a UUID under 2.25 needs 128 bits (ITU-T X.667). */
#define ARC unsigned __int128

static bool oid_read_arc(const char **text, ARC *out)
{
    const char *digit = *text;
    ARC value = 0;
    if (*digit < '0' || *digit > '9' || (digit[0] == '0' && digit[1] >= '0' && digit[1] <= '9'))
        return false;
    for (; *digit >= '0' && *digit <= '9'; digit++) {
        ARC more = value * 10 + (ARC)(*digit - '0');
        if (value > ~(ARC)0 / 10 || more < value * 10)
            return false;
        value = more;
    }
    *text = digit;
    *out = value;
    return true;
}

static void oid_put_arc(struct buffer *octets, ARC value)
{
    int shift = 126;
    while (shift > 0 && value >> shift == 0)
        shift -= 7;
    for (; shift >= 0; shift -= 7)
        buffer_put_u8(octets, (uint8_t)((value >> shift & 0x7F) | (shift ? 0x80 : 0)));
}

enum err oid_encode(const char *dotted, struct buffer *octets)
{
    ARC first, second, arc;
    if (!oid_read_arc(&dotted, &first) || *dotted++ != '.' || !oid_read_arc(&dotted, &second))
        return ERR_MALFORMED;
    if (first > 2 || (first < 2 && second > 39) || second > ~(ARC)0 - 80)
        return ERR_MALFORMED;
    oid_put_arc(octets, first * 40 + second);
    while (*dotted) {
        if (*dotted++ != '.' || !oid_read_arc(&dotted, &arc))
            return ERR_MALFORMED;
        oid_put_arc(octets, arc);
    }
    return buffer_check(octets);
}

static void oid_print_arc(struct buffer *text, ARC value)
{
    char digits[40];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + (int)(value % 10));
        value /= 10;
    } while (value);
    buffer_put(text, digits + at, sizeof digits - at);
}

void oid_print(struct bytes octets, struct buffer *text)
{
    ARC arc = 0;
    bool is_first = true, is_too_long = false;
    for (size_t i = 0; i < octets.len; i++) {
        is_too_long = is_too_long || arc >> 121 != 0;
        arc = arc << 7 | (octets.data[i] & 0x7F);
        if (octets.data[i] >= 0x80)
            continue;
        ARC root = !is_first ? 0 : arc >= 80 ? 2 : arc / 40;
        if (is_first)
            oid_print_arc(text, root);
        buffer_put_text(text, ".");
        if (is_too_long)
            buffer_put_text(text, "?");
        else
            oid_print_arc(text, arc - root * 40);
        arc = 0;
        is_first = is_too_long = false;
    }
}

void oid_put(struct buffer *out, enum oid oid)
{
    der_put(out, DER_OID, oid_octets(oid));
}

enum oid oid_take(struct der *der)
{
    struct bytes octets = der_oid(der);
    return der_is_ok(der) ? oid_find(octets) : OID_UNKNOWN;
}
