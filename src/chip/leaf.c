#include "chip/leaf.h"

#include "x509/der.h"

/* Readers take bytes 2 and 3 of a file for its length, so the head must be 30 82. */
static bool has_long_head(struct bytes object)
{
    return object.len >= 4 && object.data[1] == 0x82;
}

enum err leaf_split(struct bytes staged, struct bytes *leaf, struct bytes *authority)
{
    struct fault fault = {0};
    struct der der = der_of(staged, &fault, "RFC 5280 4.1");
    struct bytes first = der_take_whole(&der, DER_SEQUENCE);
    struct bytes second = der_take_whole(&der, DER_SEQUENCE);
    enum err err = der_end(&der);
    if (err != ERR_NONE)
        return err;
    if (!has_long_head(first) || !has_long_head(second))
        return ERR_MALFORMED;
    *leaf = first;
    *authority = second;
    return ERR_NONE;
}

enum err leaf_public_key(struct bytes leaf, struct bytes *spki)
{
    struct fault fault = {0};
    struct der der = der_of(leaf, &fault, "RFC 5280 4.1");
    struct der certificate = der_enter(&der, DER_SEQUENCE);
    struct der tbs = der_enter(&certificate, DER_SEQUENCE);
    if (der_next_is(&tbs, DER_CONTEXT_CONSTRUCTED(0)))
        der_take(&tbs, DER_CONTEXT_CONSTRUCTED(0)); /* version */
    der_unsigned(&tbs, DER_INTEGER);                /* serialNumber */
    der_take(&tbs, DER_SEQUENCE);                   /* signature */
    der_take(&tbs, DER_SEQUENCE);                   /* issuer */
    der_take(&tbs, DER_SEQUENCE);                   /* validity */
    der_take(&tbs, DER_SEQUENCE);                   /* subject */
    struct bytes found = der_take_whole(&tbs, DER_SEQUENCE);
    if (!der_is_ok(&tbs))
        return ERR_MALFORMED;
    *spki = found;
    return ERR_NONE;
}
