/* The little that the chip asks of a certificate: where it ends, and whose key it certifies.
 * Whether it is a good certificate is the centre's affair, which signed a permit for these very
 * bytes. */
#pragma once

#include "base/bytes.h"

/* leaf_split parts leaf ‖ authority, each one DER SEQUENCE with a length of two bytes: readers take
 * a file's length from bytes 2 and 3. Borrowed from the input. ERR_MALFORMED. */
enum err leaf_split(struct bytes staged, struct bytes *leaf, struct bytes *authority) MUST_USE;

/* leaf_public_key finds the SubjectPublicKeyInfo (RFC 5280 4.1), whole. Borrowed. */
enum err leaf_public_key(struct bytes leaf, struct bytes *spki) MUST_USE;
