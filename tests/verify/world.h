/* Status as it comes in tests: an answer or a list that is right, but for what a variant says. Made
 * with the writer of x509 and real keys. */
#pragma once

#include "sample.h"
#include "verify/cert_status.h"

#define WORLD_NOW (SAMPLE_NOW + 3600)

/* Times are seconds after WORLD_NOW. */
struct variant {
    enum ocsp_status status;
    enum crl_reason reason;
    int64_t revoked, produced, this_update, next_update;
    const struct sample *signer; /* whose key signs */
    const struct sample *shown;  /* whose certificate is inside; NULL: none */
    const struct sample *named;  /* whom the answer names */
    const struct sample *issuer; /* whose name and key the CertID, or the list, has */
    const struct sample *about;  /* the certificate */
    struct bytes nonce;
    bool twice;         /* once more under SHA-256, or once more in the list */
    bool beside;        /* another certificate's answer, too */
    struct bytes point; /* of a list */
};

/* The certificate of `about` is good, by answer or list; signed, named and shown is `signer`. */
struct variant variant_good(const struct sample *authority, const struct sample *signer,
                            const struct sample *about);
void variant_ocsp(const struct variant *variant, struct buffer *out);
void variant_crl(const struct variant *variant, struct buffer *out);
void variant_push_set(const struct variant *variant, struct buffer *out);

/* A responder like *like (its key, too), by another profile row, another issuer, in other dates. */
void world_responder(const struct profile *profile, const struct sample *like,
                     const struct sample *issuer, int64_t not_before, int64_t not_after,
                     struct sample *out);
