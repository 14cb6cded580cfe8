/* Keys: RSA and P-256/P-384, private and public. The rest of the program sees DER and these opaque
 * types, never a type of libcrypto. */
#pragma once

#include "base/secret.h"

enum key_type { KEY_RSA, KEY_P256, KEY_P384, KEY_OTHER };

struct private_key;
struct public_key;

/* bits is 2048…4096 for KEY_RSA (e = 65537) and ignored for curves. *out is the caller's. */
enum err private_key_generate(enum key_type type, unsigned bits, struct private_key **out) MUST_USE;
/* PKCS#8 PrivateKeyInfo, unencrypted: into memory that wipes itself, for sealing or a card image.
 */
enum err private_key_encode(const struct private_key *key, struct secret *out) MUST_USE;
/* private_key_parse wants all bytes used, and a private half that belongs to the public one. */
enum err private_key_parse(struct bytes pkcs8, struct private_key **out) MUST_USE;
/* private_key_spki appends the SubjectPublicKeyInfo, DER. */
enum err private_key_spki(const struct private_key *key, struct buffer *out) MUST_USE;
enum key_type private_key_type(const struct private_key *key);
void private_key_free(struct private_key *key);

/* public_key_parse wants the one canonical DER form: all bytes used, curves by their names. */
enum err public_key_parse(struct bytes spki, struct public_key **out) MUST_USE;
enum key_type public_key_type(const struct public_key *key);
unsigned public_key_bits(const struct public_key *key);
void public_key_free(struct public_key *key);

/* public_key_check_quality says whether a resident's key may be certified: RSA, exactly 2048 bits,
 * e = 65537, no factor below 752, not of the ROCA form, no square and no product of neighbours; or
 * P-256, a point on the curve, uncompressed. ERR_MALFORMED with the fault. Which of both an
 * authority takes is the profile's.
 * 平成15年総務省令第120号 2, 3; facts/profile 1.7. */
enum err public_key_check_quality(struct bytes spki, struct fault *fault) MUST_USE;

/* key_identifier is SHA-1 of the subjectPublicKey bit string (RFC 5280 4.2.1.2, method 1). */
enum err key_identifier(struct bytes spki, uint8_t out[static 20]) MUST_USE;

void private_key_cleanup(struct private_key **key);
void public_key_cleanup(struct public_key **key);
#define CLEANUP_PRIVATE_KEY CLEANUP(private_key_cleanup)
#define CLEANUP_PUBLIC_KEY  CLEANUP(public_key_cleanup)
