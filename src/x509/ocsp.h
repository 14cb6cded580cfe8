/* OCSP (RFC 6960): requests and basic responses, read and written. Signatures and the responder's
 * right to answer are checked in verify; the answers are found in status. */
#pragma once

#include "x509/crl.h"

#define OCSP_MAX_IDS   16 /* certificates asked about in one request */
#define OCSP_MAX_NONCE 32 /* RFC 8954 2.1 */

struct ocsp_id {
    enum algorithm hash; /* ALGORITHM_SHA1, …_SHA256; ALGORITHM_UNKNOWN is no fault */
    struct bytes name_hash, key_hash, serial;
    struct bytes whole; /* the CertID as it stands; what an answer repeats */
};

struct ocsp_request {
    size_t num;
    struct ocsp_id ids[OCSP_MAX_IDS];
    struct bytes nonce; /* 1…32 bytes; empty when absent */
};

/* ocsp_request_parse: at least one id, at most OCSP_MAX_IDS (ERR_LIMIT); a signature on the request
 * is well-formed but not looked at; unknown critical extensions are refused. */
enum err ocsp_request_parse(struct bytes der, struct ocsp_request *out,
                            struct fault *fault) MUST_USE;
/* ocsp_request_encode writes ids from hash, name_hash, key_hash and serial; whole is not used. */
enum err ocsp_request_encode(const struct ocsp_request *request, struct buffer *out) MUST_USE;
/* ocsp_id_put writes one CertID; ocsp_id_equal compares what it says. */
void ocsp_id_put(struct buffer *out, const struct ocsp_id *id);
bool ocsp_id_equal(const struct ocsp_id *a, const struct ocsp_id *b);

/* Zero is "the responder does not know". */
enum ocsp_status { OCSP_STATUS_UNKNOWN, OCSP_STATUS_GOOD, OCSP_STATUS_REVOKED };

/* RFC 6960 4.2.1: OCSPResponseStatus */
enum ocsp_outcome {
    OCSP_SUCCESSFUL = 0,
    OCSP_MALFORMED_REQUEST = 1,
    OCSP_INTERNAL_ERROR = 2,
    OCSP_TRY_LATER = 3,
    OCSP_SIG_REQUIRED = 5,
    OCSP_UNAUTHORIZED = 6,
};

struct ocsp_single {
    struct ocsp_id id;
    enum ocsp_status status;
    int64_t revoked_at;     /* revoked and held only */
    enum crl_reason reason; /* likewise; CRL_REASON_HOLD = held */
    int64_t this_update, next_update;
};

struct ocsp_response {
    enum ocsp_outcome outcome;     /* what follows is filled for OCSP_SUCCESSFUL only */
    struct bytes tbs;              /* ResponseData, DER */
    struct bytes responder_key_id; /* byKey: 20 bytes; or empty, and then */
    struct bytes responder_name;   /* byName: Name, DER */
    int64_t produced_at;
    size_t num;
    struct ocsp_single singles[OCSP_MAX_IDS];
    struct bytes nonce; /* empty when absent */
    enum algorithm algorithm;
    struct bytes signature;
    struct bytes cert; /* the one certificate inside, DER; empty when there is none */
};

/* ocsp_response_parse: strict; refuses another response type than basic, an id answered twice, more
 * than one certificate, a missing nextUpdate, unknown critical extensions. ERR_UNSUPPORTED for
 * another type. */
enum err ocsp_response_parse(struct bytes der, struct ocsp_response *out,
                             struct fault *fault) MUST_USE;
/* ocsp_parse_tbs reads a ResponseData alone. */
enum err ocsp_parse_tbs(struct bytes tbs, struct ocsp_response *out, struct fault *fault) MUST_USE;

struct ocsp_facts {
    struct bytes responder_key_id; /* 20 bytes: SHA-1 of the responder's key bits */
    int64_t produced_at;
    const struct ocsp_single *singles; /* id.whole is repeated when given, else id's parts */
    size_t num;
    struct bytes nonce; /* empty: none */
};

enum err ocsp_encode_tbs(const struct ocsp_facts *facts, struct buffer *out) MUST_USE;
/* ocsp_assemble appends the whole OCSPResponse, the responder's certificate inside. */
enum err ocsp_assemble(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                       struct bytes cert, struct buffer *out) MUST_USE;
/* ocsp_encode_error appends an unsigned OCSPResponse; outcome is not OCSP_SUCCESSFUL. */
enum err ocsp_encode_error(enum ocsp_outcome outcome, struct buffer *out) MUST_USE;
