/* Certificates (RFC 5280 4): read strictly into a plain struct, and written from facts and a
 * profile row. Signing is done elsewhere: cert_encode_tbs gives the bytes to sign, cert_assemble
 * takes the signature. Paths are validated in crypto; status and verdicts belong to verify. */
#pragma once

#include "x509/basic_four.h"
#include "x509/profile.h"
#include "x509/serial.h"
#include "x509/spki.h"

#define CERT_MAX_EXTENSIONS 24
#define CERT_MAX_PURPOSES   8
#define CERT_MAX_POLICIES   8

struct cert_extension {
    enum oid oid;
    struct bytes octets; /* the OID's content octets */
    bool critical;
    struct bytes value; /* content of the OCTET STRING */
};

/* authorityKeyIdentifier; each empty where absent. */
struct authority_key_id {
    struct bytes key_id, issuer, serial; /* issuer is a Name, DER */
};

/* Every slice is borrowed from the DER that was parsed. A part that is absent is empty, zero or
 * false. */
struct cert {
    struct bytes whole; /* empty after cert_parse_tbs */
    struct bytes tbs;
    enum algorithm algorithm;
    struct bytes signature; /* empty after cert_parse_tbs */

    struct bytes serial;          /* magnitude */
    struct bytes issuer, subject; /* Name, DER */
    int64_t not_before, not_after;
    struct bytes spki; /* DER */
    struct spki key;

    bool has_key_usage;
    uint16_t key_usage; /* KEY_USAGE_… */
    size_t num_purposes;
    enum oid purposes[CERT_MAX_PURPOSES]; /* extKeyUsage; OID_UNKNOWN for an unknown one */
    bool has_basic_constraints, is_authority;
    int path_length; /* -1 when there is none */
    size_t num_policies;
    struct bytes policies[CERT_MAX_POLICIES]; /* content octets */
    bool has_basic_four;
    struct basic_four basic_four;
    struct bytes subject_alt_directory, issuer_alt_directory; /* first directoryName, DER */
    struct authority_key_id authority_key_id;
    struct bytes subject_key_id;
    struct bytes crl_point; /* directoryName of the first distribution point's fullName, DER */
    struct bytes ocsp;      /* first OCSP address of authorityInfoAccess, text */
    bool has_ocsp_nocheck;

    size_t num_extensions;
    struct cert_extension extensions[CERT_MAX_EXTENSIONS]; /* all, in their order */
};

/* cert_parse reads one certificate: v3, all bytes used, inner and outer algorithm equal, no
 * extension twice, no unknown critical one, every extension it knows well-formed. *out borrows from
 * der. ERR_MALFORMED (or ERR_LIMIT) with the fault; fault may be NULL. */
enum err cert_parse(struct bytes der, struct cert *out, struct fault *fault) MUST_USE;
/* cert_parse_tbs is the same for a TBSCertificate alone. */
enum err cert_parse_tbs(struct bytes tbs, struct cert *out, struct fault *fault) MUST_USE;
/* cert_parse_algorithm reads of a TBSCertificate no more than by which algorithm it is signed. */
enum err cert_parse_algorithm(struct bytes tbs, enum algorithm *out) MUST_USE;
bool cert_is_self_issued(const struct cert *cert);
/* cert_kind says which of the two resident's kinds a certificate has the marks of: key usage, and
 * basic four or clientAuth. False for anything else. page:S03 */
bool cert_kind(const struct cert *cert, enum kind *out);

/* What changes from one certificate to the next; the rest comes from the profile, the site and the
 * issuer. */
struct cert_facts {
    uint64_t serial;
    int64_t not_before, not_after;
    struct bytes subject;                /* Name, DER */
    struct bytes spki;                   /* DER */
    struct bytes subject_key_id;         /* 20 bytes: SHA-1 of the key bits, RFC 5280 4.2.1.2 (1) */
    const struct basic_four *basic_four; /* signature kind only */
    struct bytes crl_point;              /* Name, DER; leaves only */
    struct bytes subject_ja;             /* Name, DER; authority only */
};

/* cert_encode_tbs appends the TBSCertificate. issuer is the parsed certificate of the authority;
 * NULL for the authority's own. ERR_USAGE when a fact that the row needs is missing; what it means
 * is judged by lint_cert. */
enum err cert_encode_tbs(const struct profile *profile, const struct profile_site *site,
                         const struct cert *issuer, const struct cert_facts *facts,
                         struct buffer *out) MUST_USE;
/* cert_assemble appends the certificate. */
enum err cert_assemble(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                       struct buffer *out) MUST_USE;
