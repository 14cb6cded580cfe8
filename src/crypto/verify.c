/* Signatures, checked. libcrypto compares the whole PKCS#1 block, wants an RSA signature exactly as
 * long as the modulus and an ECDSA-Sig-Value in canonical DER; tests/crypto/wycheproof.c holds it
 * to that. */
#include "crypto/verify.h"

#include "crypto/evp.h"

static enum err verify_with(EVP_PKEY_CTX *context, struct bytes digest, struct bytes signature)
{
    return EVP_PKEY_verify(context, signature.data, signature.len, digest.data, digest.len) == 1
               ? ERR_NONE
               : ERR_CRYPTO;
}

static enum err verify_by(EVP_PKEY *pkey, enum hash hash, struct bytes digest,
                          struct bytes signature)
{
    if (digest.len != hash_len(hash))
        return ERR_MALFORMED;
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (!context || EVP_PKEY_verify_init(context) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, evp_hash(hash)) != 1)
        return ERR_UNSUPPORTED;
    return verify_with(context, digest, signature);
}

enum err verify_digest(const struct public_key *key, enum hash hash, struct bytes digest,
                       struct bytes signature)
{
    if (!EVP_PKEY_is_a(key->pkey, "RSA") && !EVP_PKEY_is_a(key->pkey, "EC"))
        return ERR_UNSUPPORTED;
    return verify_by(key->pkey, hash, digest, signature);
}

enum err verify_message(const struct public_key *key, enum hash hash, struct bytes message,
                        struct bytes signature)
{
    uint8_t digest[HASH_MAX];
    enum err err = hash_once(hash, message, digest);
    return err == ERR_NONE ? verify_digest(key, hash, bytes_of(digest, hash_len(hash)), signature)
                           : err;
}

enum err verify_pss(const struct public_key *key, enum hash hash, enum hash mask_hash,
                    unsigned salt_len, struct bytes message, struct bytes signature)
{
    if (!EVP_PKEY_is_a(key->pkey, "RSA") && !EVP_PKEY_is_a(key->pkey, "RSA-PSS"))
        return ERR_UNSUPPORTED;
    uint8_t digest[HASH_MAX];
    enum err err = hash_once(hash, message, digest);
    if (err != ERR_NONE)
        return err;
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (!context || EVP_PKEY_verify_init(context) != 1 || salt_len > SIGNATURE_SALT_MAX ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, evp_hash(hash)) != 1 ||
        EVP_PKEY_CTX_set_rsa_mgf1_md(context, evp_hash(mask_hash)) != 1 ||
        EVP_PKEY_CTX_set_rsa_pss_saltlen(context, (int)salt_len) != 1)
        return ERR_UNSUPPORTED;
    return verify_with(context, bytes_of(digest, hash_len(hash)), signature);
}

enum err verify_raw_p256(struct bytes point, struct bytes message,
                         const uint8_t signature[static 64])
{
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = evp_p256_of_point(point);
    if (!pkey)
        return ERR_MALFORMED;
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, 80);
    uint8_t digest[SHA256_LEN];
    enum err err = hash_once(HASH_SHA256, message, digest);
    if (err == ERR_NONE)
        err = ecdsa_to_der(signature, &der);
    return err == ERR_NONE
               ? verify_by(pkey, HASH_SHA256, bytes_of(digest, sizeof digest), buffer_bytes(&der))
               : err;
}
