/* What sealed files and token share: the rows of the keys. */
#pragma once

#include "signer/keys.h"

#define NUM_KEYS ((NUM_KINDS + 1) * SIGNER_GENERATIONS_MAX + 1)

/* One row a key that there may be: the generations of each kind, of the permit key, journal. */
struct key_row {
    char name[40]; /* of its file, without the ending; label of its seal, and in a token */
    bool is_first; /* made by init: it must be there */
    enum key_type type;
};

/* authority: the type that the site wants of authorities' keys; the others are P-256. */
struct key_row key_row_of(size_t row, enum key_type authority);
/* Where the row's key stands; the key is NULL when there is none. */
struct private_key **key_place_of(struct signer_keys *keys, size_t row);

/* The contracts of keys.h; what stands in *out after a failure is the caller's to free. */
enum err sealed_keys_create(const char *folder, enum key_type authority,
                            const struct secret *passphrase, struct fault *fault) MUST_USE;
enum err sealed_key_add(const char *folder, size_t row, enum key_type authority,
                        const struct secret *passphrase, struct signer_keys *keys,
                        struct fault *fault) MUST_USE;
enum err sealed_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault) MUST_USE;
enum err token_keys_create(const char *folder, enum key_type authority,
                           const struct signer_token *token, const struct secret *pin,
                           struct fault *fault) MUST_USE;
enum err token_key_add(const char *folder, size_t row, enum key_type authority,
                       struct signer_keys *keys, struct fault *fault) MUST_USE;
/* ERR_NOT_FOUND: the folder names no token. */
enum err token_keys_open(const char *folder, enum key_type authority, const struct secret *pin,
                         struct signer_keys *out, struct fault *fault) MUST_USE;
bool token_keys_are_there(const char *folder);
