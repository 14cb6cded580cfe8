/* The writing half of cert.h: a walk along a profile row. */
#include "x509/cert.h"

#include "x509/extension.h"
#include "x509/general_name.h"
#include "x509/signed.h"

/* Everything that one certificate is made from. */
struct cert_plan {
    const struct profile *profile;
    const struct profile_site *site;
    const struct cert *issuer; /* NULL: self-signed */
    const struct cert_facts *facts;
    enum algorithm algorithm; /* of the issuer's signature */
};

static void put_key_usage(struct buffer *out, const struct cert_plan *plan)
{
    der_put_named_bits(out, plan->profile->key_usage);
}

static void put_purposes(struct buffer *out, const struct cert_plan *plan)
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    oid_put(out, plan->profile->extended_key_usage);
    der_close(out, mark);
}

static void put_basic_constraints(struct buffer *out, const struct cert_plan *plan)
{
    (void)plan;
    size_t mark = der_begin(out, DER_SEQUENCE);
    der_put_boolean(out, true);
    der_close(out, mark);
}

static void put_directory_names(struct buffer *out, struct bytes name)
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    general_name_put_directory(out, name);
    der_close(out, mark);
}

static void put_subject_alt_name(struct buffer *out, const struct cert_plan *plan)
{
    if (plan->facts->basic_four)
        basic_four_put(out, plan->facts->basic_four);
    else
        put_directory_names(out, plan->facts->subject_ja);
}

/* The issuer's other name is what the issuer's own certificate calls it. */
static void put_issuer_alt_name(struct buffer *out, const struct cert_plan *plan)
{
    put_directory_names(out, plan->issuer->subject_alt_directory);
}

static enum kind kind_of(const struct cert_plan *plan)
{
    return plan->profile->id == PROFILE_SIGNATURE ? KIND_SIGNATURE : KIND_AUTHENTICATION;
}

static void put_policies(struct buffer *out, const struct cert_plan *plan)
{
    size_t policies = der_begin(out, DER_SEQUENCE);
    size_t policy = der_begin(out, DER_SEQUENCE);
    size_t oid = der_begin(out, DER_OID);
    enum err err = oid_encode(plan->site->policy[kind_of(plan)], out);
    if (err != ERR_NONE && out->failed == ERR_NONE)
        out->failed = err;
    der_close(out, oid);
    size_t qualifiers = der_begin(out, DER_SEQUENCE);
    size_t qualifier = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_CPS);
    der_put_text(out, DER_IA5_STRING, plan->site->cps);
    der_close(out, qualifier);
    der_close(out, qualifiers);
    der_close(out, policy);
    der_close(out, policies);
}

/* A root points to itself: there the list of authorities is found. JPKI profile 1.1 */
static void put_crl_points(struct buffer *out, const struct cert_plan *plan)
{
    size_t points = der_begin(out, DER_SEQUENCE);
    size_t point = der_begin(out, DER_SEQUENCE);
    point_name_put(out, plan->issuer ? plan->facts->crl_point : plan->facts->subject);
    der_close(out, point);
    der_close(out, points);
}

static void put_authority_info(struct buffer *out, const struct cert_plan *plan)
{
    size_t descriptions = der_begin(out, DER_SEQUENCE);
    size_t description = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_OCSP);
    der_put_text(out, GENERAL_NAME_URI, plan->site->ocsp);
    der_close(out, description);
    der_close(out, descriptions);
}

static void put_authority_key_id(struct buffer *out, const struct cert_plan *plan)
{
    authority_key_id_put(out, plan->issuer);
}

static void put_subject_key_id(struct buffer *out, const struct cert_plan *plan)
{
    der_put(out, DER_OCTET_STRING, plan->facts->subject_key_id);
}

static void put_ocsp_nocheck(struct buffer *out, const struct cert_plan *plan)
{
    (void)plan;
    der_put_null(out);
}

