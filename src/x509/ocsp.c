/* Requests, the ids that both sides share, and what a whole response is wrapped in. The answers
 * themselves are in ocsp_response.c. */
#include "x509/ocsp.h"

#include "x509/extension.h"
#include "x509/ocsp_parts.h"

static const char rule[] = "RFC 6960 4.1.1 request";

void ocsp_id_put(struct buffer *out, const struct ocsp_id *id)
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    algorithm_put(out, id->hash);
    der_put(out, DER_OCTET_STRING, id->name_hash);
    der_put(out, DER_OCTET_STRING, id->key_hash);
    serial_put(out, DER_INTEGER, id->serial);
    der_close(out, mark);
}

bool ocsp_id_equal(const struct ocsp_id *a, const struct ocsp_id *b)
{
    return a->hash == b->hash && bytes_equal(a->name_hash, b->name_hash) &&
           bytes_equal(a->key_hash, b->key_hash) && bytes_equal(a->serial, b->serial);
}

void ocsp_id_take(struct der *der, struct ocsp_id *out)
{
    struct der ahead = *der;
    out->whole = der_take_whole(&ahead, DER_SEQUENCE);
    struct der fields = der_enter(der, DER_SEQUENCE);
    out->hash = algorithm_take(&fields, NULL);
    out->name_hash = der_octets(&fields);
    out->key_hash = der_octets(&fields);
    out->serial = serial_take(&fields, DER_INTEGER);
    (void)der_end(&fields);
}

/* RFC 8954 2.1 */
static void take_nonce(struct der *value, struct bytes *nonce)
{
    if (nonce->len)
        der_refuse(value, "a nonce stands there twice");
    *nonce = der_octets(value);
    if (der_is_ok(value) && (nonce->len == 0 || nonce->len > OCSP_MAX_NONCE))
        der_refuse(value, "a nonce of %zu bytes", nonce->len);
    (void)der_end(value);
}

void ocsp_take_extensions(struct der *der, uint8_t tag, struct bytes *nonce)
{
    if (!der_next_is(der, tag))
        return;
    struct der wrapped = der_enter(der, tag);
    struct der list = der_enter(&wrapped, DER_SEQUENCE);
    if (der_is_ok(&list) && !der_has_more(&list))
        der_refuse(&list, "an empty list of extensions");
    while (der_has_more(&list)) {
        struct cert_extension extension;
        extension_take(&list, &extension);
        struct der value = der_inside(&list, extension.value);
        if (nonce && extension.oid == OID_OCSP_NONCE)
            take_nonce(&value, nonce);
        else if (extension.critical)
            der_refuse(&list, "an unknown critical extension");
    }
    (void)der_end(&wrapped);
}

void ocsp_put_nonce(struct buffer *out, uint8_t tag, struct bytes nonce)
{
    if (nonce.len == 0)
        return;
    size_t wrapped = der_begin(out, tag);
    size_t list = der_begin(out, DER_SEQUENCE);
    struct extension_marks marks = extension_begin(out, OID_OCSP_NONCE, false);
    der_put(out, DER_OCTET_STRING, nonce);
    extension_close(out, marks);
    der_close(out, list);
    der_close(out, wrapped);
}

/* Its answer would name it twice, which no reader should have to make sense of. */
static bool is_among(const struct ocsp_request *request, const struct ocsp_id *id)
{
    for (size_t i = 0; i < request->num; i++)
        if (ocsp_id_equal(&request->ids[i], id))
            return true;
    return false;
}

static void ocsp_take_requests(struct der *fields, struct ocsp_request *out)
{
    struct der list = der_enter(fields, DER_SEQUENCE);
    if (der_is_ok(&list) && !der_has_more(&list))
        der_refuse(&list, "no certificate is asked about");
    while (der_has_more(&list)) {
        struct ocsp_id id;
        struct der request = der_enter(&list, DER_SEQUENCE);
        ocsp_id_take(&request, &id);
        ocsp_take_extensions(&request, DER_CONTEXT_CONSTRUCTED(0), NULL);
        (void)der_end(&request);
        if (der_is_ok(&list) && is_among(out, &id))
            der_refuse(&list, "a certificate is asked about twice");
        else if (out->num == OCSP_MAX_IDS)
            der_refuse_as(&list, ERR_LIMIT, "more than %d certificates", OCSP_MAX_IDS);
        else
            out->ids[out->num++] = id;
    }
}

static void ocsp_take_request(struct der *der, struct ocsp_request *out)
{
    struct der whole = der_enter(der, DER_SEQUENCE);
    struct der fields = der_enter(&whole, DER_SEQUENCE);
    if (der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(0)))
        der_refuse(&fields, "another version, or a default that is written out");
    if (der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(1)))
        der_take(&fields, DER_CONTEXT_CONSTRUCTED(1)); /* requestorName */
    ocsp_take_requests(&fields, out);
    ocsp_take_extensions(&fields, DER_CONTEXT_CONSTRUCTED(2), &out->nonce);
    (void)der_end(&fields);
    if (der_next_is(&whole, DER_CONTEXT_CONSTRUCTED(0)))
        der_take(&whole, DER_CONTEXT_CONSTRUCTED(0)); /* optionalSignature */
    (void)der_end(&whole);
}

enum err ocsp_request_parse(struct bytes der_bytes, struct ocsp_request *out, struct fault *fault)
{
    struct fault local;
    struct ocsp_request request = {.num = 0};
    struct der der = der_of(der_bytes, fault ? fault : &local, rule);
    ocsp_take_request(&der, &request);
    if (der_end(&der) == ERR_NONE)
        *out = request;
    return der.fault->code;
}

enum err ocsp_request_encode(const struct ocsp_request *request, struct buffer *out)
{
    if (request->num == 0 || request->num > OCSP_MAX_IDS || request->nonce.len > OCSP_MAX_NONCE)
        return ERR_USAGE;
    size_t whole = der_begin(out, DER_SEQUENCE);
    size_t fields = der_begin(out, DER_SEQUENCE);
    size_t list = der_begin(out, DER_SEQUENCE);
    for (size_t i = 0; i < request->num; i++) {
        size_t mark = der_begin(out, DER_SEQUENCE);
        ocsp_id_put(out, &request->ids[i]);
        der_close(out, mark);
    }
    der_close(out, list);
    ocsp_put_nonce(out, DER_CONTEXT_CONSTRUCTED(2), request->nonce);
    der_close(out, fields);
    der_close(out, whole);
    return buffer_check(out);
}
