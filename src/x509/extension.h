/* The frame of an extension (RFC 5280 4.1), and the two values that certificates and CRLs share:
 * authorityKeyIdentifier and DistributionPointName. */
#pragma once

#include "x509/cert.h"

/* extension_take reads one Extension; the value stays as it is. */
void extension_take(struct der *list, struct cert_extension *out);
/* extension_begin opens an Extension up to its OCTET STRING; extension_close closes it. */
struct extension_marks {
    size_t extension, value;
};
struct extension_marks extension_begin(struct buffer *out, enum oid oid, bool critical);
void extension_close(struct buffer *out, struct extension_marks marks);

void authority_key_id_take(struct der *value, struct authority_key_id *out);
/* authority_key_id_put writes the value that points to this authority: key id, issuer and serial.
 */
void authority_key_id_put(struct buffer *out, const struct cert *authority);

/* point_name_take reads [0] DistributionPointName; the answer is the first directoryName of its
 * full name, or empty. */
struct bytes point_name_take(struct der *point);
void point_name_put(struct buffer *out, struct bytes directory);
