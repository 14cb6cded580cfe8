/* Pinned authorities: kept in one array, looked for by kind, name, key identifier and at last by
 * the signature itself. */
#include "verify/authority.h"

#include <stdlib.h>

#include "base/limits.h"
#include "verify/algorithms.h"

struct authorities {
    size_t num;
    struct authority authorities[AUTHORITIES_MAX];
};

enum err authorities_new(struct authorities **out)
{
    struct authorities *authorities = calloc(1, sizeof *authorities);
    if (!authorities)
        return ERR_MEMORY;
    *out = authorities;
    return ERR_NONE;
}

static void authority_done(struct authority *authority)
{
    buffer_done(&authority->der);
    public_key_free(authority->key);
    authority->key = NULL;
}

void authorities_free(struct authorities *authorities)
{
    if (!authorities)
        return;
    for (size_t i = 0; i < authorities->num; i++)
        authority_done(&authorities->authorities[i]);
    free(authorities);
}

void authorities_cleanup(struct authorities **authorities)
{
    authorities_free(*authorities);
}

/* profile.md 1.1: a self-signed root that may sign certificates and lists. */
static enum err authority_read(struct bytes der, struct authority *out, struct fault *fault)
{
    static const char rule[] = "authority";
    const uint16_t wanted = KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN;
    buffer_put_bytes(&out->der, der);
    enum err err = buffer_check(&out->der);
    if (err != ERR_NONE)
        return fault_set(fault, err, rule, "a certificate longer than %d bytes", LIMIT_CERTIFICATE);
    err = cert_parse(buffer_bytes(&out->der), &out->cert, fault);
    if (err != ERR_NONE)
        return err;
    if (!out->cert.is_authority || (out->cert.key_usage & wanted) != wanted)
        return fault_set(fault, ERR_MALFORMED, rule, "not the certificate of an authority");
    if (public_key_parse(out->cert.spki, &out->key) != ERR_NONE)
        return fault_set(fault, ERR_MALFORMED, rule, "its key cannot be used");
    if (!cert_is_self_issued(&out->cert) ||
        !is_signed_by(out->key, out->cert.tbs, out->cert.algorithm, out->cert.signature))
        return fault_set(fault, ERR_MALFORMED, rule, "not signed by itself");
    return ERR_NONE;
}

enum err authorities_add(struct authorities *authorities, enum kind kind, struct bytes der,
                         struct fault *fault)
{
    struct authority authority CLEANUP(authority_done) = {.kind = kind};
    buffer_init(&authority.der, LIMIT_CERTIFICATE);
    enum err err = authority_read(der, &authority, fault);
    if (err != ERR_NONE)
        return err;
    for (size_t i = 0; i < authorities->num; i++) {
        const struct authority *other = &authorities->authorities[i];
        if (other->kind != kind && bytes_equal(other->cert.spki, authority.cert.spki))
            return fault_set(fault, ERR_EXISTS, "authority", "pinned for the other kind");
        if (bytes_equal(buffer_bytes(&other->der), der) && other->kind == kind)
            return ERR_NONE;
    }
    if (authorities->num == AUTHORITIES_MAX)
        return fault_set(fault, ERR_LIMIT, "authority", "more than %d", AUTHORITIES_MAX);
    authorities->authorities[authorities->num++] = authority;
    authority = (struct authority){0}; /* the array's now */
    return ERR_NONE;
}

/* Name and key identifier only narrow the search down; a wrong one of the two rules out. */
static bool is_candidate(const struct authority *authority, enum kind kind, const struct cert *cert)
{
    return authority->kind == kind && bytes_equal(authority->cert.subject, cert->issuer) &&
           (cert->authority_key_id.key_id.len == 0 ||
            bytes_equal(authority->cert.subject_key_id, cert->authority_key_id.key_id));
}

enum err authorities_find(const struct authorities *authorities, enum kind kind,
                          const struct cert *cert, const struct authority **out,
                          struct fault *fault)
{
    bool is_named = false;
    for (size_t i = 0; i < authorities->num; i++) {
        const struct authority *authority = &authorities->authorities[i];
        if (!is_candidate(authority, kind, cert))
            continue;
        is_named = true;
        if (is_signed_by(authority->key, cert->tbs, cert->algorithm, cert->signature)) {
            *out = authority;
            return ERR_NONE;
        }
    }
    return fault_set(fault, ERR_NOT_FOUND, "authority", "%s",
                     is_named ? "not signed by the authority that it names"
                              : "no trusted authority of that name and key");
}
