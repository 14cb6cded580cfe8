/* One record of signed.log: what was to be signed, as bytes of one length, each chained to the one
 * before it; docs/PROTOCOL.signer has the layout. */
#pragma once

#include "base/bytes.h"
#include "base/card_id.h"
#include "base/kind.h"
#include "base/permit.h"
#include "crypto/hash.h"

#define SIGNED_DIGEST_LEN 32
#define SIGNED_RECORD_LEN 144
#define SIGNED_BODY_LEN   (SIGNED_RECORD_LEN - SHA256_LEN) /* what the chain covers; it follows */

/* Numbers of the format: never reuse one. */
enum signed_type {
    SIGNED_AUTHORITY = 1,
    SIGNED_LEAF = 2,
    SIGNED_RESPONDER = 3,
    SIGNED_CRL = 4,
    SIGNED_PERMIT = 5,
    SIGNED_CHECKPOINT = 6,
    SIGNED_RESTORED = 7,      /* not signed, but said by the operator: floors of one kind … */
    SIGNED_JOURNAL_AGAIN = 8, /* … and where the journal goes on, once the database was set back */
};

struct signed_record {
    uint64_t sequence; /* 1, 2, 3, … */
    int64_t time;
    enum signed_type type;
    enum kind kind;                    /* of a permit: the permit's; of a checkpoint: 0 */
    uint8_t digest[SIGNED_DIGEST_LEN]; /* SHA-256 of the bytes that are signed */
    uint64_t number;                   /* serial, CRL number, or the checkpoint's entry */
    uint64_t crl_number;               /* of RESTORED, beside its serial */
    int64_t when;                      /* thisUpdate of a CRL, time of a checkpoint */
    uint8_t scope[SIGNED_DIGEST_LEN];  /* of an authority: SHA-256 of its SubjectPublicKeyInfo; of
                                        * a CRL: of its authority's key identifier and its point */
    uint8_t head[SIGNED_DIGEST_LEN];   /* of a checkpoint */
    uint8_t card_id[CARD_ID_LEN];      /* of a permit */
    uint8_t challenge[CHALLENGE_LEN];  /* of a permit */
};

enum err signed_body_encode(const struct signed_record *record,
                            uint8_t out[static SIGNED_BODY_LEN]) MUST_USE;
bool signed_body_parse(struct bytes input, struct signed_record *out) MUST_USE;
/* signed_chain_step: chain = SHA-256(the chain before ‖ body) */
void signed_chain_step(uint8_t chain[static SHA256_LEN],
                       const uint8_t body[static SIGNED_BODY_LEN]);
