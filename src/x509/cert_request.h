/* Certification requests (PKCS#10, RFC 2986): how a card proves that it holds a key. The info is
 * written so that the card can sign it; the attributes stay empty, since what is certified is
 * decided by the centre and not by the request. */
#pragma once

#include "x509/signed.h"
#include "x509/spki.h"

struct cert_request {
    struct bytes whole;
    struct bytes info;    /* CertificationRequestInfo, DER: what is signed */
    struct bytes subject; /* Name, DER */
    struct bytes spki;    /* DER */
    struct spki key;
    size_t num_attributes;
    enum algorithm algorithm;
    struct bytes signature;
};

/* cert_request_encode_info appends a CertificationRequestInfo. subject is a Name in DER; an empty
 * slice writes the empty Name. */
enum err cert_request_encode_info(struct bytes subject, struct bytes spki,
                                  struct buffer *out) MUST_USE;
enum err cert_request_assemble(struct bytes info, enum algorithm algorithm, struct bytes signature,
                               struct buffer *out) MUST_USE;
/* cert_request_parse: strict, all bytes used. Attributes must be well-formed and are only counted.
 * The signature is checked by the caller. */
enum err cert_request_parse(struct bytes der, struct cert_request *out,
                            struct fault *fault) MUST_USE;
