/* CRLs: numbered, stored, signed, published; the full list of each authority, with each change and
 * every day at 00:30 in Japan. */
#pragma once

#include "centre/centre.h"
#include "crypto/hash.h"

#define CRL_DELAY      5         /* seconds after a change: several go into one */
#define CRL_DELAY_MASS 45        /* while a mass act runs */
#define CRL_DAILY      (30 * 60) /* seconds after the day began in Japan; ours */

/* A list as it was stored before the signer saw it. */
struct crl_row {
    int64_t number, this_update, epoch;
    uint8_t digest[SHA256_LEN]; /* of the bytes that were signed */
};
/* crl_last reads the last one of a kind, of whichever generation; crl_last_of that of one. Zeros
 * before the first. */
enum err crl_last(struct store *store, enum kind kind, struct crl_row *out,
                  struct fault *fault) MUST_USE;
enum err crl_last_of(struct store *store, enum kind kind, unsigned generation, struct crl_row *out,
                     struct fault *fault) MUST_USE;

/* crl_last_daily is the last such moment that is not after t. */
int64_t crl_last_daily(int64_t t);

/* crl_publish makes, signs and publishes the lists of one kind, one for each generation that has
 * not ended: number and thisUpdate in common and above the last, journalled and durable before the
 * signer sees them. */
enum err crl_publish(struct centre *centre, enum kind kind, struct fault *fault) MUST_USE;
/* crl_publish_due does it for each kind of which a list lacks a change, is older than 00:30, or was
 * stored and not published. */
enum err crl_publish_due(struct centre *centre, struct fault *fault) MUST_USE;
