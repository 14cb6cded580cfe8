/* A passphrase in shares: any M of N give it back, fewer say nothing of it (Shamir 1979, byte by
 * byte over GF(2^8) with the polynomial of AES). No secret is an index or a condition. */
#pragma once

#include "base/secret.h"

#define SHARES_MAX        16
#define SHARES_SECRET     32 /* bytes */
#define SHARES_SET        4
#define SHARE_TEXT        107 /* with its zero */
#define SHARES_PASSPHRASE (2 * SHARES_SECRET)

struct share {
    uint8_t set[SHARES_SET];   /* of the shares that were made together */
    uint8_t threshold, number; /* M; from 1 */
    uint8_t data[SHARES_SECRET];
};

struct shares {
    unsigned num;
    struct share all[SHARES_MAX];
};
void shares_done(struct shares *shares); /* wipes */
#define CLEANUP_SHARES CLEANUP(shares_done)

/* shares_make makes a passphrase of 256 random bits, as 64 hexadecimal digits, and num shares of
 * it, each threshold of which give it back. ERR_USAGE unless 2 ≤ threshold ≤ num ≤ SHARES_MAX. */
enum err shares_make(unsigned threshold, unsigned num, struct shares *out,
                     struct secret *passphrase) MUST_USE;

/* shares_combine gives the passphrase back. ERR_NOT_FOUND: they are too few yet; ERR_DENIED: they
 * are not of one set, or one stands there twice. What is left over is not looked at. */
enum err shares_combine(const struct shares *shares, struct secret *passphrase,
                        struct fault *fault) MUST_USE;

/* A share as a line to write down: "jpki-share SET M NUMBER", eight groups of eight digits, and a
 * check that finds a digit read wrong. share_is tells a share from a passphrase by its first word.
 */
void share_print(const struct share *share, struct secret *out);
bool share_is(struct bytes text);
/* share_parse takes any number of blanks between the words. ERR_MALFORMED. */
enum err share_parse(struct bytes text, struct share *out, struct fault *fault) MUST_USE;
