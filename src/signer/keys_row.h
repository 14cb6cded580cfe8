/* What sealed files and token share: the table of the four keys. */
#pragma once

#include "signer/keys.h"

#define NUM_KEYS 4

/* One row a key: its name, which is its file, the label of its seal, and its label in a token. */
struct key_row {
    const char *name;
    bool is_authority; /* its type is the site's choice; the others are P-256 */
    size_t offset;
};
extern const struct key_row key_rows[NUM_KEYS];

enum key_type key_row_type(size_t row, enum key_type authority);
struct private_key **key_row_of(struct signer_keys *keys, size_t row);

/* The contracts of keys.h; what stands in *out after a failure is the caller's to free. */
enum err sealed_keys_create(const char *folder, enum key_type authority,
                            const struct secret *passphrase, struct fault *fault) MUST_USE;
enum err sealed_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault) MUST_USE;
enum err token_keys_create(const char *folder, enum key_type authority,
                           const struct signer_token *token, const struct secret *pin,
                           struct fault *fault) MUST_USE;
/* ERR_NOT_FOUND: the folder names no token. */
enum err token_keys_open(const char *folder, enum key_type authority, const struct secret *pin,
                         struct signer_keys *out, struct fault *fault) MUST_USE;
bool token_keys_are_there(const char *folder);
