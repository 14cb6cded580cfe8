/* Revocation lists and OCSP answers. */
#include "x509/lint.h"

#include <string.h>

#define REFUSE(fault, ...) fault_set(fault, ERR_DENIED, "profile", __VA_ARGS__)

/* Serials as numbers: the longer magnitude is the larger one. */
static bool serial_is_above(struct bytes a, struct bytes b)
{
    return a.len != b.len ? a.len > b.len : memcmp(a.data, b.data, a.len) > 0;
}

static enum err check_crl_head(const struct crl *crl, const struct cert *issuer,
                               struct fault *fault)
{
    uint64_t number;
    if (crl->algorithm == ALGORITHM_UNKNOWN ||
        crl->algorithm != profile_signature(issuer->key.type))
        return REFUSE(fault, "the signature algorithm is %s", algorithm_name(crl->algorithm));
    if (!bytes_equal(crl->issuer, issuer->subject))
        return REFUSE(fault, "the issuer is another than the authority that signs");
    if (!bytes_equal(crl->authority_key_id.key_id, issuer->subject_key_id))
        return REFUSE(fault, "authorityKeyIdentifier is not the key that signs");
    if (!serial_decode(crl->number, &number) || number == 0)
        return REFUSE(fault, "cRLNumber is missing, zero or above 64 bits");
    if (crl->next_update - crl->this_update != PROFILE_CRL_LIFE)
        return REFUSE(fault, "nextUpdate is not 48 hours after thisUpdate");
    return ERR_NONE;
}

/* A municipality's list: the distribution point that its certificates name, under the authority's
 * own names. */
static enum err check_crl_point(const struct crl *crl, const struct cert *issuer,
                                struct fault *fault)
{
    static const enum oid shape[] = {OID_COUNTRY,
                                     OID_ORGANIZATION,
                                     OID_ORGANIZATIONAL_UNIT,
                                     OID_ORGANIZATIONAL_UNIT,
                                     OID_ORGANIZATIONAL_UNIT,
                                     OID_COMMON_NAME};
    const size_t num_common = 3;
    struct name point, own;
    if (!crl->has_issuing_point)
        return ERR_NONE;
    if (name_parse(crl->issuing_point, &point, NULL) != ERR_NONE || point.num != COUNT_OF(shape) ||
        name_parse(issuer->subject, &own, NULL) != ERR_NONE || own.num < num_common)
        return REFUSE(fault, "the distribution point has not %zu attributes", COUNT_OF(shape));
    for (size_t i = 0; i < COUNT_OF(shape); i++) {
        const struct name_attribute *found = &point.attributes[i];
        if (found->attribute != shape[i] || found->rdn != i ||
            found->tag != (i == 0 ? DER_PRINTABLE_STRING : DER_UTF8_STRING) ||
            (i < num_common && !bytes_equal(found->value, own.attributes[i].value)))
            return REFUSE(fault, "the distribution point has another %s", oid_name(shape[i]));
    }
    return ERR_NONE;
}

static enum err check_crl_entries(const struct crl *crl, struct fault *fault)
{
    struct reader entries = reader_of(crl->entries);
    struct crl_entry entry;
    struct bytes last = {NULL, 0};
    uint64_t number;
    for (; crl_next(&entries, &entry); last = entry.serial) {
        if (!serial_decode(entry.serial, &number) || number > PROFILE_SERIAL_MAX)
            return REFUSE(fault, "a serial number of %zu bytes", entry.serial.len);
        if (!serial_is_above(entry.serial, last))
            return REFUSE(fault, "the serial numbers do not rise at %llu",
                          (unsigned long long)number);
        if (entry.revoked_at > crl->this_update)
            return REFUSE(fault, "%llu is revoked after thisUpdate", (unsigned long long)number);
    }
    return ERR_NONE;
}

static bool next_of_reader(void *context, struct crl_entry *out)
{
    return crl_next(context, out);
}

static enum err check_crl_bytes(const struct crl *crl, const struct cert *issuer,
                                struct fault *fault)
{
    struct buffer again CLEANUP_BUFFER;
    buffer_init(&again, crl->tbs.len + 1024);
    struct crl_facts facts = {.this_update = crl->this_update,
                              .next_update = crl->next_update,
                              .issuing_point = crl->issuing_point};
    struct reader entries = reader_of(crl->entries);
    (void)serial_decode(crl->number, &facts.number);
    enum err err =
        crl_encode_tbs(issuer, &facts, (struct crl_source){next_of_reader, &entries}, &again);
    if (err != ERR_NONE || !bytes_equal(buffer_bytes(&again), crl->tbs))
        return REFUSE(fault, "the same facts are written in other bytes by this profile");
    return ERR_NONE;
}

enum err lint_crl(struct bytes tbs, const struct cert *issuer, struct fault *fault)
{
    struct crl crl;
    enum err err = crl_parse_tbs(tbs, &crl, fault);
    if (err == ERR_NONE)
        err = check_crl_head(&crl, issuer, fault);
    if (err == ERR_NONE)
        err = check_crl_point(&crl, issuer, fault);
    if (err == ERR_NONE)
        err = check_crl_entries(&crl, fault);
    if (err == ERR_NONE)
        err = check_crl_bytes(&crl, issuer, fault);
    return err;
}

static enum err check_single(const struct ocsp_single *single, int64_t produced_at,
                             struct fault *fault)
{
    if (single->this_update > produced_at)
        return REFUSE(fault, "thisUpdate lies after producedAt");
    if (single->next_update > produced_at + PROFILE_OCSP_LIFE)
        return REFUSE(fault, "an answer lives more than 15 minutes");
    if (single->status == OCSP_STATUS_REVOKED && single->revoked_at > produced_at)
        return REFUSE(fault, "revoked after producedAt");
    return ERR_NONE;
}

static enum err check_ocsp_bytes(const struct ocsp_response *response, struct fault *fault)
{
    struct buffer again CLEANUP_BUFFER;
    buffer_init(&again, response->tbs.len + 1024);
    const struct ocsp_facts facts = {.responder_key_id = response->responder_key_id,
                                     .produced_at = response->produced_at,
                                     .singles = response->singles,
                                     .num = response->num,
                                     .nonce = response->nonce};
    if (ocsp_encode_tbs(&facts, &again) != ERR_NONE ||
        !bytes_equal(buffer_bytes(&again), response->tbs))
        return REFUSE(fault, "the same facts are written in other bytes by this profile");
    return ERR_NONE;
}

enum err lint_ocsp(struct bytes tbs, const struct cert *responder, struct fault *fault)
{
    struct ocsp_response response;
    enum err err = ocsp_parse_tbs(tbs, &response, fault);
    if (err != ERR_NONE)
        return err;
    if (!bytes_equal(response.responder_key_id, responder->subject_key_id))
        return REFUSE(fault, "the responder is another than the one that signs");
    if (response.produced_at < responder->not_before || response.produced_at > responder->not_after)
        return REFUSE(fault, "made outside of the responder's validity");
    for (size_t i = 0; err == ERR_NONE && i < response.num; i++)
        err = check_single(&response.singles[i], response.produced_at, fault);
    return err == ERR_NONE ? check_ocsp_bytes(&response, fault) : err;
}
