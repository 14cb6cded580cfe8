/* When a statement about a status counts. Reading them is in cert_status_ocsp.c and
 * cert_status_crl.c. */
#include "verify/cert_status_parts.h"

enum err cert_status_refuse(struct fault *fault, const char *input, const char *rule,
                            const char *text)
{
    fault_name_input(fault, input);
    return fault_set(fault, ERR_DENIED, rule, "%s", text);
}

/* A statement made after the moment asked about. Of the signature kind a hold is never released
 * (page:S45), so that nothing can have been revoked then and good later; but what has ended drops
 * out of the lists. */
static enum err check_later(const struct cert_status_question *question, int64_t this_update,
                            struct fault *fault)
{
    if (question->kind != KIND_SIGNATURE)
        return fault_set(fault, ERR_DENIED, "thisUpdate",
                         "made after the moment asked about: it may have been held then");
    if (this_update > question->cert->not_after)
        return fault_set(fault, ERR_DENIED, "thisUpdate", "made after the certificate had ended");
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
    if (this_update > question->at + CERT_STATUS_SKEW)
        return check_later(question, this_update, fault);
    return ERR_NONE;
}
