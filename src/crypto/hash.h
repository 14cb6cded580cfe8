/* Hash functions: of bytes at once, or of a stream too long for memory. */
#pragma once

#include "base/bytes.h"

enum hash { HASH_SHA1, HASH_SHA224, HASH_SHA256, HASH_SHA384, HASH_SHA512 };

#define HASH_MAX   64
#define SHA1_LEN   20
#define SHA256_LEN 32

size_t hash_len(enum hash hash);

/* hash_once writes hash_len(hash) bytes. */
enum err hash_once(enum hash hash, struct bytes input, uint8_t *out) MUST_USE;

/* sha256 is hash_once for the common case; ends the process when libcrypto cannot. */
void sha256(struct bytes input, uint8_t out[static SHA256_LEN]);

struct hash_stream;
enum err hash_stream_new(enum hash hash, struct hash_stream **out) MUST_USE;
enum err hash_stream_copy(const struct hash_stream *stream, struct hash_stream **out) MUST_USE;
enum err hash_stream_update(struct hash_stream *stream, struct bytes part) MUST_USE;
enum err hash_stream_finish(struct hash_stream *stream, uint8_t *out) MUST_USE; /* then free it */
void hash_stream_free(struct hash_stream *stream);
void hash_stream_cleanup(struct hash_stream **stream);
#define CLEANUP_HASH_STREAM CLEANUP(hash_stream_cleanup)
