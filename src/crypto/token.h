/* Keys in a PKCS#11 token: made in it, used in it, and never out of it. What is found there is a
 * struct private_key like any other, for sign.h. The module is somebody else's library in this
 * process, and does not survive a fork: open it after the last one. */
#pragma once

#include "crypto/key.h"

#define TOKEN_LABEL_MAX 32 /* bytes */

struct token;

/* token_open logs in to the one token of the module that has the label. ERR_NOT_FOUND: no such file
 * or token; ERR_UNSUPPORTED: not a module; ERR_CRYPTO: wrong PIN; ERR_LOCKED. */
enum err token_open(const char *module, const char *label, const struct secret *pin,
                    struct token **out, struct fault *fault) MUST_USE;
/* token_free logs out; the token's keys must be freed before. Takes NULL. */
void token_free(struct token *token);
void token_cleanup(struct token **token);
#define CLEANUP_TOKEN CLEANUP(token_cleanup)

/* token_check: has the token made every signature that it was asked for? After one that it has not
 * it cannot be relied on; the fault says what it answered. */
enum err token_check(struct token *token, struct fault *fault) MUST_USE;

/* token_generate makes a key that signs and nothing else, sensitive and not extractable: RSA-2048
 * or P-256. Its CKA_LABEL is the name, its CKA_ID the key identifier. Appends its
 * SubjectPublicKeyInfo. */
enum err token_generate(struct token *token, enum key_type type, const char *name,
                        struct buffer *spki, struct fault *fault) MUST_USE;
/* token_find gives the private half of this public key, after it was seen to be that and to be a
 * key that never was outside. ERR_NOT_FOUND: it is not there; ERR_DENIED: it is another's, or could
 * be outside. *out is the caller's and borrows the token. */
enum err token_find(struct token *token, const char *name, struct bytes spki,
                    struct private_key **out, struct fault *fault) MUST_USE;
