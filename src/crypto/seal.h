/* Sealed files: a secret under a passphrase. scrypt (N = 2^15, r = 8, p = 1) and AES-256-GCM; the
 * head (magic, version, salt, nonce, label) is authenticated. A wrong passphrase and a changed file
 * look the same: ERR_CRYPTO. What has not the form of a sealed file at all is ERR_MALFORMED. */
#pragma once

#include "base/secret.h"

/* label says what is inside ("authority-signature-1"); opening wants the same label. */
enum err seal_close(const struct secret *passphrase, const char *label, struct bytes content,
                    struct buffer *out) MUST_USE;
enum err seal_open(const struct secret *passphrase, const char *label, struct bytes sealed,
                   struct secret *out) MUST_USE;
