/* A CRL from the relying party's side (RFC 5280 6.3): every check of the list, then the look for
 * the certificate. */
#include "verify/algorithms.h"
#include "verify/cert_status_parts.h"
#include "x509/crl.h"

#define INPUT "CRL"

/* RFC 5280 6.3.3 (b): the list of the very authority, full or of the certificate's own point. */
static const char *scope_fault(const struct cert_status_question *question, const struct crl *crl)
{
    const struct authority *authority = question->authority;
    if (!bytes_equal(crl->issuer, authority->cert.subject))
        return "of another authority";
    if (crl->authority_key_id.key_id.len &&
        !bytes_equal(crl->authority_key_id.key_id, authority->cert.subject_key_id))
        return "of another key of the authority";
    if (!is_signed_by(authority->key, crl->tbs, crl->algorithm, crl->signature))
        return "not signed by the authority";
    if (crl->has_issuing_point && !bytes_equal(crl->issuing_point, question->cert->crl_point))
        return "of another distribution point";
    return NULL;
}

/* Looks at the whole list: a certificate that stands there twice, with two dates or two reasons,
 * makes the list one that says nothing. */
static enum err status_find(const struct cert_status_question *question, const struct crl *crl,
                            struct cert_status *out, struct fault *fault)
{
    struct reader entries = reader_of(crl->entries);
    *out = (struct cert_status){
        .answer = CERT_STATUS_GOOD,
        .source = SOURCE_CRL,
        .this_update = crl->this_update,
        .next_update = crl->next_update,
    };
    for (struct crl_entry entry; crl_next(&entries, &entry);) {
        if (!bytes_equal(entry.serial, question->cert->serial))
            continue;
        if (out->answer == CERT_STATUS_REVOKED)
            return cert_status_refuse(fault, INPUT, "revokedCertificates", "the certificate twice");
        if (entry.revoked_at > crl->this_update)
            return cert_status_refuse(fault, INPUT, "revocationDate", "after thisUpdate");
        out->answer = CERT_STATUS_REVOKED;
        out->reason = entry.reason;
        out->since = entry.revoked_at;
    }
    return ERR_NONE;
}

enum err cert_status_from_crl(const struct cert_status_question *question, struct bytes crl,
                              struct cert_status *out, struct fault *fault)
{
    struct crl read;
    fault_name_input(fault, INPUT);
    enum err err = crl_parse(crl, &read, fault);
    if (err != ERR_NONE)
        return err;
    const char *text = scope_fault(question, &read);
    if (text)
        return cert_status_refuse(fault, INPUT, "RFC 5280 6.3.3", text);
    err = cert_status_check_window(question, read.this_update, read.next_update,
                                   CERT_STATUS_CRL_LONGEST, fault);
    if (err != ERR_NONE)
        return err;
    struct cert_status status;
    err = status_find(question, &read, &status, fault);
    if (err == ERR_NONE)
        err = cert_status_check_later(question, &status, fault);
    if (err == ERR_NONE)
        *out = status;
    return err;
}
