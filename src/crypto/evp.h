/* What the files of this room share: libcrypto's types inside our opaque ones, cleanups for them,
 * and the end of the process where nothing sensible can follow. Private to crypto/. */
#pragma once

/* libcrypto has a type of the name of one of our error codes: it goes by another name here. All of
 * its headers are included in this place for that reason. */
#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#undef ERR_STATE

#include <pthread.h>

#include "crypto/hash.h"
#include "crypto/key.h"

/* Where a private key is, and what that place does with it: this process (key_here.c), or a token
 * (token.c). Any thread may sign. */
struct key_place {
    /* the contracts of sign_digest, sign_pkcs1 and private_key_encode; lengths were looked at */
    enum err (*sign_digest)(const struct private_key *key, enum hash hash, struct bytes digest,
                            struct buffer *out);
    enum err (*sign_block)(const struct private_key *key, struct bytes block, struct buffer *out);
    enum err (*encode)(const struct private_key *key, struct secret *out);
    void (*forget)(struct private_key *key);
};

struct private_key {
    const struct key_place *place;
    EVP_PKEY *pkey; /* the pair; where the place keeps the private half, the public one */
    void *own;      /* the place's */
};

/* key_here takes the pair over into a key of this process. */
enum err key_here(EVP_PKEY **pair, struct private_key **out) MUST_USE;

struct public_key {
    EVP_PKEY *pkey;
};

const EVP_MD *evp_hash(enum hash hash);
enum key_type evp_key_type(const EVP_PKEY *pkey);

/* evp_spki appends the SubjectPublicKeyInfo. */
enum err evp_spki(const EVP_PKEY *pkey, struct buffer *out) MUST_USE;

/* crypto_end says what failed on stderr and aborts. */
void crypto_end(const char *what) NO_RETURN;

#define RSA_2048_LEN   256
#define P256_POINT_LEN 65

/* A public key from its number. NULL when that makes no key: a point that is compressed or beside
 * the curve. The key is the caller's. */
EVP_PKEY *evp_p256_of_point(struct bytes point);
EVP_PKEY *evp_rsa_of_modulus(
    const uint8_t modulus[static RSA_2048_LEN]); /* big-endian; e = 65537 */

/* ecdsa_to_der appends a DER ECDSA-Sig-Value made of r‖s, 32 bytes each. */
enum err ecdsa_to_der(const uint8_t raw[static 64], struct buffer *out) MUST_USE;
/* ecdsa_to_raw is its inverse; ERR_MALFORMED when r or s needs more than 32 bytes. */
enum err ecdsa_to_raw(struct bytes der, uint8_t raw[static 64]) MUST_USE;

#define EVP_CLEANUP(name, type, free_function)                                                     \
    static inline void evp_cleanup_##name(type **pointer)                                          \
    {                                                                                              \
        free_function(*pointer);                                                                   \
    }
EVP_CLEANUP(pkey, EVP_PKEY, EVP_PKEY_free)
EVP_CLEANUP(pkey_ctx, EVP_PKEY_CTX, EVP_PKEY_CTX_free)
EVP_CLEANUP(md_ctx, EVP_MD_CTX, EVP_MD_CTX_free)
EVP_CLEANUP(cipher_ctx, EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)
EVP_CLEANUP(pkcs8, PKCS8_PRIV_KEY_INFO, PKCS8_PRIV_KEY_INFO_free)
EVP_CLEANUP(x509_pubkey, X509_PUBKEY, X509_PUBKEY_free)
EVP_CLEANUP(bn, BIGNUM, BN_free)
EVP_CLEANUP(bn_ctx, BN_CTX, BN_CTX_free)
EVP_CLEANUP(ecdsa_sig, ECDSA_SIG, ECDSA_SIG_free)
#define CLEANUP_EVP(name) CLEANUP(evp_cleanup_##name)
