/* The authorities of the centre: one of each kind, in generations. They have one name and one
 * counter of serials, each its own key; leaves are the newest one's, each answers for its own. */
#pragma once

#include "base/kind.h"
#include "crypto/key.h"
#include "signer/signer_client.h"
#include "x509/cert.h"

struct centre;

struct authority {
    unsigned generation;
    struct buffer spki; /* the signer's key, with which each signature is verified */
    struct public_key *key;
    struct buffer der; /* empty: its certificate is not signed yet */
    struct cert cert;  /* borrows from der */
};

struct authorities_of_kind {
    struct authority generations[SIGNER_GENERATIONS_MAX]; /* g at g - 1 */
    unsigned num;
};

/* authority_load reads keys and certificates of all generations from the signer, anew. */
enum err authority_load(struct centre *centre, struct fault *fault) MUST_USE;
void authority_unload(struct centre *centre);

/* authority_newest is the one that signs residents' certificates. There is one after init. */
const struct authority *authority_newest(const struct centre *centre, enum kind kind);
/* authority_next is the one whose key has no certificate yet, or NULL. */
const struct authority *authority_next(const struct centre *centre, enum kind kind);
/* authority_of_issued is the one that a certificate names as its issuer; NULL: none of ours. */
const struct authority *authority_of_issued(const struct centre *centre, enum kind kind,
                                            const struct cert *cert);
/* authority_of_tbs is the one that signs this TBSCertificate; NULL: none of ours. */
const struct authority *authority_of_tbs(const struct centre *centre, enum kind kind,
                                         enum signer_certificate what, struct bytes tbs);
/* authority_has_ended: it is over at t; nothing is signed by it any more. */
bool authority_has_ended(const struct authority *authority, int64_t t);
/* authority_is_current: it has its certificate, and is not over now: lists and responders'
 * certificates are still made by it. */
bool authority_is_current(const struct authority *authority);
