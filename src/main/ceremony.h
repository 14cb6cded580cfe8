/* A ceremony: the authorities' first day before witnesses. One file says who does what, and how
 * many holders of shares open the keys later; what was made is written down, and the journal's
 * first checkpoint signs for that. */
#pragma once

#include <limits.h>

#include "base/bytes.h"
#include "centre/centre.h"
#include "crypto/shares.h"

#define CEREMONY_WITNESSES 8
#define CEREMONY_NAME      192 /* bytes of a name: 64 characters at most */

struct ceremony {
    char title[CEREMONY_NAME + 1], place[CEREMONY_NAME + 1];
    char leader[CEREMONY_NAME + 1], operator[CEREMONY_NAME + 1];
    char witnesses[CEREMONY_WITNESSES][CEREMONY_NAME + 1];
    char holders[SHARES_MAX][CEREMONY_NAME + 1];
    unsigned threshold, num_holders;
    char restart[16]; /* "holders", or "unattended" */
    char risk_accepted_by[CEREMONY_NAME + 1];
    char file_digest[65];  /* of the file, SHA-256 in hexadecimal */
    char record[PATH_MAX]; /* where the record goes */
    struct shares shares;
};
void ceremony_done(struct ceremony *ceremony); /* wipes the shares */
#define CLEANUP_CEREMONY CLEANUP(ceremony_done)

/* ceremony_read reads the file. ERR_MALFORMED: a line of another form, a key that is missing, a
 * person in two roles that watch each other. */
enum err ceremony_read(const char *path, struct ceremony *out, struct fault *fault) MUST_USE;
/* ceremony_begin makes the passphrase and its shares. */
enum err ceremony_begin(struct ceremony *ceremony, struct secret *passphrase) MUST_USE;
/* ceremony_record writes the record to ceremony->record and its digest into the journal
 * ("ceremony:done"); of a struct ceremony, when the authorities were made. */
enum err ceremony_record(void *context, struct centre *centre, struct fault *fault) MUST_USE;
/* ceremony_try joins shares again, those of the first and of the last holders: what it gives must
 * be the passphrase. ERR_CRYPTO. */
enum err ceremony_try(const struct ceremony *ceremony, const struct secret *passphrase,
                      struct fault *fault) MUST_USE;
/* ceremony_hand_out writes each share to a file of its own, share-1-of-5 and so on, in a folder
 * that is there. ERR_EXISTS: one is there already. */
enum err ceremony_hand_out(const struct ceremony *ceremony, const char *folder,
                           struct fault *fault) MUST_USE;
