/* The four keys of the signer, each in a sealed file of its folder. They are made once, by
 * `jpkid init`, and leave this process in no form. */
#pragma once

#include "base/kind.h"
#include "crypto/key.h"
#include "signer/signer_client.h"

struct signer_keys {
    struct private_key *authority[NUM_KINDS]; /* RSA-2048 or P-256, generation 1 */
    struct private_key *permit, *journal;     /* P-256 */
};

/* signer_keys_create makes and seals all four, the authorities' of this type; ERR_EXISTS when one
 * is there already. */
enum err signer_keys_create(const char *folder, enum key_type authority,
                            const struct secret *passphrase, struct fault *fault) MUST_USE;
/* signer_keys_open wants all four. ERR_CRYPTO: wrong passphrase, or a changed file. */
enum err signer_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault) MUST_USE;
void signer_keys_done(struct signer_keys *keys);

/* The uncompressed point of a P-256 key. */
enum err signer_key_point(const struct private_key *key,
                          uint8_t point[static SIGNER_POINT_LEN]) MUST_USE;
