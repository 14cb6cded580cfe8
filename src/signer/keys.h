/* The keys of the signer: in sealed files of its folder, or in a PKCS#11 token that a file of its
 * folder names. They are made by `jpkid init`, later generations by `jpkid authority-new` and
 * `jpkid permit-key-new`, and leave this process in no form. */
#pragma once

#include <limits.h>

#include "base/kind.h"
#include "crypto/token.h"
#include "signer/signer.h"
#include "signer/signer_client.h"

struct signer_keys {
    /* RSA-2048 or P-256: generation g at g - 1, as many as there are */
    struct private_key *authority[NUM_KINDS][SIGNER_GENERATIONS_MAX];
    unsigned num_generations[NUM_KINDS];
    struct private_key *permit[SIGNER_GENERATIONS_MAX]; /* P-256, in generations, too */
    unsigned num_permits;
    struct private_key *journal; /* P-256 */
    struct token *token;         /* that holds them, or NULL */
    char token_files[PATH_MAX];  /* what its module reads meanwhile; "": nothing */
};

/* signer_keys_create makes the first four, the authorities' of this type: in the token, or, when
 * that is NULL, in sealed files. ERR_EXISTS when one is there already. */
enum err signer_keys_create(const char *folder, enum key_type authority,
                            const struct signer_token *token, const struct secret *passphrase,
                            struct fault *fault) MUST_USE;
/* signer_keys_add makes a key of the kind's next generation where the others are, and takes it
 * into keys; signer_keys_add_permit the next permit key. ERR_LIMIT: there is no further one. */
enum err signer_keys_add(const char *folder, enum kind kind, enum key_type authority,
                         const struct secret *passphrase, struct signer_keys *keys,
                         struct fault *fault) MUST_USE;
enum err signer_keys_add_permit(const char *folder, const struct secret *passphrase,
                                struct signer_keys *keys, struct fault *fault) MUST_USE;
/* signer_keys_open wants the first four, and each generation up to the last. ERR_CRYPTO: wrong
 * passphrase, or a changed file. */
enum err signer_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault) MUST_USE;
/* signer_keys_prove has each sign something that nobody sees. */
enum err signer_keys_prove(struct signer_keys *keys, struct fault *fault) MUST_USE;
/* signer_keys_check fails, and says why, once a signature could not be made. */
enum err signer_keys_check(const struct signer_keys *keys, struct fault *fault) MUST_USE;
void signer_keys_done(struct signer_keys *keys);

/* The uncompressed point of a P-256 key. */
enum err signer_key_point(const struct private_key *key,
                          uint8_t point[static SIGNER_POINT_LEN]) MUST_USE;
