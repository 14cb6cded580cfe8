#include "x509/crl.h"

#include "x509/extension.h"
#include "x509/signed.h"

static const enum crl_reason reasons[] = {
    CRL_REASON_UNSPECIFIED,   CRL_REASON_KEY_COMPROMISE,
    CRL_REASON_CA_COMPROMISE, CRL_REASON_AFFILIATION_CHANGED,
    CRL_REASON_SUPERSEDED,    CRL_REASON_CESSATION,
    CRL_REASON_HOLD,          CRL_REASON_PRIVILEGE_WITHDRAWN,
    CRL_REASON_AA_COMPROMISE,
};

bool crl_reason_is_known(unsigned code)
{
    for (size_t i = 0; i < COUNT_OF(reasons); i++)
        if (reasons[i] == code)
            return true;
    return false;
}

/* ---- reading ---- */

static enum crl_reason take_reason(struct der *value)
{
    unsigned code = der_enumerated(value);
    if (der_is_ok(value) && !crl_reason_is_known(code))
        der_refuse(value, "reason %u in a full list", code);
    return der_is_ok(value) ? (enum crl_reason)code : CRL_REASON_UNSPECIFIED;
}

/* RFC 5280 5.3. certificateIssuer is critical and makes a list indirect: refused as unknown. */
static void take_entry_extensions(struct der *fields, struct crl_entry *out)
{
    struct der list = der_enter(fields, DER_SEQUENCE);
    bool has_reason = false;
    if (der_is_ok(&list) && !der_has_more(&list))
        der_refuse(&list, "an empty list of entry extensions");
    while (der_has_more(&list)) {
        struct cert_extension extension;
        extension_take(&list, &extension);
        struct der value = der_inside(&list, extension.value);
        if (extension.oid == OID_REASON_CODE) {
            if (has_reason)
                der_refuse(&list, "a reason stands there twice");
            out->reason = take_reason(&value);
            has_reason = true;
            (void)der_end(&value);
        } else if (extension.critical) {
            der_refuse(&list, "an unknown critical entry extension");
        }
    }
}

static void take_entry(struct der *entries, struct crl_entry *out)
{
    struct der fields = der_enter(entries, DER_SEQUENCE);
    fields.rule = "RFC 5280 5.1.2.6 revokedCertificates";
    *out = (struct crl_entry){.reason = CRL_REASON_UNSPECIFIED};
    out->serial = serial_take(&fields, DER_INTEGER);
    out->revoked_at = der_time(&fields);
    if (der_has_more(&fields))
        take_entry_extensions(&fields, out);
    (void)der_end(&fields);
}

static void take_number(struct der *value, struct crl *out)
{
    out->number = der_unsigned(value, DER_INTEGER);
    if (der_is_ok(value) && out->number.len > SERIAL_MAX)
        der_refuse(value, "a number of more than %d bytes", SERIAL_MAX);
}

static void take_authority_key_id(struct der *value, struct crl *out)
{
    authority_key_id_take(value, &out->authority_key_id);
}

/* RFC 5280 5.2.5: of its six fields only the name is understood here. A list for some reasons, of
 * others' certificates or of one sort of certificates is not a full list. */
static void take_issuing_point(struct der *value, struct crl *out)
{
    struct der fields = der_enter(value, DER_SEQUENCE);
    out->has_issuing_point = true;
    if (!der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(0)))
        der_refuse(&fields, "no name of a distribution point");
    out->issuing_point = point_name_take(&fields);
    if (der_has_more(&fields))
        der_refuse_as(&fields, ERR_UNSUPPORTED, "a list of limited scope");
}

static const struct {
    enum oid oid;
    const char *rule;
    void (*take)(struct der *value, struct crl *out);
} extensions[] = {
    {OID_AUTHORITY_KEY_ID, "RFC 5280 5.2.1 authorityKeyIdentifier", take_authority_key_id},
    {OID_CRL_NUMBER, "RFC 5280 5.2.3 cRLNumber", take_number},
    {OID_ISSUING_POINT, "RFC 5280 5.2.5 issuingDistributionPoint", take_issuing_point},
};

static void crl_read_value(struct der *list, const struct cert_extension *extension,
                           struct crl *out, unsigned *seen)
{
    struct der value = der_inside(list, extension->value);
    for (size_t i = 0; i < COUNT_OF(extensions); i++) {
        if (extensions[i].oid != extension->oid)
            continue;
        value.rule = extensions[i].rule;
        if (*seen & 1U << i)
            der_refuse(&value, "an extension stands there twice");
        *seen |= 1U << i;
        extensions[i].take(&value, out);
        (void)der_end(&value);
        return;
    }
    if (extension->critical)
        der_refuse(&value, "an unknown critical extension");
}

