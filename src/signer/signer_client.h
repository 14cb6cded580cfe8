/* What `commit` asks of the signer, and the only header of this room that others may include. Each
 * call is one question and one answer over the socket between the two processes
 * (docs/PROTOCOL.signer). The signer lints, logs durably, then signs; what it refuses comes back as
 * ERR_DENIED with the rule in *fault. One caller at a time: the client is not for several threads.
 */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"

#define SIGNER_POINT_LEN       65 /* P-256, uncompressed */
#define SIGNER_RAW_LEN         64 /* r‖s */
#define SIGNER_HEAD_LEN        32
#define SIGNER_LINKS_MAX       16384 /* journal entries between two checkpoints */
#define SIGNER_SIGNATURE_MAX   512
#define SIGNER_GENERATIONS_MAX 16 /* of one kind; they have one name, each its own key */

/* What may be signed as a certificate; the names of the profiles. The serials of one kind of
 * authority rise through all three. */
enum signer_certificate {
    SIGNER_AUTHORITY, /* of one generation: self-signed, the first that its key ever signs; the
                       * signer keeps it */
    SIGNER_LEAF,
    SIGNER_RESPONDER
};

/* The batch that is under way beside the caller's other work. */
enum signer_batch { SIGNER_BATCH_NONE, SIGNER_BATCH_SENT, SIGNER_BATCH_ANSWERED };

struct signer_client {
    int fd;      /* the signer's socket; the client's own */
    int timeout; /* milliseconds for one answer */
    enum signer_batch batch;
    int64_t deadline;    /* monotonic, for the batch that was sent */
    int64_t sent_at;     /* the same batch, microseconds */
    struct buffer early; /* its answer, read because something else was asked */
    enum err early_err;  /* the connection is of no more use */
};

/* signer_client_init takes over a connected socket. */
void signer_client_init(struct signer_client *client, int fd);
void signer_client_done(struct signer_client *client); /* closes */
#define CLEANUP_SIGNER_CLIENT CLEANUP(signer_client_done)

/* One certificate of a batch: what is asked, and what became of it. */
#define SIGNER_BATCH_MAX 64
struct signer_item {
    enum kind kind;
    enum signer_certificate what;
    struct bytes tbs; /* DER TBSCertificate; borrowed */
    enum err err;     /* ERR_NONE: signed; ERR_DENIED: refused, by the rule in fault */
    struct fault fault;
    size_t signature_len;
    uint8_t signature[SIGNER_SIGNATURE_MAX]; /* bare */
};

/* signer_client_certificates asks for 1 to SIGNER_BATCH_MAX certificates (else ERR_LIMIT) and fills
 * the items. Each is linted as `what` under the generation of `kind` that its
 * authorityKeyIdentifier names (an authority: its own key), logged and signed (SHA-256; RSA PKCS#1
 * v1.5 or ECDSA, as the authority's key is). ERR_DENIED of an item: the lint fails, a leaf is not
 * of the newest generation, or the serial is not above the highest ever signed of that kind and
 * this very TBS was not signed before.
 */
enum err signer_client_certificates(struct signer_client *client, struct signer_item *items,
                                    size_t num, struct fault *fault) MUST_USE;
/* The same in two halves: the signer works while the caller does. One batch at a time (ERR_STATE);
 * whatever else is asked between the halves waits for the batch. num is the same in both. */
enum err signer_client_certificates_send(struct signer_client *client,
                                         const struct signer_item *items, size_t num,
                                         struct fault *fault) MUST_USE;
enum err signer_client_certificates_receive(struct signer_client *client, struct signer_item *items,
                                            size_t num, struct fault *fault) MUST_USE;
/* signer_client_wait: the milliseconds that the caller may wait for client->fd to become readable;
 * 0: the batch's answer is here, or too late. */
int signer_client_wait(const struct signer_client *client);
/* signer_item_take gives what became of an item: appends the signature, or fills *fault. */
enum err signer_item_take(const struct signer_item *item, struct buffer *signature,
                          struct fault *fault) MUST_USE;

