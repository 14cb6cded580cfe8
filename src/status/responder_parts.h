/* What the files of the responder share: whom it answers for, with which certificate. Private to
 * them. */
#pragma once

#include <pthread.h>

#include "crypto/hash.h"
#include "crypto/key.h"
#include "status/answers.h"
#include "status/responder.h"
#include "x509/cert.h"

/* One hash algorithm that a CertID may use, and what it makes of an authority. */
struct issuer_hash {
    enum algorithm algorithm;
    enum hash hash;
    uint8_t name[HASH_MAX], key[HASH_MAX];
};
#define NUM_HASHES 2

struct authority {
    enum kind kind;
    unsigned generation;
    const struct status_map *map;
    struct cert cert;        /* borrows from the caller's DER */
    uint8_t key[SHA256_LEN]; /* of the SubjectPublicKeyInfo: names it in the map */
    struct issuer_hash hashes[NUM_HASHES];
};

/* A delegated certificate; empty until commit sent one. */
struct delegation {
    struct buffer der;
    uint64_t number; /* counts them */
    int64_t not_before, not_after;
};

struct responder {
    /* the first generation of each kind at its kind, then the others as they were added */
    struct authority authorities[RESPONDER_AUTHORITIES_MAX];
    size_t num_authorities;
    struct private_key *key;
    bool is_follower;
    struct buffer spki;
    uint8_t key_id[SHA1_LEN];
    pthread_mutex_t lock;                                     /* of the delegations */
    struct delegation delegations[RESPONDER_AUTHORITIES_MAX]; /* beside authorities */
    struct answers *answers;
};

/* responder_name_key notes the public half of the key. */
enum err responder_name_key(struct responder *responder) MUST_USE;

/* delegation_copy appends the certificate in date at basis->made, so that signing holds no lock,
 * and notes it in the basis. ERR_NOT_FOUND when there is none. */
enum err delegation_copy(struct responder *responder, struct answer_basis *basis,
                         struct buffer *der) MUST_USE;
/* delegation_put appends the certificate of the basis, unless another has taken its place. */
bool delegation_put(struct responder *responder, const struct answer_basis *basis,
                    struct buffer *out);
