/* The frame around everything that is signed as one (RFC 5280 4.1.1): SEQUENCE of the bytes to
 * sign, the algorithm, the signature. Certificates, CRLs and requests share it. */
#pragma once

#include "x509/algorithm.h"

struct signed_frame {
    struct bytes whole, body; /* body: head included */
    enum algorithm algorithm;
    struct bytes algorithm_der, signature;
};

/* signed_take reads a frame that fills der to its end. */
void signed_take(struct der *der, struct signed_frame *out);
enum err signed_assemble(struct bytes body, enum algorithm algorithm, struct bytes signature,
                         struct buffer *out) MUST_USE;