/* signer_client_certificate is a batch of one. Appends the signature to *signature. */
enum err signer_client_certificate(struct signer_client *client, enum kind kind,
                                   enum signer_certificate what, struct bytes tbs,
                                   struct buffer *signature, struct fault *fault) MUST_USE;

/* signer_client_crl wants the DER TBSCertList in a memfd sealed against write, grow and shrink
 * (status_crl_build makes one). ERR_DENIED also when CRL number or thisUpdate do not rise. */
enum err signer_client_crl(struct signer_client *client, enum kind kind, int memfd,
                           struct buffer *signature, struct fault *fault) MUST_USE;

/* signer_client_lists opens a second connection to the same signer, on which signer_client_crl
 * alone may be asked, beside all that is asked on the first, by another thread. The signer gives
 * one and no more (ERR_DENIED). *out is the caller's, with the first one's timeout. */
enum err signer_client_lists(struct signer_client *client, struct signer_client *out,
                             struct fault *fault) MUST_USE;

/* signer_client_permit signs the unsigned permit (base/permit.h). ERR_DENIED: purpose, kind or
 * lengths are not in the table, or its challenge was signed before. */
enum err signer_client_permit(struct signer_client *client, struct bytes permit,
                              uint8_t signature[static SIGNER_RAW_LEN],
                              struct fault *fault) MUST_USE;

/* A checkpoint says: after entry `number` the journal's head is `head`. The head before entry 1 is
 * all zero; head n = SHA-256(head n-1 ‖ link n), link n = SHA-256 of entry n as it stands in the
 * chain. What is signed is "JPKI checkpoint 1" ‖ number u64 ‖ time u64 ‖ head[32], by P-256. */
struct signer_checkpoint {
    uint64_t number;
    int64_t time;
    uint8_t head[SIGNER_HEAD_LEN];
};

/* signer_client_checkpoint gives, beside the checkpoint, the links of all entries after the last
 * checkpoint that was signed (at most SIGNER_LINKS_MAX, 32 bytes each, end to end): the signer
 * walks from the head that it keeps to the new one. ERR_DENIED when it does not arrive there. */
enum err signer_client_checkpoint(struct signer_client *client,
                                  const struct signer_checkpoint *checkpoint, struct bytes links,
                                  uint8_t signature[static SIGNER_RAW_LEN],
                                  struct fault *fault) MUST_USE;
/* signer_checkpoint_encode appends the bytes that are signed. */
void signer_checkpoint_encode(const struct signer_checkpoint *checkpoint, struct buffer *out);
void signer_checkpoint_link(uint8_t head[static SIGNER_HEAD_LEN],
                            const uint8_t link[static SIGNER_HEAD_LEN]);

/* The highest of everything that was ever signed, or that a restore said could have been: the
 * centre starts above them. What was signed since the last restore the database must have, or it
 * was set back. */
struct signer_floors_of_kind {
    uint64_t serial, crl_number;
    int64_t this_update;
    uint64_t signed_serial, signed_crl; /* the highest since the last restore; 0: none */
};
struct signer_floors {
    uint64_t sequence; /* records in signed.log */
    struct signer_floors_of_kind of[NUM_KINDS];
    struct signer_checkpoint checkpoint; /* number 0: none yet */
};
enum err signer_client_floors(struct signer_client *client, struct signer_floors *out) MUST_USE;

/* The public parts: the key of the authority's generation, from 1 on, and, once it was signed, its
 * certificate (DER, appended); ERR_NOT_FOUND where there is none. The points. */
enum err signer_client_authority_spki(struct signer_client *client, enum kind kind,
                                      unsigned generation, struct buffer *spki) MUST_USE;
enum err signer_client_authority(struct signer_client *client, enum kind kind, unsigned generation,
                                 struct buffer *certificate) MUST_USE;
enum err signer_client_permit_key(struct signer_client *client, unsigned generation,
                                  uint8_t point[static SIGNER_POINT_LEN]) MUST_USE;
enum err signer_client_journal_key(struct signer_client *client,
                                   uint8_t point[static SIGNER_POINT_LEN]) MUST_USE;
