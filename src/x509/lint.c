/* Certificates; lists and answers are in lint_status.c. */
#include "x509/lint.h"

#include <string.h>

#include "base/date.h"

struct lint {
    const struct cert *cert;
    enum profile_id id;
    const struct profile *profile;
    const struct profile_site *site;
    const struct cert *issuer; /* NULL for an authority */
    struct fault *fault;
};

static const char rule[] = "profile";

#define REFUSE(lint, ...) fault_set((lint)->fault, ERR_DENIED, rule, __VA_ARGS__)

static bool is_leaf(const struct lint *lint)
{
    return lint->id == PROFILE_SIGNATURE || lint->id == PROFILE_AUTHENTICATION;
}

static enum kind kind_of(const struct lint *lint)
{
    return lint->id == PROFILE_SIGNATURE ? KIND_SIGNATURE : KIND_AUTHENTICATION;
}

static enum err check_head(const struct lint *lint)
{
    uint64_t serial;
    if (!serial_decode(lint->cert->serial, &serial) || serial > PROFILE_SERIAL_MAX)
        return REFUSE(lint, "the serial number has %zu bytes", lint->cert->serial.len);
    const struct spki *signer = lint->issuer ? &lint->issuer->key : &lint->cert->key;
    if (lint->cert->algorithm == ALGORITHM_UNKNOWN ||
        lint->cert->algorithm != profile_signature(signer->type))
        return REFUSE(lint, "the signature algorithm is %s", algorithm_name(lint->cert->algorithm));
    const struct bytes issuer = lint->issuer ? lint->issuer->subject : lint->cert->subject;
    if (!bytes_equal(lint->cert->issuer, issuer))
        return REFUSE(lint, "the issuer is another than the authority that signs");
    return ERR_NONE;
}

static enum err check_validity(const struct lint *lint)
{
    const struct cert *cert = lint->cert;
    if (cert->not_after - cert->not_before > lint->profile->longest)
        return REFUSE(lint, "valid for %lld days",
                      (long long)(cert->not_after - cert->not_before) / 86400);
    if (lint->profile->ends_with_a_day_in_japan &&
        cert->not_after != date_last_second(date_of_time(cert->not_after)))
        return REFUSE(lint, "it does not end with a day in Japan");
    if (lint->issuer &&
        (cert->not_before < lint->issuer->not_before || cert->not_after > lint->issuer->not_after))
        return REFUSE(lint, "valid beyond its authority");
    return ERR_NONE;
}

/* One attribute in each RDN, of the kinds given, the first one C=JP, the others UTF8String. */
static enum err check_name(const struct lint *lint, const char *what, struct bytes der,
                           const enum oid *shape, size_t num)
{
    struct name name;
    if (name_parse(der, &name, NULL) != ERR_NONE || name.num != num)
        return REFUSE(lint, "the %s has not %zu attributes", what, num);
    for (size_t i = 0; i < num; i++) {
        const struct name_attribute *found = &name.attributes[i];
        uint8_t tag = i == 0 ? DER_PRINTABLE_STRING : DER_UTF8_STRING;
        if (found->attribute != shape[i] || found->rdn != i || found->tag != tag ||
            found->value.len == 0)
            return REFUSE(lint, "the %s has %s where %s belongs", what, oid_name(found->attribute),
                          oid_name(shape[i]));
    }
    if (!bytes_equal_text(name.attributes[0].value, "JP"))
        return REFUSE(lint, "the %s is not of Japan", what);
    return ERR_NONE;
}

static enum err check_subject(const struct lint *lint)
{
    enum err err = check_name(lint, "subject", lint->cert->subject, lint->profile->subject,
                              lint->profile->num_subject);
    struct name name;
    struct bytes common_name;
    if (err != ERR_NONE || !is_leaf(lint))
        return err;
    err = name_parse(lint->cert->subject, &name, lint->fault);
    if (err == ERR_NONE && (!name_find(&name, OID_COMMON_NAME, 0, &common_name) ||
                            !profile_check_common_name(kind_of(lint), common_name)))
        err = REFUSE(lint, "the common name is not of its shape");
    return err;
}

static enum err check_key(const struct lint *lint)
{
    const struct spki *key = &lint->cert->key;
    enum spki_type authority = profile_authority_key(lint->site);
    if (lint->issuer && lint->issuer->key.type != authority)
        return REFUSE(lint, "the authority that signs has a key of another type");
    if (!profile_takes_key(lint->id, authority, key))
        return REFUSE(lint, "the key is of another type or length (%u bits)", key->bits);
    if (key->type == SPKI_RSA && !bytes_equal(key->exponent, bytes_of("\x01\x00\x01", 3)))
        return REFUSE(lint, "the public exponent is not 65537");
    if (lint->issuer && bytes_equal(lint->cert->spki, lint->issuer->spki))
        return REFUSE(lint, "the key is the authority's own");
    return ERR_NONE;
}

