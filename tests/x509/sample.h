/* A small hierarchy for tests, with real keys: an authority of either kind, leaves and a responder
 * below it. Ends the test when something fails. Times: 2026-11-22T01:02:03Z and on. */
#pragma once

#include "crypto/key.h"
#include "x509/cert.h"

#define SAMPLE_NOW INT64_C(1795309323) /* 2026-11-22T01:02:03Z */

struct sample {
    struct private_key *key; /* NULL in a fixed sample */
    struct buffer subject, spki, der;
    uint8_t key_id[20];
    struct cert cert; /* parsed from der */
};

/* sample_authority makes a key and a root of JPKI profile 1.1; serial 1. */
void sample_authority(enum kind kind, struct sample *out);
/* sample_leaf makes a key and a resident's certificate; 見本 太郎, Hokuei-cho. */
void sample_leaf(enum kind kind, const struct sample *authority, uint64_t serial,
                 struct sample *out);
/* sample_leaf_of certifies a key made elsewhere, such as in a card: from `now` for a year. */
void sample_leaf_of(enum kind kind, const struct sample *authority, uint64_t serial,
                    struct bytes spki, int64_t now, struct sample *out);
void sample_responder(enum kind kind, const struct sample *authority, uint64_t serial,
                      struct sample *out);
/* sample_sign signs with the sample's key (SHA-256); a fixed sample answers 256 bytes of 5A. */
void sample_sign(const struct sample *signer, struct bytes message, struct buffer *signature);
enum algorithm sample_algorithm(const struct sample *signer);
void sample_free(struct sample *sample);

/* While this is set, the samples have fixed public keys without private halves, and their
 * signatures are filler: what is made is the same in every run. */
extern bool sample_is_fixed;
/* What the samples are made for: the delivered site, with the algorithm in JPKI_SAMPLE_ALGORITHM if
 * that is set, unless a test changes it. */
extern struct profile_site sample_site;
extern enum key_type sample_leaf_key;        /* KEY_RSA unless a test changes it */
void sample_site_read(const char *relative); /* from a file of the source tree */

extern const struct basic_four sample_basic_four;
/* The facts that sample_leaf uses, for a test that changes one. Slices of *out. */
void sample_leaf_facts(enum kind kind, uint64_t serial, const struct sample *leaf,
                       struct buffer *crl_point, struct cert_facts *facts);
