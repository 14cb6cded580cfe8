/* signed.log: one record for everything that was ever signed, written and synced before the
 * signature is made. Records have one length and are chained; docs/PROTOCOL.signer has the layout.
 * What may follow what is not decided here but in signer.c. */
#pragma once

#include "base/bytes.h"
#include "base/card_id.h"
#include "base/kind.h"
#include "base/permit.h"

#define SIGNED_DIGEST_LEN 32
#define SIGNED_RECORD_LEN 144

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

struct signed_log;

enum err signed_log_create(const char *path, struct fault *fault) MUST_USE;

/* signed_log_open verifies the whole file and gives each record to `visit` (which may end it with
 * an error). It locks the file: ERR_STATE when another signer has it. What a crash
 * left of records that were put and not synced is cut off and *was_torn set: their signatures were
 * never made. Any other fault is ERR_MALFORMED. */
enum err signed_log_open(const char *path,
                         enum err (*visit)(void *context, const struct signed_record *record),
                         void *context, struct signed_log **out, bool *was_torn,
                         struct fault *fault) MUST_USE;
void signed_log_free(struct signed_log *log); /* takes NULL */

/* signed_log_put gives the record its sequence; it is on the disk when signed_log_sync has returned
 * ERR_NONE, and not before. At most SIGNED_UNSYNCED_MAX between two syncs (ERR_LIMIT). After a
 * failure the log takes nothing more: the signer must be started again. */
#define SIGNED_UNSYNCED_MAX 64
enum err signed_log_put(struct signed_log *log, struct signed_record *record) MUST_USE;
enum err signed_log_sync(struct signed_log *log) MUST_USE; /* costs nothing when nothing was put */
bool signed_log_has_failed(const struct signed_log *log);
uint64_t signed_log_sequence(const struct signed_log *log); /* of the last record */
