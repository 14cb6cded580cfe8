/* CRLs, and when they are due: the full list of each authority and the lists of its municipalities,
 * with each change and every day at 00:30 in Japan. How they are made is in centre/crl_run, which
 * municipalities have one in centre/crl_desk. */
#pragma once

#include "centre/centre.h"
#include "crypto/hash.h"

struct rows;

#define CRL_DELAY      5         /* seconds after a change: several go into one */
#define CRL_DELAY_MASS 45        /* while a mass act runs */
#define CRL_DAILY      (30 * 60) /* seconds after the day began in Japan; ours */

/* A list as it was stored before the signer saw it. */
struct crl_row {
    int64_t number, this_update, epoch;
    uint8_t digest[SHA256_LEN]; /* of the bytes that were signed */
};
/* crl_row_read reads the present row, whose first columns are number, this_update, epoch, digest.
 */
void crl_row_read(struct rows *rows, struct crl_row *out);
/* crl_is_published: the published list is this one, with its epoch beside it. */
bool crl_is_published(const struct centre *centre, const struct status_list *list,
                      const struct crl_row *row);
/* crl_last reads the last one of a kind, of whatever scope; crl_last_of that of a generation: of a
 * municipality, or the full one (NULL). Zeros before the first. */
enum err crl_last(struct store *store, enum kind kind, struct crl_row *out,
                  struct fault *fault) MUST_USE;
enum err crl_last_of(struct store *store, enum kind kind, unsigned generation,
                     const struct municipality *municipality, struct crl_row *out,
                     struct fault *fault) MUST_USE;

/* crl_last_daily is the last such moment that is not after t. */
int64_t crl_last_daily(int64_t t);

/* crl_publish makes the full lists of one kind at once, while nothing else is done. */
enum err crl_publish(struct centre *centre, enum kind kind, struct fault *fault) MUST_USE;
/* crl_publish_due makes the full lists of each kind of which one lacks a change, is older than
 * 00:30, or was stored and not published. */
enum err crl_publish_due(struct centre *centre, struct fault *fault) MUST_USE;
/* crl_turn goes on with the lists that are due, beside the acts. *wait is cut to what it may be
 * left alone. */
enum err crl_turn(struct centre *centre, int *wait, struct fault *fault) MUST_USE;
