#include "x509/cert_request.h"

#include "x509/name.h"

enum err cert_request_encode_info(struct bytes subject, struct bytes spki, struct buffer *out)
{
    size_t info = der_begin(out, DER_SEQUENCE);
    der_put_number(out, 0);
    if (subject.len)
        buffer_put_bytes(out, subject);
    else
        name_encode(NULL, 0, out);
    buffer_put_bytes(out, spki);
    der_close(out, der_begin(out, DER_CONTEXT_CONSTRUCTED(0)));
    der_close(out, info);
    return buffer_check(out);
}

enum err cert_request_assemble(struct bytes info, enum algorithm algorithm, struct bytes signature,
                               struct buffer *out)
{
    return signed_assemble(info, algorithm, signature, out);
}

static void cert_request_take_attributes(struct der *info, struct cert_request *out)
{
    struct der attributes = der_enter(info, DER_CONTEXT_CONSTRUCTED(0));
    while (der_has_more(&attributes)) {
        struct der attribute = der_enter(&attributes, DER_SEQUENCE);
        (void)der_oid(&attribute);
        der_take(&attribute, DER_SET);
        (void)der_end(&attribute);
        out->num_attributes++;
    }
}

static void cert_request_take_info(struct der *der, struct cert_request *out)
{
    struct der info = der_enter(der, DER_SEQUENCE);
    if (der_number(&info) != 0)
        der_refuse(&info, "not a version 1 request");
    out->subject = name_take(&info, NULL);
    out->spki = spki_take(&info, &out->key);
    cert_request_take_attributes(&info, out);
    (void)der_end(&info);
}

enum err cert_request_parse(struct bytes der_bytes, struct cert_request *out, struct fault *fault)
{
    struct fault local;
    struct signed_frame frame = {0};
    struct cert_request request = {0};
    struct der der = der_of(der_bytes, fault ? fault : &local, "RFC 2986 4 request");
    signed_take(&der, &frame);
    if (!der_is_ok(&der))
        return der.fault->code;
    struct der body = der_inside(&der, frame.body);
    cert_request_take_info(&body, &request);
    request.whole = frame.whole;
    request.info = frame.body;
    request.algorithm = frame.algorithm;
    request.signature = frame.signature;
    if (der_end(&body) == ERR_NONE)
        *out = request;
    return der.fault->code;
}
