/* Sealed files: a secret under a passphrase. scrypt (N = 2^15, r = 8, p = 1) and AES-256-GCM; the
 * head (magic, version, salt, nonce, label) is authenticated. A wrong passphrase and a changed file
 * look the same: ERR_CRYPTO. What has not the form of a sealed file at all is ERR_MALFORMED. */
#pragma once

#include "base/secret.h"

#define SEAL_SALT 16

/* One passphrase, and the key that was last made of it: files that are sealed together share a
 * salt, one that was made here and not read, and cost one scrypt together. */
struct seal {
    const struct secret *passphrase; /* borrowed */
    bool has_key, is_own_salt;
    uint8_t salt[SEAL_SALT];
    struct secret key;
};
void seal_init(struct seal *seal, const struct secret *passphrase);
void seal_done(struct seal *seal); /* wipes the key */
#define CLEANUP_SEAL CLEANUP(seal_done)

/* label says what is inside ("authority-signature-1"); opening wants the same label. */
enum err seal_close(struct seal *seal, const char *label, struct bytes content,
                    struct buffer *out) MUST_USE;
enum err seal_open(struct seal *seal, const char *label, struct bytes sealed,
                   struct secret *out) MUST_USE;
