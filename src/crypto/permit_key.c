#include "crypto/permit_key.h"

#include <string.h>

#include "crypto/evp.h"
#include "crypto/hash.h"

void permit_key_id(const uint8_t point[static PERMIT_POINT_LEN],
                   uint8_t out[static PERMIT_KEY_ID_LEN])
{
    uint8_t digest[SHA256_LEN];
    sha256(bytes_of(point, PERMIT_POINT_LEN), digest);
    memcpy(out, digest, PERMIT_KEY_ID_LEN);
}

bool permit_key_is_digest(const uint8_t point[static PERMIT_POINT_LEN],
                          const uint8_t digest[static PERMIT_DIGEST_LEN])
{
    uint8_t wanted[SHA256_LEN];
    sha256(bytes_of(point, PERMIT_POINT_LEN), wanted);
    return memcmp(wanted, digest, sizeof wanted) == 0;
}

enum err permit_key_check(struct bytes point)
{
    if (point.len != PERMIT_POINT_LEN)
        return ERR_MALFORMED;
    EVP_PKEY *key CLEANUP_EVP(pkey) = evp_p256_of_point(point);
    return key ? ERR_NONE : ERR_MALFORMED;
}
