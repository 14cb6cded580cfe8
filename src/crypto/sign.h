/* Signatures, made, wherever the key is: in this process or in a PKCS#11 token. */
#pragma once

#include "crypto/hash.h"
#include "crypto/key.h"

#define SIGNATURE_MAX 512 /* bytes; RSA-4096 */

/* sign_message hashes and signs: RSA as PKCS#1 v1.5 with DigestInfo, curves as DER ECDSA-Sig-Value.
 * Appends to *out. */
enum err sign_message(const struct private_key *key, enum hash hash, struct bytes message,
                      struct buffer *out) MUST_USE;
/* sign_digest is sign_message over a hash made elsewhere; digest has hash_len(hash) bytes. */
enum err sign_digest(const struct private_key *key, enum hash hash, struct bytes digest,
                     struct buffer *out) MUST_USE;
/* sign_pkcs1 pads the bytes as they are (PKCS#1 v1.5 type 1, at most modulus - 11 bytes), as a card
 * does with a DigestInfo. RSA only. */
enum err sign_pkcs1(const struct private_key *key, struct bytes block, struct buffer *out) MUST_USE;
/* sign_raw_p256 gives r‖s, 64 bytes, over SHA-256 of the message. */
enum err sign_raw_p256(const struct private_key *key, struct bytes message,
                       uint8_t out[static 64]) MUST_USE;

/* sign_prove has the key sign something that nobody sees, and verifies it by its public half.
 * ERR_CRYPTO: it does not sign. ERR_DENIED: what it signs is not of that pair. */
enum err sign_prove(const struct private_key *key) MUST_USE;

/* digest_info_encode appends the DER DigestInfo of a digest (RFC 8017 9.2). */
enum err digest_info_encode(enum hash hash, struct bytes digest, struct buffer *out) MUST_USE;
