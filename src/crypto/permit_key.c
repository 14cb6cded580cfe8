#include "crypto/permit_key.h"

#include <string.h>

#include "crypto/evp.h"
#include "crypto/hash.h"

_Static_assert(PERMIT_DIGEST_LEN == SHA256_LEN, "it is SHA-256");

void permit_key_digest(const uint8_t point[static PERMIT_POINT_LEN],
                       uint8_t out[static PERMIT_DIGEST_LEN])
{
    sha256(bytes_of(point, PERMIT_POINT_LEN), out);
}

void permit_key_id(const uint8_t point[static PERMIT_POINT_LEN],
                   uint8_t out[static PERMIT_KEY_ID_LEN])
{
    uint8_t digest[PERMIT_DIGEST_LEN];
    permit_key_digest(point, digest);
    memcpy(out, digest, PERMIT_KEY_ID_LEN);
}

bool permit_key_is_digest(const uint8_t point[static PERMIT_POINT_LEN],
                          const uint8_t digest[static PERMIT_DIGEST_LEN])
{
    uint8_t wanted[PERMIT_DIGEST_LEN];
    permit_key_digest(point, wanted);
    return memcmp(wanted, digest, sizeof wanted) == 0;
}

static EVP_PKEY *key_of(struct bytes point)
{
    return point.len == PERMIT_POINT_LEN ? evp_p256_of_point(point) : NULL;
}

enum err permit_key_spki(struct bytes point, struct buffer *out)
{
    EVP_PKEY *key CLEANUP_EVP(pkey) = key_of(point);
    return key ? evp_spki(key, out) : ERR_MALFORMED;
}

enum err permit_key_check(struct bytes point)
{
    EVP_PKEY *key CLEANUP_EVP(pkey) = key_of(point);
    return key ? ERR_NONE : ERR_MALFORMED;
}
