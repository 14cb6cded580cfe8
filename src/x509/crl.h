/* Certificate revocation lists (RFC 5280 5): version 2, full, or of one distribution point. Entries
 * come and go one at a time, so that no list of a million stands in memory as structs. Lists with
 * unknown critical extensions, indirect lists and delta lists are refused. */
#pragma once

#include "x509/cert.h"

/* RFC 5280 5.3.1. Absent is CRL_REASON_UNSPECIFIED, and that is written as absent. */
enum crl_reason {
    CRL_REASON_UNSPECIFIED = 0,
    CRL_REASON_KEY_COMPROMISE = 1,
    CRL_REASON_CA_COMPROMISE = 2,
    CRL_REASON_AFFILIATION_CHANGED = 3,
    CRL_REASON_SUPERSEDED = 4,
    CRL_REASON_CESSATION = 5,
    CRL_REASON_HOLD = 6,
    CRL_REASON_PRIVILEGE_WITHDRAWN = 9,
    CRL_REASON_AA_COMPROMISE = 10,
};
bool crl_reason_is_known(unsigned code); /* removeFromCRL (8) is not: full lists have none */

struct crl_entry {
    struct bytes serial; /* magnitude */
    int64_t revoked_at;
    enum crl_reason reason;
};

struct crl {
    struct bytes whole, tbs;
    enum algorithm algorithm;
    struct bytes signature;
    struct bytes issuer; /* Name, DER */
    int64_t this_update, next_update;
    struct bytes number; /* cRLNumber, magnitude; empty when absent */
    struct authority_key_id authority_key_id;
    bool has_issuing_point; /* a critical issuingDistributionPoint with a directoryName only */
    struct bytes issuing_point;
    size_t num_entries;
    struct bytes entries; /* content of revokedCertificates; walk it with crl_next */
};

/* crl_parse reads and checks the whole list, each entry included; nextUpdate must be there. */
enum err crl_parse(struct bytes der, struct crl *out, struct fault *fault) MUST_USE;
enum err crl_parse_tbs(struct bytes tbs, struct crl *out, struct fault *fault) MUST_USE;
/* crl_next walks the entries of a parsed list: start with reader_of(crl->entries). False at the
 * end.
 */
bool crl_next(struct reader *entries, struct crl_entry *out);
/* crl_find looks for a serial; false when it is not there. */
bool crl_find(const struct crl *crl, struct bytes serial, struct crl_entry *out);

struct crl_facts {
    int64_t this_update, next_update;
    uint64_t number;
    struct bytes issuing_point; /* Name, DER: a municipality's list; empty: the full list */
};
/* A source of entries in rising order of serials: true with *out filled, or false at the end. The
 * bytes in *out must live until the next call. */
struct crl_source {
    bool (*next)(void *context, struct crl_entry *out);
    void *context;
};

/* crl_encode_tbs appends the TBSCertList, with the issuer's name and key id from its certificate.
 */
enum err crl_encode_tbs(const struct cert *issuer, const struct crl_facts *facts,
                        struct crl_source source, struct buffer *out) MUST_USE;
enum err crl_assemble(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                      struct buffer *out) MUST_USE;
