/* The answering half of ocsp.h. */
#include "x509/ocsp_parts.h"

static const char rule[] = "RFC 6960 4.2.1 response";

/* ---- reading ---- */

/* good [0] NULL, revoked [1] { time, [0] reason }, unknown [2] NULL, all IMPLICIT. */
static void take_status(struct der *fields, struct ocsp_single *out)
{
    if (der_next_is(fields, DER_CONTEXT_CONSTRUCTED(1))) {
        struct der revoked = der_enter(fields, DER_CONTEXT_CONSTRUCTED(1));
        out->status = OCSP_STATUS_REVOKED;
        out->revoked_at = der_generalized_time(&revoked);
        if (der_has_more(&revoked)) {
            struct der wrapped = der_enter(&revoked, DER_CONTEXT_CONSTRUCTED(0));
            unsigned code = der_enumerated(&wrapped);
            if (der_is_ok(&wrapped) && !crl_reason_is_known(code))
                der_refuse(&wrapped, "reason %u", code);
            out->reason = (enum crl_reason)code;
            (void)der_end(&wrapped);
        }
        (void)der_end(&revoked);
        return;
    }
    bool is_good = der_next_is(fields, DER_CONTEXT(0));
    out->status = is_good ? OCSP_STATUS_GOOD : OCSP_STATUS_UNKNOWN;
    if (der_take(fields, is_good ? DER_CONTEXT(0) : DER_CONTEXT(2)).len != 0)
        der_refuse(fields, "a status with content");
}

static void take_single(struct der *list, struct ocsp_single *out)
{
    struct der fields = der_enter(list, DER_SEQUENCE);
    *out = (struct ocsp_single){.status = OCSP_STATUS_UNKNOWN};
    ocsp_id_take(&fields, &out->id);
    take_status(&fields, out);
    out->this_update = der_generalized_time(&fields);
    struct der next = der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0));
    out->next_update = der_generalized_time(&next);
    if (der_end(&next) == ERR_NONE && out->next_update < out->this_update)
        der_refuse(&next, "nextUpdate lies before thisUpdate");
    ocsp_take_extensions(&fields, DER_CONTEXT_CONSTRUCTED(1), NULL);
    (void)der_end(&fields);
}

static void take_singles(struct der *fields, struct ocsp_response *out)
{
    struct der list = der_enter(fields, DER_SEQUENCE);
    if (der_is_ok(&list) && !der_has_more(&list))
        der_refuse(&list, "no answer");
    while (der_has_more(&list)) {
        struct ocsp_single single;
        take_single(&list, &single);
        for (size_t i = 0; i < out->num; i++)
            if (der_is_ok(&list) && ocsp_id_equal(&out->singles[i].id, &single.id))
                der_refuse(&list, "a certificate is answered twice");
        if (out->num == OCSP_MAX_IDS)
            der_refuse_as(&list, ERR_LIMIT, "more than %d answers", OCSP_MAX_IDS);
        else
            out->singles[out->num++] = single;
    }
}

static void take_responder(struct der *fields, struct ocsp_response *out)
{
    bool is_by_key = der_next_is(fields, DER_CONTEXT_CONSTRUCTED(2));
    struct der id = der_enter(fields, DER_CONTEXT_CONSTRUCTED(is_by_key ? 2 : 1));
    if (is_by_key)
        out->responder_key_id = der_octets(&id);
    else
        out->responder_name = name_take(&id, NULL);
    if (der_is_ok(&id) && is_by_key && out->responder_key_id.len != 20)
        der_refuse(&id, "a responder's key hash of %zu bytes", out->responder_key_id.len);
    (void)der_end(&id);
}

static void take_data(struct der *der, struct ocsp_response *out)
{
    struct der ahead = *der;
    out->tbs = der_take_whole(&ahead, DER_SEQUENCE);
    struct der fields = der_enter(der, DER_SEQUENCE);
    if (der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(0)))
        der_refuse(&fields, "another version, or a default that is written out");
    take_responder(&fields, out);
    out->produced_at = der_generalized_time(&fields);
    take_singles(&fields, out);
    ocsp_take_extensions(&fields, DER_CONTEXT_CONSTRUCTED(1), &out->nonce);
    (void)der_end(&fields);
}

static void take_basic(struct der *der, struct ocsp_response *out)
{
    struct der fields = der_enter(der, DER_SEQUENCE);
    take_data(&fields, out);
    out->algorithm = algorithm_take(&fields, NULL);
    out->signature = der_bit_octets(&fields);
    if (der_next_is(&fields, DER_CONTEXT_CONSTRUCTED(0))) {
        struct der wrapped = der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0));
        struct der certs = der_enter(&wrapped, DER_SEQUENCE);
        out->cert = der_take_whole(&certs, DER_SEQUENCE);
        (void)der_end(&certs);
        (void)der_end(&wrapped);
    }
    (void)der_end(&fields);
}

static bool outcome_is_known(unsigned code)
{
    return code <= OCSP_UNAUTHORIZED && code != 4;
}

