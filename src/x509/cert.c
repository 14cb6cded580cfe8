#include "x509/cert.h"

#include "x509/extension.h"
#include "x509/general_name.h"
#include "x509/signed.h"

static void take_key_usage(struct der *value, struct cert *out)
{
    out->has_key_usage = true;
    out->key_usage = der_named_bits(value);
    if (der_is_ok(value) && out->key_usage == 0)
        der_refuse(value, "no bit is set");
}

static void take_purposes(struct der *value, struct cert *out)
{
    struct der purposes = der_enter(value, DER_SEQUENCE);
    if (der_is_ok(&purposes) && !der_has_more(&purposes))
        der_refuse(&purposes, "an empty list");
    while (der_has_more(&purposes)) {
        if (out->num_purposes == CERT_MAX_PURPOSES)
            der_refuse_as(&purposes, ERR_LIMIT, "more than %d purposes", CERT_MAX_PURPOSES);
        else
            out->purposes[out->num_purposes++] = oid_take(&purposes);
    }
}

static void take_basic_constraints(struct der *value, struct cert *out)
{
    struct der fields = der_enter(value, DER_SEQUENCE);
    out->has_basic_constraints = true;
    if (der_next_is(&fields, DER_BOOLEAN)) {
        out->is_authority = der_boolean(&fields);
        if (der_is_ok(&fields) && !out->is_authority)
            der_refuse(&fields, "a default is written out");
    }
    if (der_has_more(&fields)) {
        uint64_t length = der_number(&fields);
        if (der_is_ok(&fields) && (!out->is_authority || length > 100))
            der_refuse(&fields, "a path length without an authority, or above 100");
        out->path_length = (int)length;
    }
    (void)der_end(&fields);
}

static void take_policies(struct der *value, struct cert *out)
{
    struct der policies = der_enter(value, DER_SEQUENCE);
    if (der_is_ok(&policies) && !der_has_more(&policies))
        der_refuse(&policies, "an empty list");
    while (der_has_more(&policies)) {
        struct der policy = der_enter(&policies, DER_SEQUENCE);
        struct bytes oid = der_oid(&policy);
        for (size_t i = 0; i < out->num_policies; i++)
            if (der_is_ok(&policy) && bytes_equal(out->policies[i], oid))
                der_refuse(&policy, "a policy stands there twice");
        if (der_has_more(&policy))
            der_take(&policy, DER_SEQUENCE);
        (void)der_end(&policy);
        if (out->num_policies == CERT_MAX_POLICIES)
            der_refuse_as(&policies, ERR_LIMIT, "more than %d policies", CERT_MAX_POLICIES);
        else
            out->policies[out->num_policies++] = oid;
    }
}

/* The basic four are recognised by the first name; what begins so must go on so. */
static bool begins_with_basic_four(struct der names)
{
    struct fault local;
    struct der ahead = der_of((struct bytes){names.reader.at, names.reader.left}, &local, "");
    struct der list = der_enter(&ahead, DER_SEQUENCE);
    struct der name = der_enter(&list, GENERAL_NAME_OTHER);
    return oid_take(&name) == OID_JPKI_NAME;
}

static void take_subject_alt_name(struct der *value, struct cert *out)
{
    if (begins_with_basic_four(*value)) {
        out->has_basic_four = true;
        basic_four_take(value, &out->basic_four);
        return;
    }
    struct der names = der_enter(value, DER_SEQUENCE);
    out->subject_alt_directory = general_names_directory(&names);
}

static void take_issuer_alt_name(struct der *value, struct cert *out)
{
    struct der names = der_enter(value, DER_SEQUENCE);
    out->issuer_alt_directory = general_names_directory(&names);
}

static void take_authority_key_id(struct der *value, struct cert *out)
{
    authority_key_id_take(value, &out->authority_key_id);
}

static void take_subject_key_id(struct der *value, struct cert *out)
{
    out->subject_key_id = der_octets(value);
    if (der_is_ok(value) && out->subject_key_id.len == 0)
        der_refuse(value, "an empty key identifier");
}

static void take_crl_points(struct der *value, struct cert *out)
{
    struct der points = der_enter(value, DER_SEQUENCE);
    if (der_is_ok(&points) && !der_has_more(&points))
        der_refuse(&points, "an empty list");
    while (der_has_more(&points)) {
        struct der point = der_enter(&points, DER_SEQUENCE);
        struct bytes directory = {NULL, 0};
        if (der_next_is(&point, DER_CONTEXT_CONSTRUCTED(0)))
            directory = point_name_take(&point);
        if (der_next_is(&point, DER_CONTEXT(1)))
            der_take(&point, DER_CONTEXT(1));
        if (der_next_is(&point, DER_CONTEXT_CONSTRUCTED(2)))
            der_take(&point, DER_CONTEXT_CONSTRUCTED(2));
        if (der_end(&point) == ERR_NONE && !out->crl_point.data)
            out->crl_point = directory;
    }
}

