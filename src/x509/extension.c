#include "x509/extension.h"

#include "x509/general_name.h"

void extension_take(struct der *list, struct cert_extension *out)
{
    struct der fields = der_enter(list, DER_SEQUENCE);
    out->octets = der_oid(&fields);
    out->oid = oid_find(out->octets);
    out->critical = der_next_is(&fields, DER_BOOLEAN);
    if (out->critical && !der_boolean(&fields))
        der_refuse(&fields, "a default is written out");
    out->value = der_octets(&fields);
    (void)der_end(&fields);
}

struct extension_marks extension_begin(struct buffer *out, enum oid oid, bool critical)
{
    struct extension_marks marks = {.extension = der_begin(out, DER_SEQUENCE)};
    oid_put(out, oid);
    if (critical)
        der_put_boolean(out, true);
    marks.value = der_begin(out, DER_OCTET_STRING);
    return marks;
}

void extension_close(struct buffer *out, struct extension_marks marks)
{
    der_close(out, marks.value);
    der_close(out, marks.extension);
}

/* RFC 5280 4.2.1.1: issuer and serial go together. */
void authority_key_id_take(struct der *value, struct authority_key_id *out)
{
    *out = (struct authority_key_id){0};
    struct der fields = der_enter(value, DER_SEQUENCE);
    if (der_next_is(&fields, DER_CONTEXT(0)))
        out->key_id = der_take(&fields, DER_CONTEXT(0));
    bool has_issuer = der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(1));
    if (has_issuer) {
        struct der names = der_enter(&fields, DER_CONTEXT_CONSTRUCTED(1));
        out->issuer = general_names_directory(&names);
    }
    bool has_serial = der_next_is(&fields, DER_CONTEXT(2));
    if (has_serial)
        out->serial = serial_take(&fields, DER_CONTEXT(2));
    if (der_end(&fields) == ERR_NONE && has_issuer != has_serial)
        der_refuse(&fields, "issuer and serial do not stand together");
}

void authority_key_id_put(struct buffer *out, const struct cert *authority)
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    der_put(out, DER_CONTEXT(0), authority->subject_key_id);
    size_t names = der_begin(out, DER_CONTEXT_CONSTRUCTED(1));
    general_name_put_directory(out, authority->issuer);
    der_close(out, names);
    serial_put(out, DER_CONTEXT(2), authority->serial);
    der_close(out, mark);
}

struct bytes point_name_take(struct der *point)
{
    struct bytes directory = {NULL, 0};
    struct der choice = der_enter(point, DER_CONTEXT_CONSTRUCTED(0));
    if (der_next_is(&choice, DER_CONTEXT_CONSTRUCTED(0))) {
        struct der names = der_enter(&choice, DER_CONTEXT_CONSTRUCTED(0));
        directory = general_names_directory(&names);
    } else {
        der_take(&choice, DER_CONTEXT_CONSTRUCTED(1));
    }
    (void)der_end(&choice);
    return directory;
}

void point_name_put(struct buffer *out, struct bytes directory)
{
    size_t choice = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t names = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    general_name_put_directory(out, directory);
    der_close(out, names);
    der_close(out, choice);
}
