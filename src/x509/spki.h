/* SubjectPublicKeyInfo, taken apart: which kind of key, how long. Its quality is crypto's to judge.
 */
#pragma once

#include "x509/der.h"

enum spki_type { SPKI_OTHER, SPKI_RSA, SPKI_P256, SPKI_P384 };

struct spki {
    enum spki_type type;
    unsigned bits;         /* of the RSA modulus; 256 or 384 for a curve */
    struct bytes modulus;  /* RSA: big-endian, without a leading zero */
    struct bytes exponent; /* RSA */
    struct bytes point;    /* curves: uncompressed, 65 or 97 bytes */
    struct bytes key;      /* content of the BIT STRING: what a key identifier is the SHA-1 of */
};

/* spki_take reads one and gives it as it stands; *out may be NULL. A curve's point must be
 * uncompressed; another algorithm is SPKI_OTHER. */
struct bytes spki_take(struct der *der, struct spki *out);
enum err spki_parse(struct bytes der, struct spki *out, struct fault *fault) MUST_USE;