static void take_authority_info(struct der *value, struct cert *out)
{
    struct der descriptions = der_enter(value, DER_SEQUENCE);
    if (der_is_ok(&descriptions) && !der_has_more(&descriptions))
        der_refuse(&descriptions, "an empty list");
    while (der_has_more(&descriptions)) {
        struct der description = der_enter(&descriptions, DER_SEQUENCE);
        bool is_ocsp = oid_take(&description) == OID_OCSP;
        bool is_uri = der_next_is(&description, GENERAL_NAME_URI);
        uint8_t tag;
        struct bytes location =
            is_uri ? der_take(&description, GENERAL_NAME_URI) : der_take_any(&description, &tag);
        if (der_is_ok(&description) && is_uri && !der_is_text(DER_IA5_STRING, location))
            der_refuse(&description, "an address is not ASCII");
        if (der_end(&description) == ERR_NONE && is_ocsp && is_uri && !out->ocsp.data)
            out->ocsp = location;
    }
}

static void take_ocsp_nocheck(struct der *value, struct cert *out)
{
    der_null(value);
    out->has_ocsp_nocheck = true;
}

/* Known and well-formed, but no business of ours: libcrypto validates paths. */
static void take_other(struct der *value, struct cert *out)
{
    uint8_t tag;
    (void)out;
    der_take_any(value, &tag);
}

static const struct {
    enum oid oid;
    const char *rule;
    void (*take)(struct der *value, struct cert *out);
} extensions[] = {
    {OID_KEY_USAGE, "RFC 5280 4.2.1.3 keyUsage", take_key_usage},
    {OID_EXTENDED_KEY_USAGE, "RFC 5280 4.2.1.12 extKeyUsage", take_purposes},
    {OID_BASIC_CONSTRAINTS, "RFC 5280 4.2.1.9 basicConstraints", take_basic_constraints},
    {OID_POLICIES, "RFC 5280 4.2.1.4 certificatePolicies", take_policies},
    {OID_SUBJECT_ALT_NAME, "RFC 5280 4.2.1.6 subjectAltName", take_subject_alt_name},
    {OID_ISSUER_ALT_NAME, "RFC 5280 4.2.1.7 issuerAltName", take_issuer_alt_name},
    {OID_AUTHORITY_KEY_ID, "RFC 5280 4.2.1.1 authorityKeyIdentifier", take_authority_key_id},
    {OID_SUBJECT_KEY_ID, "RFC 5280 4.2.1.2 subjectKeyIdentifier", take_subject_key_id},
    {OID_CRL_POINTS, "RFC 5280 4.2.1.13 cRLDistributionPoints", take_crl_points},
    {OID_AUTHORITY_INFO, "RFC 5280 4.2.2.1 authorityInfoAccess", take_authority_info},
    {OID_OCSP_NOCHECK, "RFC 6960 4.2.2.2.1 ocspNoCheck", take_ocsp_nocheck},
    {OID_NAME_CONSTRAINTS, "RFC 5280 4.2.1.10 nameConstraints", take_other},
    {OID_POLICY_MAPPINGS, "RFC 5280 4.2.1.5 policyMappings", take_other},
    {OID_POLICY_CONSTRAINTS, "RFC 5280 4.2.1.11 policyConstraints", take_other},
    {OID_INHIBIT_ANY_POLICY, "RFC 5280 4.2.1.14 inhibitAnyPolicy", take_other},
};

static void cert_read_value(struct der *list, const struct cert_extension *extension,
                            struct cert *out)
{
    struct der value = der_inside(list, extension->value);
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        if (extensions[i].oid != extension->oid)
            continue;
        value.rule = extensions[i].rule;
        extensions[i].take(&value, out);
        (void)der_end(&value);
        return;
    }
    if (extension->critical)
        der_refuse(&value, "an unknown critical extension");
}

/* RFC 5280 4.2: no extension twice; a critical one that is not understood is refused. */
static void cert_take_extensions(struct der *der, struct cert *out)
{
    struct der list = der_enter(der, DER_SEQUENCE);
    list.rule = "RFC 5280 4.2 extensions";
    if (der_is_ok(&list) && !der_has_more(&list))
        der_refuse(&list, "an empty list");
    while (der_has_more(&list)) {
        struct cert_extension extension;
        extension_take(&list, &extension);
        for (size_t i = 0; i < out->num_extensions; i++)
            if (der_is_ok(&list) && bytes_equal(out->extensions[i].octets, extension.octets))
                der_refuse(&list, "an extension stands there twice");
        if (out->num_extensions == CERT_MAX_EXTENSIONS)
            der_refuse_as(&list, ERR_LIMIT, "more than %d extensions", CERT_MAX_EXTENSIONS);
        if (!der_is_ok(&list))
            return;
        out->extensions[out->num_extensions++] = extension;
        cert_read_value(&list, &extension, out);
    }
}

