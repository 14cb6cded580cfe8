#include "x509/signed.h"

void signed_take(struct der *der, struct signed_frame *out)
{
    struct signed_frame frame = {0};
    struct der outer = *der;
    frame.whole = der_take_whole(&outer, DER_SEQUENCE);
    struct der fields = der_enter(der, DER_SEQUENCE);
    frame.body = der_take_whole(&fields, DER_SEQUENCE);
    frame.algorithm = algorithm_take(&fields, &frame.algorithm_der);
    frame.signature = der_bit_octets(&fields);
    if (der_end(&fields) == ERR_NONE && der_end(der) == ERR_NONE)
        *out = frame;
}

enum err signed_assemble(struct bytes body, enum algorithm algorithm, struct bytes signature,
                         struct buffer *out)
{
    if (body.len == 0 || signature.len == 0 || algorithm == ALGORITHM_UNKNOWN)
        return ERR_USAGE;
    size_t mark = der_begin(out, DER_SEQUENCE);
    buffer_put_bytes(out, body);
    algorithm_put(out, algorithm);
    der_put_bit_octets(out, signature);
    der_close(out, mark);
    return buffer_check(out);
}
