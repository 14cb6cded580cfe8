/* The permit key, as everybody knows it but its holder: a point. What names it in a permit, and
 * whether it is a key at all. docs/PROTOCOL.card-administration, sections 1.1 and 3. */
#pragma once

#include "base/permit.h"

/* permit_key_digest gives the SHA-256 of the point, which a permit for this new key has. */
void permit_key_digest(const uint8_t point[static PERMIT_POINT_LEN],
                       uint8_t out[static PERMIT_DIGEST_LEN]);
/* permit_key_id gives the beginning of the SHA-256 of the point. */
void permit_key_id(const uint8_t point[static PERMIT_POINT_LEN],
                   uint8_t out[static PERMIT_KEY_ID_LEN]);
/* permit_key_is_digest: does a permit for this new key have this digest? */
bool permit_key_is_digest(const uint8_t point[static PERMIT_POINT_LEN],
                          const uint8_t digest[static PERMIT_DIGEST_LEN]);
/* permit_key_spki appends its SubjectPublicKeyInfo; ERR_MALFORMED as permit_key_check. */
enum err permit_key_spki(struct bytes point, struct buffer *out) MUST_USE;
/* permit_key_check: ERR_MALFORMED unless it is an uncompressed point of 65 bytes on P-256. */
enum err permit_key_check(struct bytes point) MUST_USE;
