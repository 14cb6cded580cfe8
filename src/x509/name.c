#include "x509/name.h"

#include <string.h>

#include "base/encoding.h"

void name_encode(const struct name_part *parts, size_t num, struct buffer *out)
{
    size_t name = der_begin(out, DER_SEQUENCE);
    for (size_t i = 0; i < num; i++) {
        size_t set = der_begin(out, DER_SET);
        size_t attribute = der_begin(out, DER_SEQUENCE);
        oid_put(out, parts[i].attribute);
        der_put_text(out, parts[i].tag, parts[i].value);
        der_close(out, attribute);
        der_close(out, set);
        if (!der_is_text(parts[i].tag, bytes_of_text(parts[i].value)) && out->failed == ERR_NONE)
            out->failed = ERR_MALFORMED;
    }
    der_close(out, name);
}

static void name_take_attribute(struct der *set, size_t rdn, struct name *out)
{
    struct der fields = der_enter(set, DER_SEQUENCE);
    struct name_attribute attribute = {.rdn = rdn, .oid = der_oid(&fields)};
    attribute.attribute = oid_find(attribute.oid);
    attribute.tag = der_has_more(&fields) ? *fields.reader.at : 0;
    attribute.value = der_take(&fields, attribute.tag);
    if (der_is_ok(&fields) && !der_is_text(attribute.tag, attribute.value))
        der_refuse(&fields, "%s is not a string of its type", oid_name(attribute.attribute));
    if (out->num == NAME_MAX_PARTS)
        der_refuse_as(&fields, ERR_LIMIT, "a name of more than %d attributes", NAME_MAX_PARTS);
    if (der_end(&fields) == ERR_NONE)
        out->attributes[out->num++] = attribute;
}

static void name_take_rdn(struct der *rdns, size_t rdn, struct name *out)
{
    struct der set = der_enter(rdns, DER_SET);
    struct bytes before = {NULL, 0};
    if (der_is_ok(&set) && !der_has_more(&set))
        der_refuse(&set, "an RDN without an attribute");
    while (der_has_more(&set)) {
        struct der ahead = set;
        struct bytes whole = der_take_whole(&ahead, DER_SEQUENCE);
        if (der_is_ok(&set) && before.data && !der_is_rising(before, whole))
            der_refuse(&set, "an RDN whose attributes are out of order");
        before = whole;
        name_take_attribute(&set, rdn, out);
    }
}

struct bytes name_take(struct der *der, struct name *out)
{
    struct name local;
    struct name *name = out ? out : &local;
    name->num = 0;
    struct der ahead = *der;
    struct bytes whole = der_take_whole(&ahead, DER_SEQUENCE);
    struct der rdns = der_enter(der, DER_SEQUENCE);
    for (size_t rdn = 0; der_has_more(&rdns); rdn++)
        name_take_rdn(&rdns, rdn, name);
    return whole;
}

enum err name_parse(struct bytes der_bytes, struct name *out, struct fault *fault)
{
    struct fault local;
    struct name name;
    struct der der = der_of(der_bytes, fault ? fault : &local, "RFC 5280 4.1.2.4");
    name_take(&der, &name);
    if (der_end(&der) == ERR_NONE)
        *out = name;
    return der.fault->code;
}

bool name_find(const struct name *name, enum oid attribute, size_t nth, struct bytes *value)
{
    for (size_t i = 0; i < name->num; i++)
        if (name->attributes[i].attribute == attribute && nth-- == 0) {
            *value = name->attributes[i].value;
            return true;
        }
    return false;
}

/* RFC 4514 2.4 */
static void name_print_value(struct bytes value, struct buffer *text)
{
    for (size_t i = 0; i < value.len; i++) {
        uint8_t octet = value.data[i];
        bool is_edge = i == 0 || i == value.len - 1;
        if (octet == 0)
            buffer_put_text(text, "\\00");
        else if (strchr("\"+,;<>\\", octet) || (octet == ' ' && is_edge) ||
                 (octet == '#' && i == 0))
            buffer_put_format(text, "\\%c", octet);
        else
            buffer_put_u8(text, octet);
    }
}

static void name_print_attribute(const struct name_attribute *attribute, struct buffer *text)
{
    if (attribute->attribute == OID_UNKNOWN)
        oid_print(attribute->oid, text);
    else
        buffer_put_text(text, oid_name(attribute->attribute));
    buffer_put_text(text, "=");
    bool is_readable = attribute->tag == DER_UTF8_STRING || attribute->tag == DER_IA5_STRING ||
                       attribute->tag == DER_PRINTABLE_STRING;
    if (is_readable && attribute->attribute != OID_UNKNOWN) {
        name_print_value(attribute->value, text);
        return;
    }
    struct buffer whole CLEANUP_BUFFER;
    buffer_init(&whole, attribute->value.len + 8);
    der_put(&whole, attribute->tag, attribute->value);
    buffer_put_text(text, "#");
    hex_encode(buffer_bytes(&whole), text);
}

enum err name_print(struct bytes der, struct buffer *text)
{
    struct name name;
    enum err err = name_parse(der, &name, NULL);
    if (err != ERR_NONE)
        return err;
    for (size_t i = name.num; i > 0; i--) {
        const struct name_attribute *attribute = &name.attributes[i - 1];
        name_print_attribute(attribute, text);
        if (i > 1)
            buffer_put_text(text, name.attributes[i - 2].rdn == attribute->rdn ? "+" : ",");
    }
    return buffer_check(text);
}
