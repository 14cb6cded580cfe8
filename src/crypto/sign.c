/* Signatures, made with keys that are in this process. */
#include "crypto/sign.h"

#include "crypto/evp.h"

static enum err sign_with(EVP_PKEY_CTX *context, struct bytes input, struct buffer *out)
{
    uint8_t signature[SIGNATURE_MAX];
    size_t len = sizeof signature;
    if (EVP_PKEY_sign(context, signature, &len, input.data, input.len) != 1)
        return ERR_CRYPTO;
    buffer_put(out, signature, len);
    return buffer_check(out);
}

static EVP_PKEY_CTX *context_new(const struct private_key *key, enum hash hash)
{
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (!context || EVP_PKEY_sign_init(context) != 1 ||
        EVP_PKEY_CTX_set_signature_md(context, evp_hash(hash)) != 1)
        return NULL;
    return steal(&context);
}

/* One that has signed before, or a new one. */
static EVP_PKEY_CTX *context_take(const struct private_key *key)
{
    EVP_PKEY_CTX *context = NULL;
    struct idle_signers *idle = key->idle;
    pthread_mutex_lock(&idle->lock);
    if (idle->num)
        context = idle->contexts[--idle->num];
    pthread_mutex_unlock(&idle->lock);
    return context ? context : context_new(key, HASH_SHA256);
}

static void context_give_back(const struct private_key *key, EVP_PKEY_CTX **context)
{
    struct idle_signers *idle = key->idle;
    pthread_mutex_lock(&idle->lock);
    if (idle->num < IDLE_SIGNERS)
        idle->contexts[idle->num++] = steal(context);
    pthread_mutex_unlock(&idle->lock);
}

enum err sign_digest(const struct private_key *key, enum hash hash, struct bytes digest,
                     struct buffer *out)
{
    if (digest.len != hash_len(hash))
        return ERR_MALFORMED;
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) =
        hash == HASH_SHA256 ? context_take(key) : context_new(key, hash);
    if (!context)
        return ERR_CRYPTO;
    enum err err = sign_with(context, digest, out);
    if (err == ERR_NONE && hash == HASH_SHA256)
        context_give_back(key, &context);
    return err;
}

enum err sign_message(const struct private_key *key, enum hash hash, struct bytes message,
                      struct buffer *out)
{
    uint8_t digest[HASH_MAX];
    enum err err = hash_once(hash, message, digest);
    return err == ERR_NONE ? sign_digest(key, hash, bytes_of(digest, hash_len(hash)), out) : err;
}

enum err sign_pkcs1(const struct private_key *key, struct bytes block, struct buffer *out)
{
    if (private_key_type(key) != KEY_RSA)
        return ERR_UNSUPPORTED;
    if (block.len + 11 > (size_t)EVP_PKEY_get_size(key->pkey))
        return ERR_LIMIT;
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (!context || EVP_PKEY_sign_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1)
        return ERR_CRYPTO;
    return sign_with(context, block, out);
}

enum err sign_raw_p256(const struct private_key *key, struct bytes message, uint8_t out[static 64])
{
    if (private_key_type(key) != KEY_P256)
        return ERR_UNSUPPORTED;
    struct buffer der CLEANUP_BUFFER;
    buffer_init(&der, SIGNATURE_MAX);
    enum err err = sign_message(key, HASH_SHA256, message, &der);
    return err == ERR_NONE ? ecdsa_to_raw(buffer_bytes(&der), out) : err;
}

/* DigestInfo up to the digest: SEQUENCE, AlgorithmIdentifier with NULL, OCTET STRING's head. */
static const struct {
    uint8_t len, head[19];
} digest_infos[] = {
    [HASH_SHA1] = {15,
                   {0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2b, 0x0e, 0x03, 0x02, 0x1a, 0x05, 0x00,
                    0x04, 0x14}},
    [HASH_SHA224] = {19,
                     {0x30, 0x2d, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                      0x02, 0x04, 0x05, 0x00, 0x04, 0x1c}},
    [HASH_SHA256] = {19,
                     {0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                      0x02, 0x01, 0x05, 0x00, 0x04, 0x20}},
    [HASH_SHA384] = {19,
                     {0x30, 0x41, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                      0x02, 0x02, 0x05, 0x00, 0x04, 0x30}},
    [HASH_SHA512] = {19,
                     {0x30, 0x51, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04,
                      0x02, 0x03, 0x05, 0x00, 0x04, 0x40}},
};

enum err digest_info_encode(enum hash hash, struct bytes digest, struct buffer *out)
{
    if (digest.len != hash_len(hash))
        return ERR_MALFORMED;
    buffer_put(out, digest_infos[hash].head, digest_infos[hash].len);
    buffer_put_bytes(out, digest);
    return buffer_check(out);
}
