/* The authorities that a relying party trusts, pinned for each kind. All generations of an
 * authority have the same name: the right one is looked for by key identifier and decided by the
 * signature, never by name alone (promise 5). */
#pragma once

#include "crypto/key.h"
#include "x509/cert.h"

#define AUTHORITIES_MAX 32

struct authority {
    enum kind kind;
    struct buffer der;
    struct cert cert; /* borrows from der */
    struct public_key *key;
};

struct authorities;

enum err authorities_new(struct authorities **out) MUST_USE;
void authorities_free(struct authorities *authorities);
void authorities_cleanup(struct authorities **authorities);
#define CLEANUP_AUTHORITIES CLEANUP(authorities_cleanup)

/* authorities_add pins one self-signed certificate (DER, copied) for one kind. ERR_MALFORMED: not a
 * certificate of an authority, or not signed by itself; ERR_EXISTS: pinned for the other kind;
 * ERR_LIMIT: too many. Pinned twice for the same kind counts once. */
enum err authorities_add(struct authorities *authorities, enum kind kind, struct bytes der,
                         struct fault *fault) MUST_USE;

/* authorities_find gives the pinned authority of that kind whose key signed the certificate;
 * ERR_NOT_FOUND when there is none. Borrowed. */
enum err authorities_find(const struct authorities *authorities, enum kind kind,
                          const struct cert *cert, const struct authority **out,
                          struct fault *fault) MUST_USE;
