#include "x509/cms.h"

#include "x509/general_name.h"

/* ---- attributes ---- */

static void take_content_type(struct der *value, struct cms *out)
{
    (void)out;
    if (oid_take(value) != OID_DATA)
        der_refuse(value, "the content type is not data");
}

static void take_message_digest(struct der *value, struct cms *out)
{
    out->message_digest = der_octets(value);
    if (der_is_ok(value) && out->message_digest.len == 0)
        der_refuse(value, "an empty message digest");
}

static void take_signing_time(struct der *value, struct cms *out)
{
    out->has_signing_time = true;
    out->signing_time = der_time(value);
}

/* RFC 5035 4: ESSCertIDv2 { hashAlgorithm DEFAULT sha256, certHash, issuerSerial OPTIONAL }; the
 * first one is the signer's. */
static void take_ess_id(struct der *certs, struct cms *out)
{
    struct der id = der_enter(certs, DER_SEQUENCE);
    out->ess_hash = ALGORITHM_SHA256;
    if (der_next_is(&id, DER_SEQUENCE))
        out->ess_hash = algorithm_take(&id, NULL);
    out->ess_cert_hash = der_octets(&id);
    if (der_has_more(&id)) {
        struct der issuer_serial = der_enter(&id, DER_SEQUENCE);
        struct der names = der_enter(&issuer_serial, DER_SEQUENCE);
        out->ess_issuer = general_names_directory(&names);
        out->ess_serial = serial_take(&issuer_serial, DER_INTEGER);
        (void)der_end(&issuer_serial);
    }
    (void)der_end(&id);
}

static void take_signing_certificate(struct der *value, struct cms *out)
{
    struct der fields = der_enter(value, DER_SEQUENCE);
    struct der certs = der_enter(&fields, DER_SEQUENCE);
    take_ess_id(&certs, out);
    while (der_has_more(&certs))
        der_take(&certs, DER_SEQUENCE);
    if (der_has_more(&fields))
        der_take(&fields, DER_SEQUENCE); /* policies */
    (void)der_end(&fields);
}

static const struct {
    enum oid oid;
    bool is_needed;
    const char *rule;
    void (*take)(struct der *value, struct cms *out);
} attributes[] = {
    {OID_CONTENT_TYPE, true, "RFC 5652 11.1 contentType", take_content_type},
    {OID_MESSAGE_DIGEST, true, "RFC 5652 11.2 messageDigest", take_message_digest},
    {OID_SIGNING_TIME, false, "RFC 5652 11.3 signingTime", take_signing_time},
    {OID_SIGNING_CERTIFICATE, false, "RFC 5035 3 signingCertificateV2", take_signing_certificate},
};

static void take_attribute(struct der *list, struct cms *out, unsigned *seen)
{
    struct der attribute = der_enter(list, DER_SEQUENCE);
    enum oid oid = oid_take(&attribute);
    struct der values = der_enter(&attribute, DER_SET);
    (void)der_end(&attribute);
    for (size_t i = 0; i < COUNT_OF(attributes); i++) {
        if (attributes[i].oid != oid || !der_is_ok(list))
            continue;
        values.rule = attributes[i].rule;
        if (*seen & 1U << i)
            der_refuse(&values, "an attribute stands there twice");
        *seen |= 1U << i;
        attributes[i].take(&values, out);
        (void)der_end(&values); /* one value each */
    }
}

/* RFC 5652 5.3: signedAttrs must be DER, thus sorted: the signature is over those very bytes. */
static void take_signed_attributes(struct der *signer, struct cms *out)
{
    struct bytes before = {NULL, 0};
    unsigned seen = 0;
    out->attributes = der_take(signer, DER_CONTEXT_CONSTRUCTED(0));
    struct der list = der_inside(signer, out->attributes);
    list.rule = "RFC 5652 5.3 signedAttrs";
    while (der_has_more(&list)) {
        struct der ahead = list;
        struct bytes whole = der_take_whole(&ahead, DER_SEQUENCE);
        if (der_is_ok(&list) && before.data && !der_is_rising(before, whole))
            der_refuse(&list, "the attributes are not in the order of DER");
        before = whole;
        take_attribute(&list, out, &seen);
    }
    for (size_t i = 0; i < COUNT_OF(attributes); i++)
        if (der_is_ok(&list) && attributes[i].is_needed && !(seen & 1U << i))
            der_refuse(&list, "%s is missing", oid_name(attributes[i].oid));
}

/* ---- SignedData ---- */