static void cert_take_validity(struct der *tbs, struct cert *out)
{
    struct der validity = der_enter(tbs, DER_SEQUENCE);
    validity.rule = "RFC 5280 4.1.2.5 validity";
    out->not_before = der_time(&validity);
    out->not_after = der_time(&validity);
    if (der_end(&validity) == ERR_NONE && out->not_after < out->not_before)
        der_refuse(&validity, "it ends before it begins");
}

/* v3 only. */
static void cert_take_beginning(struct der *tbs, struct cert *out, struct bytes *algorithm)
{
    struct der version = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
    if (der_number(&version) != 2 && der_is_ok(&version))
        der_refuse(&version, "not a version 3 certificate");
    (void)der_end(&version);
    out->serial = serial_take(tbs, DER_INTEGER);
    out->algorithm = algorithm_take(tbs, algorithm);
}

/* RFC 5280 4.1; no unique identifiers (4.1.2.8). */
static void cert_take_tbs(struct der *der, struct cert *out, struct bytes *algorithm)
{
    struct der ahead = *der;
    out->tbs = der_take_whole(&ahead, DER_SEQUENCE);
    struct der tbs = der_enter(der, DER_SEQUENCE);
    cert_take_beginning(&tbs, out, algorithm);
    out->issuer = name_take(&tbs, NULL);
    cert_take_validity(&tbs, out);
    out->subject = name_take(&tbs, NULL);
    out->spki = spki_take(&tbs, &out->key);
    struct der wrapped = der_enter(&tbs, DER_CONTEXT_CONSTRUCTED(3));
    cert_take_extensions(&wrapped, out);
    (void)der_end(&wrapped);
    (void)der_end(&tbs);
}

enum err cert_parse_tbs(struct bytes tbs, struct cert *out, struct fault *fault)
{
    struct fault local;
    struct bytes algorithm;
    struct cert cert = {.path_length = -1};
    struct der der = der_of(tbs, fault ? fault : &local, "RFC 5280 4.1 certificate");
    cert_take_tbs(&der, &cert, &algorithm);
    if (der_end(&der) == ERR_NONE)
        *out = cert;
    return der.fault->code;
}

enum err cert_parse_algorithm(struct bytes tbs, enum algorithm *out)
{
    struct fault fault;
    struct bytes algorithm;
    struct cert cert;
    struct der der = der_of(tbs, &fault, "RFC 5280 4.1 certificate");
    struct der inside = der_enter(&der, DER_SEQUENCE);
    cert_take_beginning(&inside, &cert, &algorithm);
    if (der_is_ok(&inside))
        *out = cert.algorithm;
    return fault.code;
}

enum err cert_parse(struct bytes der_bytes, struct cert *out, struct fault *fault)
{
    struct fault local;
    struct signed_frame frame = {0};
    struct bytes inner;
    struct cert cert = {.path_length = -1};
    struct der der = der_of(der_bytes, fault ? fault : &local, "RFC 5280 4.1 certificate");
    signed_take(&der, &frame);
    if (!der_is_ok(&der))
        return der.fault->code;
    struct der body = der_inside(&der, frame.body);
    cert_take_tbs(&body, &cert, &inner);
    if (der_is_ok(&der) && !bytes_equal(inner, frame.algorithm_der))
        der_refuse(&der, "the inner and the outer algorithm differ");
    cert.whole = frame.whole;
    cert.signature = frame.signature;
    if (der_end(&body) == ERR_NONE)
        *out = cert;
    return der.fault->code;
}

bool cert_is_self_issued(const struct cert *cert)
{
    return bytes_equal(cert->issuer, cert->subject);
}

bool cert_kind(const struct cert *cert, enum kind *out)
{
    if (!cert->has_key_usage || cert->is_authority)
        return false;
    bool is_login = cert->num_purposes == 1 && cert->purposes[0] == OID_CLIENT_AUTH;
    if (cert->key_usage == profile_of_kind(KIND_SIGNATURE)->key_usage && cert->has_basic_four &&
        cert->num_purposes == 0)
        *out = KIND_SIGNATURE;
    else if (cert->key_usage == profile_of_kind(KIND_AUTHENTICATION)->key_usage && is_login &&
             !cert->has_basic_four)
        *out = KIND_AUTHENTICATION;
    else
        return false;
    return true;
}
