#include "x509/spki.h"

#include "x509/oid.h"

static const struct {
    enum oid oid;
    enum spki_type type;
    unsigned bits;
    size_t len;
} curves[] = {
    {OID_P256, SPKI_P256, 256, 65},
    {OID_P384, SPKI_P384, 384, 97},
};

/* RFC 3279 2.3.1: parameters NULL; the key is SEQUENCE { modulus, publicExponent }. */
static void spki_take_rsa(struct der *algorithm, struct spki *out)
{
    der_null(algorithm);
    struct der key = der_inside(algorithm, out->key);
    struct der fields = der_enter(&key, DER_SEQUENCE);
    out->type = SPKI_RSA;
    out->modulus = der_unsigned(&fields, DER_INTEGER);
    out->exponent = der_unsigned(&fields, DER_INTEGER);
    if (der_end(&fields) != ERR_NONE || der_end(&key) != ERR_NONE)
        return;
    out->bits = (unsigned)out->modulus.len * 8;
    for (uint8_t top = out->modulus.data[0]; top < 0x80 && out->bits > 0; top = (uint8_t)(top << 1))
        out->bits--;
}

/* RFC 5480 2.1.1: the parameters name the curve. A curve that is not in the table is another key.
 */
static void spki_take_curve(struct der *algorithm, struct spki *out)
{
    enum oid oid = oid_take(algorithm);
    for (size_t i = 0; i < COUNT_OF(curves); i++) {
        if (curves[i].oid != oid)
            continue;
        out->type = curves[i].type;
        out->bits = curves[i].bits;
        out->point = out->key;
        if (out->key.len != curves[i].len || out->key.data[0] != 0x04)
            der_refuse(algorithm, "a point of %s that is not uncompressed", oid_name(oid));
    }
}

struct bytes spki_take(struct der *der, struct spki *out)
{
    struct spki spki = {.type = SPKI_OTHER};
    struct der ahead = *der;
    struct bytes whole = der_take_whole(&ahead, DER_SEQUENCE);
    struct der fields = der_enter(der, DER_SEQUENCE);
    struct der algorithm = der_enter(&fields, DER_SEQUENCE);
    enum oid oid = oid_take(&algorithm);
    spki.key = der_bit_octets(&fields);
    (void)der_end(&fields);
    if (oid == OID_RSA)
        spki_take_rsa(&algorithm, &spki);
    else if (oid == OID_EC_KEY && der_next_is(&algorithm, DER_OID))
        spki_take_curve(&algorithm, &spki);
    else if (der_has_more(&algorithm))
        der_take_any(&algorithm, &(uint8_t){0});
    (void)der_end(&algorithm);
    if (out)
        *out = spki;
    return whole;
}

enum err spki_parse(struct bytes der_bytes, struct spki *out, struct fault *fault)
{
    struct fault local;
    struct spki spki;
    struct der der = der_of(der_bytes, fault ? fault : &local, "RFC 5280 4.1.2.7");
    spki_take(&der, &spki);
    if (der_end(&der) == ERR_NONE)
        *out = spki;
    return der.fault->code;
}
