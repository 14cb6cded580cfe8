/* What an OCSP answer, a CRL or a push set says about one certificate, after everything about it
 * has been checked: who made it, when, for whom. What does not stand every check is an error, never
 * a status. Asking for the bytes is the caller's. */
#pragma once

#include "verify/authority.h"
#include "verify/verdict.h"
#include "x509/ocsp.h"

/* Seconds; ours. How far a source's clock may be ahead of ours, and how long an answer or a list
 * may claim to live: one that claims more is refused. */
#define CERT_STATUS_SKEW         60
#define CERT_STATUS_OCSP_LONGEST (24 * 3600)
#define CERT_STATUS_CRL_LONGEST  (7 * 86400)
#define CERT_STATUS_PUSH_LONGEST (24 * 3600)
#define CERT_STATUS_NONCE        16 /* bytes */

/* Zero is "the authority does not know it". */
enum cert_status_answer { CERT_STATUS_UNKNOWN, CERT_STATUS_GOOD, CERT_STATUS_REVOKED };

struct cert_status {
    enum cert_status_answer answer;
    enum crl_reason reason; /* revoked only; CRL_REASON_HOLD: held */
    int64_t since;          /* revoked only */
    bool is_bare;           /* revoked only: it says neither reason nor since */
    enum status_source source;
    int64_t this_update, next_update;
};

struct cert_status_question {
    const struct cert *cert;
    enum kind kind;
    const struct authority *authority; /* the one that signed the certificate */
    int64_t at;                        /* the moment asked about */
    int64_t now;                       /* our clock; not before `at` */
};

/* cert_status_ocsp_request appends the request about the certificate; nonce may be empty. */
enum err cert_status_ocsp_request(const struct cert_status_question *question, struct bytes nonce,
                                  struct buffer *out) MUST_USE;

/* cert_status_from_ocsp reads the answer to it (RFC 6960 3.2, 4.2.2.2): exactly one statement about
 * the certificate; the nonce that was sent, if one was; signed by the authority itself or by a
 * responder that this very authority made one (OCSPSigning, ocsp-nocheck, in date); produced
 * neither in the future nor outside of its own window; alive at `at`.
 * ERR_DENIED or ERR_MALFORMED with the fault; ERR_PEER when the responder said that it failed. */
enum err cert_status_from_ocsp(const struct cert_status_question *question, struct bytes nonce,
                               struct bytes response, struct cert_status *out,
                               struct fault *fault) MUST_USE;

/* cert_status_from_crl reads a list (RFC 5280 5, 6.3): of the same authority by name, key
 * identifier and signature; the full one, or the one of the certificate's distribution point; alive
 * at `at`. */
enum err cert_status_from_crl(const struct cert_status_question *question, struct bytes crl,
                              struct cert_status *out, struct fault *fault) MUST_USE;

/* cert_status_from_push_set reads a push set (PROTOCOL.push-set): of the same authority by key;
 * signed by a responder that this very authority made one, whose certificate outlives the set;
 * alive at `at`. */
enum err cert_status_from_push_set(const struct cert_status_question *question, struct bytes set,
                                   struct cert_status *out, struct fault *fault) MUST_USE;

/* A statement made after `at` tells that the certificate was revoked or held then, if it has been
 * since. Otherwise it tells for the signature kind, because no release ever makes such a
 * certificate good again (page:S45), as long as it had not ended when the statement was made; for
 * the authentication kind it tells nothing, since a hold may have come and gone. One that does not
 * say since when tells nothing of a moment before either, if it is one of revoked or held.
 * ERR_STATE: so it is; an older statement might tell. */