static void crl_take_extensions(struct der *tbs, struct crl *out)
{
    unsigned seen = 0;
    struct der wrapped = der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0));
    struct der list = der_enter(&wrapped, DER_SEQUENCE);
    list.rule = "RFC 5280 5.2 crlExtensions";
    if (der_is_ok(&list) && !der_has_more(&list))
        der_refuse(&list, "an empty list");
    while (der_has_more(&list)) {
        struct cert_extension extension;
        extension_take(&list, &extension);
        crl_read_value(&list, &extension, out, &seen);
    }
    (void)der_end(&wrapped);
}

static void crl_take_entries(struct der *tbs, struct crl *out)
{
    struct bytes content = der_take(tbs, DER_SEQUENCE);
    struct der entries = der_inside(tbs, content);
    struct crl_entry entry;
    if (der_is_ok(&entries) && !der_has_more(&entries))
        der_refuse(&entries, "an empty list of entries is written out");
    for (; der_has_more(&entries); out->num_entries++)
        take_entry(&entries, &entry);
    out->entries = content;
}

static bool next_is_time(const struct der *der)
{
    return der_next_is(der, DER_UTC_TIME) || der_next_is(der, DER_GENERALIZED_TIME);
}

static void crl_take_tbs(struct der *der, struct crl *out, struct bytes *algorithm)
{
    struct der ahead = *der;
    out->tbs = der_take_whole(&ahead, DER_SEQUENCE);
    struct der tbs = der_enter(der, DER_SEQUENCE);
    if (der_number(&tbs) != 1 && der_is_ok(&tbs))
        der_refuse(&tbs, "not a version 2 list");
    out->algorithm = algorithm_take(&tbs, algorithm);
    out->issuer = name_take(&tbs, NULL);
    out->this_update = der_time(&tbs);
    if (der_is_ok(&tbs) && !next_is_time(&tbs))
        der_refuse(&tbs, "nextUpdate is missing");
    out->next_update = der_time(&tbs);
    if (der_is_ok(&tbs) && out->next_update < out->this_update)
        der_refuse(&tbs, "nextUpdate lies before thisUpdate");
    if (der_next_is(&tbs, DER_SEQUENCE))
        crl_take_entries(&tbs, out);
    crl_take_extensions(&tbs, out);
    (void)der_end(&tbs);
}

enum err crl_parse_tbs(struct bytes tbs, struct crl *out, struct fault *fault)
{
    struct fault local;
    struct bytes algorithm;
    struct crl crl = {0};
    struct der der = der_of(tbs, fault ? fault : &local, "RFC 5280 5.1 list");
    crl_take_tbs(&der, &crl, &algorithm);
    if (der_end(&der) == ERR_NONE)
        *out = crl;
    return der.fault->code;
}

enum err crl_parse(struct bytes der_bytes, struct crl *out, struct fault *fault)
{
    struct fault local;
    struct signed_frame frame = {0};
    struct bytes inner;
    struct crl crl = {0};
    struct der der = der_of(der_bytes, fault ? fault : &local, "RFC 5280 5.1 list");
    signed_take(&der, &frame);
    if (!der_is_ok(&der))
        return der.fault->code;
    struct der body = der_inside(&der, frame.body);
    crl_take_tbs(&body, &crl, &inner);
    if (der_is_ok(&der) && !bytes_equal(inner, frame.algorithm_der))
        der_refuse(&der, "the inner and the outer algorithm differ");
    crl.whole = frame.whole;
    crl.signature = frame.signature;
    if (der_end(&body) == ERR_NONE)
        *out = crl;
    return der.fault->code;
}

bool crl_next(struct reader *entries, struct crl_entry *out)
{
    struct fault fault;
    struct der der = der_of((struct bytes){entries->at, entries->left}, &fault, "");
    if (!der_has_more(&der))
        return false;
    struct crl_entry entry;
    take_entry(&der, &entry);
    if (!der_is_ok(&der))
        return false;
    *entries = der.reader;
    *out = entry;
    return true;
}

bool crl_find(const struct crl *crl, struct bytes serial, struct crl_entry *out)
{
    struct reader entries = reader_of(crl->entries);
    struct crl_entry entry;
    while (crl_next(&entries, &entry))
        if (bytes_equal(entry.serial, serial)) {
            *out = entry;
            return true;
        }
    return false;
}