static void take_signer(struct der *signers, struct cms *out)
{
    struct der signer = der_enter(signers, DER_SEQUENCE);
    signer.rule = "RFC 5652 5.3 SignerInfo";
    if (der_number(&signer) != 1 && der_is_ok(&signer))
        der_refuse_as(&signer, ERR_UNSUPPORTED, "a signer that is not named by issuer and serial");
    struct der id = der_enter(&signer, DER_SEQUENCE);
    out->signer_issuer = name_take(&id, NULL);
    out->signer_serial = serial_take(&id, DER_INTEGER);
    (void)der_end(&id);
    enum algorithm digest = algorithm_take(&signer, NULL);
    if (der_is_ok(&signer) && digest != out->digest)
        der_refuse(&signer, "the signer's digest algorithm is not the announced one");
    if (der_is_ok(&signer) && !der_next_is(&signer, DER_CONTEXT_CONSTRUCTED(0)))
        der_refuse(&signer, "no signed attributes");
    take_signed_attributes(&signer, out);
    out->algorithm = algorithm_take(&signer, NULL);
    out->signature = der_octets(&signer);
    if (der_next_is(&signer, DER_CONTEXT_CONSTRUCTED(1)))
        der_take(&signer, DER_CONTEXT_CONSTRUCTED(1)); /* unsigned attributes */
    (void)der_end(&signer);
}

static void take_content(struct der *fields, struct cms *out)
{
    struct der encapsulated = der_enter(fields, DER_SEQUENCE);
    if (oid_take(&encapsulated) != OID_DATA)
        der_refuse(&encapsulated, "the content type is not data");
    out->is_detached = !der_has_more(&encapsulated);
    if (!out->is_detached) {
        struct der wrapped = der_enter(&encapsulated, DER_CONTEXT_CONSTRUCTED(0));
        out->content = der_octets(&wrapped);
        (void)der_end(&wrapped);
    }
    (void)der_end(&encapsulated);
}

static void take_certs(struct der *fields, struct cms *out)
{
    if (!der_next_is(fields, DER_CONTEXT_CONSTRUCTED(0)))
        return;
    struct der certs = der_enter(fields, DER_CONTEXT_CONSTRUCTED(0));
    while (der_has_more(&certs)) {
        struct bytes cert = der_take_whole(&certs, DER_SEQUENCE);
        if (out->num_certs == CMS_MAX_CERTS)
            der_refuse_as(&certs, ERR_LIMIT, "more than %d certificates", CMS_MAX_CERTS);
        else
            out->certs[out->num_certs++] = cert;
    }
}

static void take_signed_data(struct der *wrapped, struct cms *out)
{
    struct der fields = der_enter(wrapped, DER_SEQUENCE);
    if (der_number(&fields) != 1 && der_is_ok(&fields))
        der_refuse_as(&fields, ERR_UNSUPPORTED, "a SignedData of another version");
    struct der digests = der_enter(&fields, DER_SET);
    out->digest = algorithm_take(&digests, NULL);
    if (der_has_more(&digests))
        der_refuse_as(&digests, ERR_UNSUPPORTED, "several digest algorithms");
    take_content(&fields, out);
    take_certs(&fields, out);
    if (der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(1)))
        der_take(&fields, DER_CONTEXT_CONSTRUCTED(1)); /* crls */
    struct der signers = der_enter(&fields, DER_SET);
    take_signer(&signers, out);
    if (der_has_more(&signers))
        der_refuse_as(&signers, ERR_UNSUPPORTED, "several signers");
    (void)der_end(&fields);
}

enum err cms_parse(struct bytes der_bytes, struct cms *out, struct fault *fault)
{
    struct fault local;
    struct cms cms = {.is_detached = true};
    struct der der = der_of(der_bytes, fault ? fault : &local, "RFC 5652 5.1 SignedData");
    struct der info = der_enter(&der, DER_SEQUENCE);
    if (oid_take(&info) != OID_SIGNED_DATA)
        der_refuse_as(&info, ERR_UNSUPPORTED, "another content type than SignedData");
    struct der wrapped = der_enter(&info, DER_CONTEXT_CONSTRUCTED(0));
    take_signed_data(&wrapped, &cms);
    (void)der_end(&wrapped);
    (void)der_end(&info);
    if (der_end(&der) == ERR_NONE)
        *out = cms;
    return der.fault->code;
}

enum err cms_signed_attributes(const struct cms *cms, struct buffer *out)
{
    der_put(out, DER_SET, cms->attributes);
    return buffer_check(out);
}

bool cms_find_signer(const struct cms *cms, size_t *index)
{
    for (size_t i = 0; i < cms->num_certs; i++) {
        struct cert cert;
        if (cert_parse(cms->certs[i], &cert, NULL) == ERR_NONE &&
            bytes_equal(cert.issuer, cms->signer_issuer) &&
            bytes_equal(cert.serial, cms->signer_serial)) {
            *index = i;
            return true;
        }
    }
    return false;
}