static enum err check_extensions(const struct lint *lint)
{
    const struct cert *cert = lint->cert;
    if (cert->num_extensions != lint->profile->num_extensions)
        return REFUSE(lint, "%zu extensions where %zu belong", cert->num_extensions,
                      lint->profile->num_extensions);
    for (size_t i = 0; i < cert->num_extensions; i++) {
        const struct profile_extension *wanted = &lint->profile->extensions[i];
        if (cert->extensions[i].oid != wanted->oid)
            return REFUSE(lint, "extension %zu is %s where %s belongs", i + 1,
                          oid_name(cert->extensions[i].oid), oid_name(wanted->oid));
        if (cert->extensions[i].critical != wanted->critical)
            return REFUSE(lint, "%s is %scritical", oid_name(wanted->oid),
                          wanted->critical ? "not " : "");
    }
    return ERR_NONE;
}

/* page:S03 — one kind never carries the marks of the other. */
static enum err check_purpose(const struct lint *lint)
{
    const struct cert *cert = lint->cert;
    bool has_purpose = lint->profile->extended_key_usage != OID_UNKNOWN;
    if (cert->key_usage != lint->profile->key_usage)
        return REFUSE(lint, "keyUsage is %04X", cert->key_usage);
    if (cert->num_purposes != (has_purpose ? 1 : 0) ||
        (has_purpose && cert->purposes[0] != lint->profile->extended_key_usage))
        return REFUSE(lint, "extKeyUsage is another");
    if (cert->is_authority != (lint->id == PROFILE_AUTHORITY) || cert->path_length != -1)
        return REFUSE(lint, "basicConstraints are another");
    if (cert->has_basic_four != (lint->id == PROFILE_SIGNATURE))
        return REFUSE(lint, "the basic four stand where they do not belong, or are missing");
    return cert->has_basic_four ? basic_four_check(&cert->basic_four, lint->fault) : ERR_NONE;
}

static enum err check_pointers(const struct lint *lint)
{
    static const enum oid point[] = {OID_COUNTRY,
                                     OID_ORGANIZATION,
                                     OID_ORGANIZATIONAL_UNIT,
                                     OID_ORGANIZATIONAL_UNIT,
                                     OID_ORGANIZATIONAL_UNIT,
                                     OID_COMMON_NAME};
    const struct cert *cert = lint->cert;
    if (cert->subject_key_id.len != 20)
        return REFUSE(lint, "subjectKeyIdentifier has %zu bytes", cert->subject_key_id.len);
    if (lint->issuer && !bytes_equal(cert->authority_key_id.key_id, lint->issuer->subject_key_id))
        return REFUSE(lint, "authorityKeyIdentifier is not the key that signs");
    if (lint->id == PROFILE_AUTHORITY)
        return check_name(lint, "Japanese name", cert->subject_alt_directory,
                          lint->profile->subject, lint->profile->num_subject);
    if (is_leaf(lint))
        return check_name(lint, "CRL point", cert->crl_point, point, COUNT_OF(point));
    return ERR_NONE;
}

/* What is left is found by writing it again: policies, addresses, alternative names, forms. */
static enum err check_bytes(const struct lint *lint)
{
    const struct cert *cert = lint->cert;
    struct buffer again CLEANUP_BUFFER;
    buffer_init(&again, cert->tbs.len + 1024);
    struct cert_facts facts = {
        .not_before = cert->not_before,
        .not_after = cert->not_after,
        .subject = cert->subject,
        .spki = cert->spki,
        .subject_key_id = cert->subject_key_id,
        .basic_four = cert->has_basic_four ? &cert->basic_four : NULL,
    };
    if (is_leaf(lint))
        facts.crl_point = cert->crl_point;
    if (lint->id == PROFILE_AUTHORITY)
        facts.subject_ja = cert->subject_alt_directory;
    (void)serial_decode(cert->serial, &facts.serial);
    enum err err = cert_encode_tbs(lint->profile, lint->site, lint->issuer, &facts, &again);
    if (err != ERR_NONE || !bytes_equal(buffer_bytes(&again), cert->tbs))
        return REFUSE(lint, "the same facts are written in other bytes by this profile and site");
    return ERR_NONE;
}

enum err lint_parsed_cert(const struct cert *cert, enum profile_id id,
                          const struct profile_site *site, const struct cert *issuer,
                          struct fault *fault)
{
    static enum err (*const checks[])(const struct lint *) = {
        check_head,       check_validity, check_subject,  check_key,
        check_extensions, check_purpose,  check_pointers, check_bytes};
    if ((issuer == NULL) != (id == PROFILE_AUTHORITY))
        return ERR_USAGE;
    enum err err = ERR_NONE;
    const struct lint lint = {cert, id, profile_get(id), site, issuer, fault};
    for (size_t i = 0; err == ERR_NONE && i < COUNT_OF(checks); i++)
        err = checks[i](&lint);
    return err;
}

enum err lint_cert(struct bytes tbs, enum profile_id id, const struct profile_site *site,
                   const struct cert *issuer, struct fault *fault)
{
    struct cert cert;
    enum err err = cert_parse_tbs(tbs, &cert, fault);
    return err == ERR_NONE ? lint_parsed_cert(&cert, id, site, issuer, fault) : err;
}