static const struct {
    enum oid oid;
    void (*put)(struct buffer *out, const struct cert_plan *plan);
} writers[] = {
    {OID_KEY_USAGE, put_key_usage},
    {OID_EXTENDED_KEY_USAGE, put_purposes},
    {OID_BASIC_CONSTRAINTS, put_basic_constraints},
    {OID_SUBJECT_ALT_NAME, put_subject_alt_name},
    {OID_ISSUER_ALT_NAME, put_issuer_alt_name},
    {OID_POLICIES, put_policies},
    {OID_CRL_POINTS, put_crl_points},
    {OID_AUTHORITY_INFO, put_authority_info},
    {OID_AUTHORITY_KEY_ID, put_authority_key_id},
    {OID_SUBJECT_KEY_ID, put_subject_key_id},
    {OID_OCSP_NOCHECK, put_ocsp_nocheck},
};

static void cert_put_extension(struct buffer *out, const struct cert_plan *plan,
                               const struct profile_extension *extension)
{
    struct extension_marks marks = extension_begin(out, extension->oid, extension->critical);
    for (size_t i = 0; i < COUNT_OF(writers); i++)
        if (writers[i].oid == extension->oid)
            writers[i].put(out, plan);
    extension_close(out, marks);
}

static void cert_put_extensions(struct buffer *out, const struct cert_plan *plan)
{
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(3));
    size_t list = der_begin(out, DER_SEQUENCE);
    for (size_t i = 0; i < plan->profile->num_extensions; i++)
        cert_put_extension(out, plan, &plan->profile->extensions[i]);
    der_close(out, list);
    der_close(out, wrapped);
}

static void cert_put_tbs(struct buffer *out, const struct cert_plan *plan)
{
    const struct cert_facts *facts = plan->facts;
    size_t tbs = der_begin(out, DER_SEQUENCE);
    size_t version = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    der_put_number(out, 2);
    der_close(out, version);
    der_put_number(out, facts->serial);
    algorithm_put(out, plan->algorithm);
    buffer_put_bytes(out, plan->issuer ? plan->issuer->subject : facts->subject);
    size_t validity = der_begin(out, DER_SEQUENCE);
    der_put_time(out, facts->not_before);
    der_put_time(out, facts->not_after);
    der_close(out, validity);
    buffer_put_bytes(out, facts->subject);
    buffer_put_bytes(out, facts->spki);
    cert_put_extensions(out, plan);
    der_close(out, tbs);
}

/* Each extension of the row must find the fact that it is made from. */
static bool cert_has_facts(const struct cert_plan *plan)
{
    const struct cert_facts *facts = plan->facts;
    enum profile_id id = plan->profile->id;
    bool is_leaf = id == PROFILE_SIGNATURE || id == PROFILE_AUTHENTICATION;
    bool is_root = id == PROFILE_AUTHORITY;
    return facts->serial != 0 && facts->subject.len && facts->spki.len &&
           facts->subject_key_id.len == 20 && (plan->issuer == NULL) == is_root &&
           (!plan->issuer || plan->issuer->subject_key_id.len) &&
           (facts->basic_four != NULL) == (id == PROFILE_SIGNATURE) &&
           (facts->crl_point.len != 0) == is_leaf && (facts->subject_ja.len != 0) == is_root &&
           (!is_leaf || plan->issuer->subject_alt_directory.len);
}

enum err cert_encode_tbs(const struct profile *profile, const struct profile_site *site,
                         const struct cert *issuer, const struct cert_facts *facts,
                         struct buffer *out)
{
    struct spki own = {.type = SPKI_OTHER};
    if (!issuer && spki_parse(facts->spki, &own, NULL) != ERR_NONE)
        return ERR_USAGE;
    enum algorithm algorithm = profile_signature(issuer ? issuer->key.type : own.type);
    const struct cert_plan plan = {profile, site, issuer, facts, algorithm};
    if (!cert_has_facts(&plan) || algorithm == ALGORITHM_UNKNOWN)
        return ERR_USAGE;
    cert_put_tbs(out, &plan);
    return buffer_check(out);
}

enum err cert_assemble(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                       struct buffer *out)
{
    return signed_assemble(tbs, algorithm, signature, out);
}
