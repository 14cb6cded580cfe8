/* The responder's delegated certificates: taken over, looked at, given out. */
#include "base/limits.h"
#include "crypto/verify.h"
#include "status/responder_parts.h"

static bool may_sign_answers(const struct cert *cert)
{
    for (size_t i = 0; i < cert->num_purposes; i++)
        if (cert->purposes[i] == OID_OCSP_SIGNING)
            return true;
    return false;
}

static enum err delegation_check(const struct responder *responder,
                                 const struct authority *authority, const struct cert *cert,
                                 int64_t now, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    if (!bytes_equal(cert->spki, buffer_bytes(&responder->spki)))
        return fault_set(fault, ERR_DENIED, "responder's key", "the certificate is for another");
    if (!bytes_equal(cert->issuer, authority->cert.subject) || !may_sign_answers(cert) ||
        cert->is_authority)
        return fault_set(fault, ERR_DENIED, "responder", "not by this authority for OCSP signing");
    if (now < cert->not_before || now > cert->not_after)
        return fault_set(fault, ERR_DENIED, "validity", "not in date");
    enum err err = public_key_parse(authority->cert.spki, &key);
    if (err == ERR_NONE && (cert->algorithm == ALGORITHM_UNKNOWN ||
                            cert->algorithm != profile_signature(authority->cert.key.type)))
        err = ERR_DENIED;
    if (err == ERR_NONE)
        err = verify_message(key, HASH_SHA256, cert->tbs, cert->signature);
    return err == ERR_NONE ? ERR_NONE
                           : fault_set(fault, ERR_DENIED, "signature", "not by this authority");
}

/* Whom the certificate names; when nobody, one that has not signed it either. */
static size_t issuer_of(const struct responder *responder, enum kind kind, const struct cert *cert)
{
    for (size_t i = 0; i < responder->num_authorities; i++) {
        const struct authority *authority = &responder->authorities[i];
        if (authority->kind == kind &&
            bytes_equal(cert->authority_key_id.key_id, authority->cert.subject_key_id))
            return i;
    }
    return kind;
}

enum err responder_install(struct responder *responder, enum kind kind, struct bytes certificate,
                           int64_t now, struct fault *fault)
{
    struct cert cert;
    enum err err = cert_parse(certificate, &cert, fault);
    if (err != ERR_NONE)
        return err;
    size_t at = issuer_of(responder, kind, &cert);
    err = delegation_check(responder, &responder->authorities[at], &cert, now, fault);
    if (err != ERR_NONE)
        return err;
    struct delegation *delegation = &responder->delegations[at];
    pthread_mutex_lock(&responder->lock);
    buffer_done(&delegation->der);
    buffer_put_bytes(&delegation->der, certificate);
    err = buffer_check(&delegation->der);
    delegation->not_before = cert.not_before;
    delegation->not_after = err == ERR_NONE ? cert.not_after : 0;
    delegation->number++;
    pthread_mutex_unlock(&responder->lock);
    return err;
}

int64_t responder_renewal(struct responder *responder, int64_t now)
{
    int64_t first = INT64_MAX;
    pthread_mutex_lock(&responder->lock);
    for (size_t i = 0; i < responder->num_authorities; i++) {
        const struct delegation *delegation = &responder->delegations[i];
        if (responder->authorities[i].cert.not_after < now)
            continue;
        int64_t half =
            delegation->not_before + (delegation->not_after - delegation->not_before) / 2;
        if (delegation->not_after == 0)
            half = 0;
        first = half < first ? half : first;
    }
    pthread_mutex_unlock(&responder->lock);
    return first;
}

enum err delegation_copy(struct responder *responder, struct answer_basis *basis,
                         struct buffer *der)
{
    pthread_mutex_lock(&responder->lock);
    const struct delegation *delegation = &responder->delegations[basis->authority];
    bool is_in_date = basis->made >= delegation->not_before && basis->made <= delegation->not_after;
    if (is_in_date) {
        buffer_put_bytes(der, buffer_bytes(&delegation->der));
        basis->delegation = delegation->number;
        basis->end = delegation->not_after;
    }
    pthread_mutex_unlock(&responder->lock);
    return is_in_date ? buffer_check(der) : ERR_NOT_FOUND;
}

bool delegation_put(struct responder *responder, const struct answer_basis *basis,
                    struct buffer *out)
{
    const struct delegation *delegation = &responder->delegations[basis->authority];
    pthread_mutex_lock(&responder->lock);
    bool is_same = basis->delegation == delegation->number;
    if (is_same)
        buffer_put_bytes(out, buffer_bytes(&delegation->der));
    pthread_mutex_unlock(&responder->lock);
    return is_same;
}
