/* A signer in a folder of its own, with both authorities made, and things for it to sign. Ends the
 * test when something fails. */
#pragma once

#include "sample.h"
#include "signer/signer.h"

extern struct signer *signer;
extern char signer_folder[64];
extern struct sample signer_authority_sample[NUM_KINDS]; /* without their keys */

/* With JPKI_TEST_MODULE (tests/softhsm.py sets it) its keys are in that token; else NULL. */
const struct signer_token *fixture_token(void);

/* For a group's set-up and tear-down. */
int signer_begin(void **state);
int signer_end(void **state);
/* signer_again closes and opens it, as after a restart. */
void signer_again(void);

/* The TBSCertificate of an authority's generation, for that key of the signer. */
void fixture_authority_tbs(enum kind kind, unsigned generation, uint64_t serial,
                           struct buffer *tbs);
/* fixture_roll_over makes the kind's next generation, which signer_authority_sample then is; before
 * is the one before, the caller's to free. */
void fixture_roll_over(enum kind kind, uint64_t serial, struct sample *before);

/* fixture_leaf makes a leaf (or responder) of a fresh key whose TBS the authority has not signed:
 * use leaf->cert.tbs. */
void fixture_leaf(enum kind kind, uint64_t serial, struct sample *out);
void fixture_responder(enum kind kind, uint64_t serial, struct sample *out);

/* fixture_sign has a certificate signed; the signature is checked against the authority's key. */
enum err fixture_sign(enum kind kind, enum signer_certificate what, struct bytes tbs,
                      struct fault *fault);
void fixture_passphrase(struct secret *out);
uint64_t fixture_sequence(void); /* records in the log */
void fixture_path(const char *name, char path[static 128]);