static void take_response(struct der *der, struct ocsp_response *out)
{
    struct der fields = der_enter(der, DER_SEQUENCE);
    unsigned code = der_enumerated(&fields);
    if (der_is_ok(&fields) && !outcome_is_known(code))
        der_refuse(&fields, "responseStatus %u", code);
    out->outcome = (enum ocsp_outcome)code;
    if (out->outcome == OCSP_SUCCESSFUL) {
        struct der wrapped = der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0));
        struct der bytes = der_enter(&wrapped, DER_SEQUENCE);
        if (oid_take(&bytes) != OID_OCSP_BASIC)
            der_refuse_as(&bytes, ERR_UNSUPPORTED, "a response type other than basic");
        struct bytes content = der_octets(&bytes);
        struct der basic = der_inside(&bytes, content);
        take_basic(&basic, out);
        (void)der_end(&basic);
        (void)der_end(&bytes);
        (void)der_end(&wrapped);
    }
    (void)der_end(&fields);
}

enum err ocsp_response_parse(struct bytes der_bytes, struct ocsp_response *out, struct fault *fault)
{
    struct fault local;
    struct ocsp_response response = {.outcome = OCSP_INTERNAL_ERROR};
    struct der der = der_of(der_bytes, fault ? fault : &local, rule);
    take_response(&der, &response);
    if (der_end(&der) == ERR_NONE)
        *out = response;
    return der.fault->code;
}

enum err ocsp_parse_tbs(struct bytes tbs, struct ocsp_response *out, struct fault *fault)
{
    struct fault local;
    struct ocsp_response response = {.outcome = OCSP_SUCCESSFUL};
    struct der der = der_of(tbs, fault ? fault : &local, rule);
    take_data(&der, &response);
    if (der_end(&der) == ERR_NONE)
        *out = response;
    return der.fault->code;
}

/* ---- writing ---- */

static void put_status(struct buffer *out, const struct ocsp_single *single)
{
    if (single->status != OCSP_STATUS_REVOKED) {
        der_put(out, single->status == OCSP_STATUS_GOOD ? DER_CONTEXT(0) : DER_CONTEXT(2),
                bytes_of("", 0));
        return;
    }
    size_t revoked = der_begin(out, DER_CONTEXT_CONSTRUCTED(1));
    der_put_generalized_time(out, single->revoked_at);
    if (single->reason != CRL_REASON_UNSPECIFIED) {
        size_t reason = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
        der_put_enumerated(out, single->reason);
        der_close(out, reason);
    }
    der_close(out, revoked);
}

static void put_single(struct buffer *out, const struct ocsp_single *single)
{
    size_t mark = der_begin(out, DER_SEQUENCE);
    if (single->id.whole.len)
        buffer_put_bytes(out, single->id.whole);
    else
        ocsp_id_put(out, &single->id);
    put_status(out, single);
    der_put_generalized_time(out, single->this_update);
    size_t next = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    der_put_generalized_time(out, single->next_update);
    der_close(out, next);
    der_close(out, mark);
}

enum err ocsp_encode_tbs(const struct ocsp_facts *facts, struct buffer *out)
{
    if (facts->num == 0 || facts->num > OCSP_MAX_IDS || facts->responder_key_id.len != 20 ||
        facts->nonce.len > OCSP_MAX_NONCE)
        return ERR_USAGE;
    size_t data = der_begin(out, DER_SEQUENCE);
    size_t responder = der_begin(out, DER_CONTEXT_CONSTRUCTED(2));
    der_put(out, DER_OCTET_STRING, facts->responder_key_id);
    der_close(out, responder);
    der_put_generalized_time(out, facts->produced_at);
    size_t list = der_begin(out, DER_SEQUENCE);
    for (size_t i = 0; i < facts->num; i++)
        put_single(out, &facts->singles[i]);
    der_close(out, list);
    ocsp_put_nonce(out, DER_CONTEXT_CONSTRUCTED(1), facts->nonce);
    der_close(out, data);
    return buffer_check(out);
}

static void put_basic(struct buffer *out, struct bytes tbs, enum algorithm algorithm,
                      struct bytes signature, struct bytes cert)
{
    size_t basic = der_begin(out, DER_SEQUENCE);
    buffer_put_bytes(out, tbs);
    algorithm_put(out, algorithm);
    der_put_bit_octets(out, signature);
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    der_put(out, DER_SEQUENCE, cert);
    der_close(out, wrapped);
    der_close(out, basic);
}

enum err ocsp_assemble(struct bytes tbs, enum algorithm algorithm, struct bytes signature,
                       struct bytes cert, struct buffer *out)
{
    if (tbs.len == 0 || signature.len == 0 || cert.len == 0 || algorithm == ALGORITHM_UNKNOWN)
        return ERR_USAGE;
    size_t response = der_begin(out, DER_SEQUENCE);
    der_put_enumerated(out, OCSP_SUCCESSFUL);
    size_t wrapped = der_begin(out, DER_CONTEXT_CONSTRUCTED(0));
    size_t bytes = der_begin(out, DER_SEQUENCE);
    oid_put(out, OID_OCSP_BASIC);
    size_t content = der_begin(out, DER_OCTET_STRING);
    put_basic(out, tbs, algorithm, signature, cert);
    der_close(out, content);
    der_close(out, bytes);
    der_close(out, wrapped);
    der_close(out, response);
    return buffer_check(out);
}

enum err ocsp_encode_error(enum ocsp_outcome outcome, struct buffer *out)
{
    if (outcome == OCSP_SUCCESSFUL)
        return ERR_USAGE;
    size_t response = der_begin(out, DER_SEQUENCE);
    der_put_enumerated(out, outcome);
    der_close(out, response);
    return buffer_check(out);
}
