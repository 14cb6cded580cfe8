/* Sealed files: head, ciphertext, tag. The head is
 *   "JPKIseal" ‖ version 1 ‖ salt[16] ‖ nonce[12] ‖ label as u32 length and text
 * and goes whole into the authenticated data. The nonce, 96 random bits, is fresh with each file;
 * the salt may be that of another that was sealed just before: one key encrypts a handful. */
#include "crypto/seal.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/evp.h"
#include "crypto/random.h"

#define SEAL_MAGIC    "JPKIseal"
#define SEAL_VERSION  1
#define SEAL_NONCE    12
#define SEAL_TAG      16
#define SEAL_KEY      32
#define SCRYPT_N      (1u << 15)
#define SCRYPT_R      8
#define SCRYPT_P      1
#define SCRYPT_MEMORY (64u << 20) /* 128·N·r is 32 MiB; a little more for its blocks */

struct seal_head {
    struct bytes whole, salt, nonce, label;
};

void seal_init(struct seal *seal, const struct secret *passphrase)
{
    *seal = (struct seal){.passphrase = passphrase};
    secret_init(&seal->key);
}

void seal_done(struct seal *seal)
{
    seal->has_key = false;
    secret_done(&seal->key);
}

/* The key of this salt stands in seal->key afterwards. */
static enum err derive_key(struct seal *seal, const uint8_t salt[static SEAL_SALT])
{
    const struct secret *passphrase = seal->passphrase;
    if (seal->has_key && memcmp(seal->salt, salt, SEAL_SALT) == 0)
        return ERR_NONE;
    seal->has_key = seal->is_own_salt = false;
    if (EVP_PBE_scrypt((const char *)passphrase->data, passphrase->len, salt, SEAL_SALT, SCRYPT_N,
                       SCRYPT_R, SCRYPT_P, SCRYPT_MEMORY, seal->key.data, SEAL_KEY) != 1)
        return ERR_CRYPTO;
    seal->key.len = SEAL_KEY;
    memcpy(seal->salt, salt, SEAL_SALT);
    seal->has_key = true;
    return ERR_NONE;
}

static void head_encode(struct bytes salt, struct bytes nonce, const char *label,
                        struct buffer *out)
{
    buffer_put_text(out, SEAL_MAGIC);
    buffer_put_u8(out, SEAL_VERSION);
    buffer_put_bytes(out, salt);
    buffer_put_bytes(out, nonce);
    buffer_put_sized(out, bytes_of_text(label));
}

static enum err head_parse(struct reader *reader, struct seal_head *out)
{
    const uint8_t *start = reader->at;
    struct bytes magic;
    uint8_t version;
    if (!reader_take(reader, strlen(SEAL_MAGIC), &magic) || !bytes_equal_text(magic, SEAL_MAGIC) ||
        !reader_u8(reader, &version))
        return ERR_MALFORMED;
    if (version != SEAL_VERSION)
        return ERR_UNSUPPORTED;
    if (!reader_take(reader, SEAL_SALT, &out->salt) ||
        !reader_take(reader, SEAL_NONCE, &out->nonce) || !reader_sized(reader, &out->label))
        return ERR_MALFORMED;
    out->whole = bytes_of(start, (size_t)(reader->at - start));
    return ERR_NONE;
}

static enum err encrypt(const struct secret *key, struct bytes nonce, struct bytes head,
                        struct bytes content, struct buffer *out)
{
    struct secret sealed CLEANUP_SECRET; /* also half-written blocks are wiped */
    EVP_CIPHER_CTX *context CLEANUP_EVP(cipher_ctx) = EVP_CIPHER_CTX_new();
    uint8_t tag[SEAL_TAG];
    int len, rest;
    if (!context ||
        EVP_EncryptInit_ex2(context, EVP_aes_256_gcm(), key->data, nonce.data, NULL) != 1 ||
        EVP_EncryptUpdate(context, NULL, &len, head.data, (int)head.len) != 1 ||
        EVP_EncryptUpdate(context, sealed.data, &len, content.data, (int)content.len) != 1 ||
        EVP_EncryptFinal_ex(context, sealed.data + len, &rest) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, sizeof tag, tag) != 1)
        return ERR_CRYPTO;
    buffer_put(out, sealed.data, (size_t)(len + rest));
    buffer_put(out, tag, sizeof tag);
    return buffer_check(out);
}

enum err seal_close(struct seal *seal, const char *label, struct bytes content, struct buffer *out)
{
    uint8_t salt[SEAL_SALT], nonce[SEAL_NONCE];
    random_bytes(salt, sizeof salt);
    random_bytes(nonce, sizeof nonce);
    if (seal->has_key && seal->is_own_salt)
        memcpy(salt, seal->salt, sizeof salt);
    if (content.len > SECRET_MAX || strlen(label) > LIMIT_SEAL_LABEL)
        return ERR_LIMIT;
    struct buffer head CLEANUP_BUFFER;
    buffer_init(&head, LIMIT_KEY_FILE);
    head_encode(bytes_of(salt, sizeof salt), bytes_of(nonce, sizeof nonce), label, &head);
    enum err err = buffer_check(&head);
    if (err == ERR_NONE)
        err = derive_key(seal, salt);
    seal->is_own_salt = seal->has_key;
    if (err != ERR_NONE)
        return err;
    size_t start = out->len;
    buffer_put_bytes(out, buffer_bytes(&head));
    err = encrypt(&seal->key, bytes_of(nonce, sizeof nonce), buffer_bytes(&head), content, out);
    if (err != ERR_NONE)
        buffer_cut(out, start);
    return err;
}

static enum err decrypt(const struct secret *key, const struct seal_head *head, struct bytes sealed,
                        const uint8_t tag[static SEAL_TAG], struct secret *out)
{
    struct secret content CLEANUP_SECRET;
    uint8_t wanted[SEAL_TAG];
    memcpy(wanted, tag, sizeof wanted);
    EVP_CIPHER_CTX *context CLEANUP_EVP(cipher_ctx) = EVP_CIPHER_CTX_new();
    int len, rest;
    if (!context ||
        EVP_DecryptInit_ex2(context, EVP_aes_256_gcm(), key->data, head->nonce.data, NULL) != 1 ||
        EVP_DecryptUpdate(context, NULL, &len, head->whole.data, (int)head->whole.len) != 1 ||
        EVP_DecryptUpdate(context, content.data, &len, sealed.data, (int)sealed.len) != 1 ||
        EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, sizeof wanted, wanted) != 1 ||
        EVP_DecryptFinal_ex(context, content.data + len, &rest) != 1)
        return ERR_CRYPTO;
    content.len = (size_t)(len + rest);
    return secret_set(out, secret_bytes(&content));
}

enum err seal_open(struct seal *seal, const char *label, struct bytes sealed, struct secret *out)
{
    struct reader reader = reader_of(sealed);
    struct seal_head head;
    struct bytes body, tag;
    enum err err = sealed.len > LIMIT_KEY_FILE ? ERR_LIMIT : head_parse(&reader, &head);
    if (err != ERR_NONE)
        return err;
    if (reader.left < SEAL_TAG || !reader_take(&reader, reader.left - SEAL_TAG, &body) ||
        !reader_take(&reader, SEAL_TAG, &tag) || body.len > SECRET_MAX)
        return ERR_MALFORMED;
    if (!bytes_equal_text(head.label, label))
        return ERR_CRYPTO;
    err = derive_key(seal, head.salt.data);
    return err == ERR_NONE ? decrypt(&seal->key, &head, body, tag.data, out) : err;
}
