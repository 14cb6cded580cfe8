/* What the signer knows while it runs; for the files of this room that make up `struct signer`. */
#pragma once

#include <pthread.h>

#include "base/errand.h"
#include "base/workers.h"
#include "crypto/hash.h"
#include "signer/index.h"
#include "signer/keys.h"
#include "signer/log.h"
#include "signer/signer.h"
#include "x509/cert.h"

/* The certificate of a generation: absent (whole is empty) until it was made. cert borrows from
 * der.
 */
struct signer_issuer {
    struct buffer der;
    struct cert cert;
};

struct signer {
    char *folder;
    struct profile_site site;
    struct signer_keys keys;
    struct signed_log *log;
    bool is_log_read; /* to its end */
    bool was_torn;
    struct workers *workers; /* NULL: all is done on the caller's thread */
    struct errand lists;     /* CRLs are answered on a thread and a socket of their own */
    int lists_fd;
    pthread_mutex_t lock;       /* of what both threads use: all below, and the log */
    struct signed_index *index; /* of digests of what was signed, and marks of challenges */
    bool is_index_new;          /* what was there did not match the log */
    struct signer_floors floors;
    struct signer_issuer issuers[NUM_KINDS][SIGNER_GENERATIONS_MAX]; /* beside keys.authority */
};

/* signer_admit lets a record pass whose bytes were signed before (nothing is logged again), or that
 * rises above the floors. ERR_DENIED otherwise. What it covers may be signed only after
 * signer_admitted has returned ERR_NONE: then all that passed is on the disk. */
enum err signer_admit(struct signer *signer, struct signed_record *record,
                      struct fault *fault) MUST_USE;
enum err signer_admitted(struct signer *signer, struct fault *fault) MUST_USE;
/* signer_note takes a record that stands in the log into floors and index; the log is read with it,
 * so that what was wrong to append is wrong to find. context is the signer. */
enum err signer_note(void *context, const struct signed_record *record) MUST_USE;
enum err signer_was_signed(const struct signer *signer, const uint8_t digest[static SHA256_LEN],
                           bool *was, struct fault *fault) MUST_USE;

/* signer_not_signed tells that what was logged could not be signed, and returns err. */
enum err signer_not_signed(const struct signer *signer, enum err err, struct fault *fault);

/* signer_find_own gives the generation whose key an authority's certificate has; it has the name
 * that the site gives the kind. ERR_DENIED. */
enum err signer_find_own(const struct signer *signer, enum kind kind, const struct cert *cert,
                         unsigned *generation, struct fault *fault) MUST_USE;
/* signer_find_issuer gives the generation that a key identifier names. ERR_STATE: none has a
 * certificate yet; ERR_DENIED: none is of that name. */
enum err signer_find_issuer(const struct signer *signer, enum kind kind, struct bytes key_id,
                            unsigned *generation, struct fault *fault) MUST_USE;
unsigned signer_newest(const struct signer *signer, enum kind kind); /* with a certificate; or 0 */
/* signer_issuers_read reads the certificates that the folder has. */
enum err signer_issuers_read(struct signer *signer, struct fault *fault) MUST_USE;
/* signer_issuer_keep writes the certificate that was just signed into the folder. */
enum err signer_issuer_keep(struct signer *signer, enum kind kind, unsigned generation,
                            struct bytes tbs, struct bytes signature, struct fault *fault) MUST_USE;
