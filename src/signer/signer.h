/* The only holder of keys, as a thing without a socket: opened from its folder, asked to sign one
 * object at a time. Every function here checks, logs durably, then signs, in that order; serve.c
 * answers the socket with them. */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"
#include "base/secret.h"
#include "signer/signer_client.h"
#include "x509/profile_site.h"

struct signer;

/* A PKCS#11 token that keeps the keys. Its PIN is the passphrase. */
struct signer_token {
    const char *module; /* path of the library */
    const char *label;
    const char *files; /* folder that the module reads while it signs, or NULL */
};

/* signer_create makes the keys that the site wants, in the token or (NULL) in sealed files, and an
 * empty log, in a folder that exists and has none. */
enum err signer_create(const char *folder, const struct profile_site *site,
                       const struct signer_token *token, const struct secret *passphrase,
                       struct fault *fault) MUST_USE;
/* signer_open opens the keys, verifies the log behind what its index has and reads the authorities'
 * certificates that are there already. Everything is held against the site, which is copied;
 * ERR_DENIED when an authority was made for another one. */
enum err signer_open(const char *folder, const struct profile_site *site,
                     const struct secret *passphrase, struct signer **out,
                     struct fault *fault) MUST_USE;
void signer_free(struct signer *signer); /* takes NULL */
void signer_cleanup(struct signer **signer);
#define CLEANUP_SIGNER CLEANUP(signer_cleanup)
/* What must stay readable when all else is given up, or NULL: nothing. Borrowed. */
const char *signer_token_files(const struct signer *signer);
bool signer_was_torn(const struct signer *signer); /* an unfinished last record was cut off */
/* signed.index did not match signed.log, and was made again from all of it. */
bool signer_is_index_new(const struct signer *signer);

/* signer_add_generation makes the key of the kind's next generation, unless the last one has no
 * certificate yet: a second try goes on with that. There is no question for it: commit cannot ask.
 */
enum err signer_add_generation(struct signer *signer, enum kind kind,
                               const struct secret *passphrase, struct fault *fault) MUST_USE;

/* signer_add_permit_key makes the permit key of this generation, unless it is there: a second try
 * goes on with that. ERR_DENIED: it would not be the next. There is no question for it either. */
enum err signer_add_permit_key(struct signer *signer, unsigned generation,
                               const struct secret *passphrase, struct fault *fault) MUST_USE;

/* signer_restore is what the operator says after the database, or the log, was set back: floors
 * that are not below the signer's (ERR_DENIED), and where the restored journal goes on. Logged and
 * synced like a signature. There is no question for it: commit cannot ask. */
enum err signer_restore(struct signer *signer, const struct signer_floors *floors,
                        struct fault *fault) MUST_USE;

/* The same contracts as the client's functions of these names. */
enum err signer_sign_certificate(struct signer *signer, enum kind kind,
                                 enum signer_certificate what, struct bytes tbs,
                                 struct buffer *signature, struct fault *fault) MUST_USE;
/* signer_sign_certificates answers up to SIGNER_BATCH_MAX at once, each for itself. */
void signer_sign_certificates(struct signer *signer, struct signer_item *items, size_t num);
enum err signer_sign_crl(struct signer *signer, enum kind kind, int memfd, struct buffer *signature,
                         struct fault *fault) MUST_USE;
enum err signer_sign_permit(struct signer *signer, struct bytes permit,
                            uint8_t signature[static SIGNER_RAW_LEN], struct fault *fault) MUST_USE;
enum err signer_sign_checkpoint(struct signer *signer, const struct signer_checkpoint *checkpoint,
                                struct bytes links, uint8_t signature[static SIGNER_RAW_LEN],
                                struct fault *fault) MUST_USE;
void signer_get_floors(const struct signer *signer, struct signer_floors *out);
enum err signer_authority_spki(const struct signer *signer, enum kind kind, unsigned generation,
                               struct buffer *spki) MUST_USE;
/* ERR_NOT_FOUND before it was signed. Borrowed. */
enum err signer_authority(const struct signer *signer, enum kind kind, unsigned generation,
                          struct bytes *out) MUST_USE;
enum err signer_permit_key(const struct signer *signer, unsigned generation,
                           uint8_t point[static SIGNER_POINT_LEN]) MUST_USE;
enum err signer_journal_key(const struct signer *signer,
                            uint8_t point[static SIGNER_POINT_LEN]) MUST_USE;

/* signer_prove has each key sign something that nobody sees: whether they still can after the
 * process gave up the rest is known before the first question. */
enum err signer_prove(struct signer *signer, struct fault *fault) MUST_USE;
/* signer_check fails, and says why, once a key has not signed what it was to sign. */
enum err signer_check(const struct signer *signer, struct fault *fault) MUST_USE;
/* signer_serve answers questions on the socket until the other side ends it (ERR_CLOSED) or a key
 * has failed: that answer is the last. It starts a thread for each processor: after the sandbox was
 * entered, so that they are in it. */
enum err signer_serve(struct signer *signer, int fd) MUST_USE;
