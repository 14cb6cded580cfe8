/* AlgorithmIdentifier: the few algorithms that this program names, with the parameters that belong
 * to each (NULL for RSA and its signatures, none for hashes and ECDSA). */
#pragma once

#include "x509/der.h"
#include "x509/oid.h"

enum algorithm {
    ALGORITHM_UNKNOWN,
    ALGORITHM_RSA_SHA256, /* what the authorities and residents sign with; JPKI profile 1.1 */
    ALGORITHM_RSA_SHA384,
    ALGORITHM_RSA_SHA512,
    ALGORITHM_ECDSA_SHA256, /* the OCSP responder */
    ALGORITHM_ECDSA_SHA384,
    ALGORITHM_SHA1, /* in OCSP's CertID only */
    ALGORITHM_SHA256,
    ALGORITHM_SHA384,
    ALGORITHM_SHA512,
    ALGORITHM_RSA, /* keys, and the signature algorithm of many CMS signers */
    NUM_ALGORITHMS
};

const char *algorithm_name(enum algorithm algorithm);
void algorithm_put(struct buffer *out, enum algorithm algorithm);
/* algorithm_take reads one AlgorithmIdentifier. A hash or an RSA signature may have NULL parameters
 * or none (RFC 4055 2.1); anything else beside the OID of a known one makes it ALGORITHM_UNKNOWN,
 * which is no fault here. *whole, if given, is the element as it stands. */
enum algorithm algorithm_take(struct der *der, struct bytes *whole);
/* algorithm_hash is the hash inside a signature algorithm (ALGORITHM_SHA256 for ..._RSA_SHA256), or
 * ALGORITHM_UNKNOWN. */
enum algorithm algorithm_hash(enum algorithm algorithm);
