/* Signatures: what is the same wherever the key is. */
#include "crypto/sign.h"

#include "crypto/evp.h"
#include "crypto/verify.h"

enum err sign_digest(const struct private_key *key, enum hash hash, struct bytes digest,
                     struct buffer *out)
{
    return digest.len == hash_len(hash) ? key->place->sign_digest(key, hash, digest, out)
                                        : ERR_MALFORMED;
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
    return block.len + 11 <= (size_t)EVP_PKEY_get_size(key->pkey)
               ? key->place->sign_block(key, block, out)
               : ERR_LIMIT;
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

enum err sign_prove(const struct private_key *key)
{
    static const char text[] = "OpenJPKI: is this the key of that pair?";
    const struct public_key public = {key->pkey};
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    enum err err = sign_message(key, HASH_SHA256, bytes_of_text(text), &signature);
    if (err != ERR_NONE)
        return err;
    err = verify_message(&public, HASH_SHA256, bytes_of_text(text), buffer_bytes(&signature));
    return err == ERR_CRYPTO ? ERR_DENIED : err;
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
