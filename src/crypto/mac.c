/* HMAC-SHA256 (RFC 2104). */
#include "crypto/mac.h"

#include "crypto/evp.h"

enum err mac_sha256(struct bytes key, struct bytes input, uint8_t out[static SHA256_LEN])
{
    size_t len;
    const uint8_t *data = key.len ? key.data : (const uint8_t *)""; /* NULL would mean "no key" */
    return EVP_Q_mac(NULL, "HMAC", NULL, "SHA256", NULL, data, key.len, input.data, input.len, out,
                     SHA256_LEN, &len) &&
                   len == SHA256_LEN
               ? ERR_NONE
               : ERR_CRYPTO;
}
