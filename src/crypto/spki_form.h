/* The two forms of SubjectPublicKeyInfo that a resident's key has, RSA-2048 and P-256, known by
 * their bytes: read without libcrypto's decoders, which cost more than a verification. Private to
 * crypto/.
 */
#pragma once

#include "crypto/evp.h"

/* The DER is head, number, tail; number is the modulus or the point. */
struct spki_form {
    enum key_type type;
    size_t bits_at; /* where the content of the BIT STRING begins */
    size_t head_len, number_len, tail_len;
    uint8_t head[33], tail[5];
};

/* spki_form_of answers NULL when it is neither. What it finds is canonical: a modulus of 2048 bits
 * with e = 65537, a point that is not compressed. */
const struct spki_form *spki_form_of(struct bytes spki);
struct bytes spki_form_number(const struct spki_form *form, struct bytes spki);
/* spki_form_read answers NULL for a point beside the curve; otherwise the key is the caller's. */
EVP_PKEY *spki_form_read(const struct spki_form *form, struct bytes spki);
