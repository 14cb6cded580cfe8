/* When a statement about a status counts, and who may make it. Reading them is in
 * cert_status_ocsp.c, cert_status_crl.c and cert_status_push_set.c. */
#include "verify/algorithms.h"
#include "verify/cert_status_parts.h"

enum err cert_status_refuse(struct fault *fault, const char *input, const char *rule,
                            const char *text)
{
    fault_name_input(fault, input);
    return fault_set(fault, ERR_DENIED, rule, "%s", text);
}

/* page:S45 rule:status-later what a later statement can tell about the moment asked about.
 * Revoked or held since that moment or longer: it was so then, for either kind. Good, or revoked
 * only afterwards: of the signature kind, whose hold is never released, it was good then, unless it
 * has ended since (what has ended drops out of the lists); of the authentication kind a hold may
 * have begun and been released in between, so nothing. */
enum err cert_status_check_later(const struct cert_status_question *question,
                                 const struct cert_status *status, struct fault *fault)
{
    bool is_later = status->this_update > question->at + CERT_STATUS_SKEW;
    bool is_revoked = status->answer == CERT_STATUS_REVOKED;
    if (!is_later || (is_revoked && !status->is_bare && status->since <= question->at))
        return ERR_NONE;
    if (is_revoked && status->is_bare)
        return fault_set(fault, ERR_STATE, "thisUpdate",
                         "made after the moment asked about, and does not say since when");
    if (question->kind != KIND_SIGNATURE)
        return fault_set(fault, ERR_STATE, "thisUpdate",
                         "made after the moment asked about: it may have been held then");
    if (status->this_update > question->cert->not_after)
        return fault_set(fault, ERR_STATE, "thisUpdate", "made after the certificate had ended");
    return ERR_NONE;
}

enum err cert_status_check_window(const struct cert_status_question *question, int64_t this_update,
                                  int64_t next_update, int64_t longest, struct fault *fault)
{
    if (next_update <= this_update)
        return fault_set(fault, ERR_DENIED, "nextUpdate", "not after thisUpdate");
    if (next_update - this_update > longest)
        return fault_set(fault, ERR_DENIED, "nextUpdate", "claims to live too long");
    if (this_update > question->now + CERT_STATUS_SKEW)
        return fault_set(fault, ERR_DENIED, "thisUpdate", "in the future");
    if (question->at > next_update)
        return fault_set(fault, ERR_DENIED, "nextUpdate", "out of date");
    return ERR_NONE;
}

static bool has_purpose(const struct cert *cert, enum oid purpose)
{
    for (size_t i = 0; i < cert->num_purposes; i++)
        if (cert->purposes[i] == purpose)
            return true;
    return false;
}

/* RFC 6960 4.2.2.2: a responder is made by the very authority that is asked about. Who could not be
 * checked itself (no ocsp-nocheck) is not trusted. */
const char *cert_status_responder_fault(const struct cert_status_question *question,
                                        const struct cert *responder, int64_t made_at)
{
    const struct authority *authority = question->authority;
    if (!bytes_equal(responder->issuer, authority->cert.subject) ||
        !is_signed_by(authority->key, responder->tbs, responder->algorithm, responder->signature))
        return "not made by the authority of the certificate";
    if (responder->is_authority || !has_purpose(responder, OID_OCSP_SIGNING))
        return "not made for OCSP (no OCSPSigning)";
    if (responder->has_key_usage && !(responder->key_usage & KEY_USAGE_DIGITAL_SIGNATURE))
        return "its key may not sign";
    if (!responder->has_ocsp_nocheck)
        return "without ocsp-nocheck: its own status is not known";
    if (made_at < responder->not_before || made_at > responder->not_after)
        return "not valid when the statement was made";
    return NULL;
}
