/* Hash functions over EVP. The table of algorithms stands in evp.c. */
#include "crypto/hash.h"

#include <stdlib.h>

#include "crypto/evp.h"

enum err hash_once(enum hash hash, struct bytes input, uint8_t *out)
{
    return EVP_Digest(input.data, input.len, out, NULL, evp_hash(hash), NULL) ? ERR_NONE
                                                                              : ERR_CRYPTO;
}

void sha256(struct bytes input, uint8_t out[static SHA256_LEN])
{
    if (hash_once(HASH_SHA256, input, out) != ERR_NONE)
        crypto_end("SHA-256");
}

struct hash_stream {
    EVP_MD_CTX *context;
};

enum err hash_stream_new(enum hash hash, struct hash_stream **out)
{
    struct hash_stream *stream = malloc(sizeof *stream);
    if (!stream)
        return ERR_MEMORY;
    stream->context = EVP_MD_CTX_new();
    if (!stream->context || !EVP_DigestInit_ex(stream->context, evp_hash(hash), NULL)) {
        hash_stream_free(stream);
        return ERR_CRYPTO;
    }
    *out = stream;
    return ERR_NONE;
}

enum err hash_stream_copy(const struct hash_stream *stream, struct hash_stream **out)
{
    struct hash_stream *copy CLEANUP_HASH_STREAM = malloc(sizeof *copy);
    if (!copy)
        return ERR_MEMORY;
    copy->context = EVP_MD_CTX_new();
    if (!copy->context || !EVP_MD_CTX_copy_ex(copy->context, stream->context))
        return ERR_CRYPTO;
    *out = steal(&copy);
    return ERR_NONE;
}

enum err hash_stream_update(struct hash_stream *stream, struct bytes part)
{
    return EVP_DigestUpdate(stream->context, part.data, part.len) ? ERR_NONE : ERR_CRYPTO;
}

enum err hash_stream_finish(struct hash_stream *stream, uint8_t *out)
{
    return EVP_DigestFinal_ex(stream->context, out, NULL) ? ERR_NONE : ERR_CRYPTO;
}

void hash_stream_free(struct hash_stream *stream)
{
    if (!stream)
        return;
    EVP_MD_CTX_free(stream->context);
    free(stream);
}

void hash_stream_cleanup(struct hash_stream **stream)
{
    hash_stream_free(*stream);
}
