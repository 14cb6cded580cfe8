/* Private keys in this process: their signatures, by libcrypto, and their encoding. */
#include <stdlib.h>

#include "crypto/evp.h"
#include "crypto/sign.h"

/* Contexts for SHA-256 signatures that wait for their next use, so that a signature makes none. */
#define IDLE_SIGNERS 8

struct idle_signers {
    pthread_mutex_t lock;
    size_t num;
    EVP_PKEY_CTX *contexts[IDLE_SIGNERS];
};

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
    struct idle_signers *idle = key->own;
    pthread_mutex_lock(&idle->lock);
    if (idle->num)
        context = idle->contexts[--idle->num];
    pthread_mutex_unlock(&idle->lock);
    return context ? context : context_new(key, HASH_SHA256);
}

static void context_give_back(const struct private_key *key, EVP_PKEY_CTX **context)
{
    struct idle_signers *idle = key->own;
    pthread_mutex_lock(&idle->lock);
    if (idle->num < IDLE_SIGNERS)
        idle->contexts[idle->num++] = steal(context);
    pthread_mutex_unlock(&idle->lock);
}

static enum err here_sign_digest(const struct private_key *key, enum hash hash, struct bytes digest,
                                 struct buffer *out)
{
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) =
        hash == HASH_SHA256 ? context_take(key) : context_new(key, hash);
    if (!context)
        return ERR_CRYPTO;
    enum err err = sign_with(context, digest, out);
    if (err == ERR_NONE && hash == HASH_SHA256)
        context_give_back(key, &context);
    return err;
}

static enum err here_sign_block(const struct private_key *key, struct bytes block,
                                struct buffer *out)
{
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, key->pkey, NULL);
    if (!context || EVP_PKEY_sign_init(context) != 1 ||
        EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) != 1)
        return ERR_CRYPTO;
    return sign_with(context, block, out);
}

static enum err here_encode(const struct private_key *key, struct secret *out)
{
    PKCS8_PRIV_KEY_INFO *info CLEANUP_EVP(pkcs8) = EVP_PKEY2PKCS8(key->pkey);
    if (!info)
        return ERR_CRYPTO;
    int len = i2d_PKCS8_PRIV_KEY_INFO(info, NULL);
    if (len <= 0)
        return ERR_CRYPTO;
    if (len > SECRET_MAX)
        return ERR_LIMIT;
    uint8_t *at = out->data;
    out->len = (size_t)i2d_PKCS8_PRIV_KEY_INFO(info, &at);
    return ERR_NONE;
}

static void here_forget(struct private_key *key)
{
    struct idle_signers *idle = key->own;
    for (size_t i = 0; i < idle->num; i++)
        EVP_PKEY_CTX_free(idle->contexts[i]);
    pthread_mutex_destroy(&idle->lock);
    free(idle);
}

static const struct key_place here = {here_sign_digest, here_sign_block, here_encode, here_forget};

enum err key_here(EVP_PKEY **pair, struct private_key **out)
{
    struct private_key *key = calloc(1, sizeof *key);
    struct idle_signers *idle = calloc(1, sizeof *idle);
    if (!key || !idle) {
        free(key);
        free(idle);
        return ERR_MEMORY;
    }
    pthread_mutex_init(&idle->lock, NULL);
    *key = (struct private_key){.place = &here, .pkey = steal(pair), .own = idle};
    *out = key;
    return ERR_NONE;
}
