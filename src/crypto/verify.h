/* Signatures, checked. Each function answers ERR_NONE when the signature is right, ERR_CRYPTO when
 * it is not, another error when the key or the algorithm cannot be used. Every byte of the
 * signature counts: trailing bytes are refused. */
#pragma once

#include "crypto/hash.h"
#include "crypto/key.h"

/* RSA: PKCS#1 v1.5 with DigestInfo; curves: DER ECDSA-Sig-Value, canonical. */
enum err verify_message(const struct public_key *key, enum hash hash, struct bytes message,
                        struct bytes signature) MUST_USE;
enum err verify_digest(const struct public_key *key, enum hash hash, struct bytes digest,
                       struct bytes signature) MUST_USE;

#define SIGNATURE_SALT_MAX 512
/* RSASSA-PSS with MGF1 (RFC 8017 8.1); the salt has exactly salt_len bytes. */
enum err verify_pss(const struct public_key *key, enum hash hash, enum hash mask_hash,
                    unsigned salt_len, struct bytes message, struct bytes signature) MUST_USE;

/* r‖s over SHA-256 of the message; the point is 65 bytes, uncompressed. */
enum err verify_raw_p256(struct bytes point, struct bytes message,
                         const uint8_t signature[static 64]) MUST_USE;
