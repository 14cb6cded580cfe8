/* Between the algorithms that x509 names and what crypto does with them. Only SHA-256 and longer
 * count for a signature. */
#pragma once

#include "crypto/hash.h"
#include "crypto/key.h"
#include "x509/algorithm.h"

/* hash_of_algorithm: false for what is no hash. SHA-1 is one (CertID), but none of a signature. */
bool hash_of_algorithm(enum algorithm algorithm, enum hash *out);

/* is_signed_by says whether a signature over the message is this key's. False, too, for an
 * algorithm that does not belong to the key, or is none of RSA with SHA-256 to SHA-512 and ECDSA
 * with SHA-256 on P-256.
 */
bool is_signed_by(const struct public_key *key, struct bytes message, enum algorithm algorithm,
                  struct bytes signature);
