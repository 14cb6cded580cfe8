/* What the signer knows while it runs; for the files of this room that make up `struct signer`. */
#pragma once

#include "base/workers.h"
#include "crypto/hash.h"
#include "signer/keys.h"
#include "signer/log.h"
#include "signer/seen.h"
#include "signer/signer.h"
#include "x509/cert.h"

/* An authority's certificate: absent (whole is empty) until it was made. cert borrows from der. */
struct signer_issuer {
    struct buffer der;
    struct cert cert;
};

struct signer {
    char *folder;
    struct profile_site site;
    struct signer_keys keys;
    struct signed_log *log;
    bool was_torn;
    struct workers *workers; /* NULL: all is done on the caller's thread */
    struct seen seen;        /* digests of what was signed, and marks of challenges */
    struct signer_floors floors;
    struct signer_issuer issuers[NUM_KINDS];
};

/* signer_admit lets a record pass whose bytes were signed before (nothing is logged again), or that
 * rises above the floors. ERR_DENIED otherwise. What it covers may be signed only after
 * signer_admitted has returned ERR_NONE: then all that passed is on the disk. */
enum err signer_admit(struct signer *signer, struct signed_record *record,
                      struct fault *fault) MUST_USE;
enum err signer_admitted(struct signer *signer, struct fault *fault) MUST_USE;
/* signer_note takes a record that stands in the log into floors and seen; the log is read with it,
 * so that what was wrong to append is wrong to find. context is the signer. */
enum err signer_note(void *context, const struct signed_record *record) MUST_USE;

/* signer_not_signed tells that what was logged could not be signed, and returns err. */
enum err signer_not_signed(const struct signer *signer, enum err err, struct fault *fault);

/* signer_check_own: the certificate names the kind's key and, as the site has it, the kind's
 * authority. ERR_DENIED. */
enum err signer_check_own(const struct signer *signer, enum kind kind, const struct cert *cert,
                          struct fault *fault) MUST_USE;
/* signer_issuer_set takes over a certificate that signer_check_own accepts. */
enum err signer_issuer_set(struct signer *signer, enum kind kind, struct bytes der,
                           struct fault *fault) MUST_USE;
/* signer_issuer_keep writes the certificate that was just signed into the folder. */
enum err signer_issuer_keep(struct signer *signer, enum kind kind, struct bytes tbs,
                            struct bytes signature, struct fault *fault) MUST_USE;
