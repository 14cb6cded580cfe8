/* When a statement about a status counts. Reading them is in cert_status_ocsp.c and
 * cert_status_crl.c. */
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
    bool was_so_then = status->answer == CERT_STATUS_REVOKED && status->since <= question->at;
    if (!is_later || was_so_then)
        return ERR_NONE;
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
