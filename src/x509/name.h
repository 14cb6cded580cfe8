/* Distinguished names (RFC 5280 4.1.2.4): written from a table, read as a short list, printed.
 * Names are compared as bytes: every authority here encodes its name always in the same way. */
#pragma once

#include "x509/der.h"
#include "x509/oid.h"

/* One RDN with one attribute, as data: {OID_COUNTRY, DER_PRINTABLE_STRING, "JP"}. */
struct name_part {
    enum oid attribute;
    uint8_t tag; /* DER_UTF8_STRING or DER_PRINTABLE_STRING */
    const char *value;
};

#define NAME_MAX_PARTS 16

struct name_attribute {
    size_t rdn;         /* which RDN it stands in, from 0 */
    enum oid attribute; /* OID_UNKNOWN for one that the table does not have */
    struct bytes oid;   /* its content octets */
    uint8_t tag;
    struct bytes value;
};

struct name {
    size_t num;
    struct name_attribute attributes[NAME_MAX_PARTS];
};

/* name_encode appends a Name. A value that its string type cannot hold fails the buffer
 * (ERR_MALFORMED). */
void name_encode(const struct name_part *parts, size_t num, struct buffer *out);

/* name_take reads a Name and gives it as it stands, head included. Refuses empty RDNs, RDNs of
 * several attributes out of order (X.690 11.6), values that are no text of their type, and more
 * than NAME_MAX_PARTS attributes. *out may be NULL. An empty Name is a Name. */
struct bytes name_take(struct der *der, struct name *out);
/* name_parse is name_take over bytes that hold nothing else. */
enum err name_parse(struct bytes der, struct name *out, struct fault *fault) MUST_USE;
/* name_find gives the value of the nth attribute of that type, counted from 0; false if none. */
bool name_find(const struct name *name, enum oid attribute, size_t nth, struct bytes *value);

/* name_print appends the text of RFC 4514, last RDN first: "CN=…,L=…,C=JP". */
enum err name_print(struct bytes der, struct buffer *text) MUST_USE;
