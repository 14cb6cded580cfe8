/* signed.log: one record for everything that was ever signed, written and synced before the
 * signature is made. Records have one length and are chained; docs/PROTOCOL.signer has the layout.
 * What may follow what is not decided here but in admit.c. */
#pragma once

#include "signer/record.h"

struct signed_log;

enum err signed_log_create(const char *path, struct fault *fault) MUST_USE;

/* signed_log_open locks the file: ERR_STATE when another signer has it. Nothing can be put before
 * it was read to its end. */
enum err signed_log_open(const char *path, struct signed_log **out, struct fault *fault) MUST_USE;
/* signed_log_skip goes behind the record of that sequence, if it stands there with that chain: what
 * is before it was read at another time. ERR_NOT_FOUND: it does not, and nothing was passed over.
 */
enum err signed_log_skip(struct signed_log *log, uint64_t sequence,
                         const uint8_t chain[static SHA256_LEN], struct fault *fault) MUST_USE;
/* signed_log_read verifies the rest of the file and gives each record to `visit` (which may end it
 * with an error). What a crash left of records that were put and not synced is cut off and
 * *was_torn set: their signatures were never made. Any other fault is ERR_MALFORMED. */
enum err signed_log_read(struct signed_log *log,
                         enum err (*visit)(void *context, const struct signed_record *record),
                         void *context, bool *was_torn, struct fault *fault) MUST_USE;
void signed_log_free(struct signed_log *log); /* takes NULL */

/* signed_log_put gives the record its sequence; it is on the disk when signed_log_sync has returned
 * ERR_NONE, and not before. At most SIGNED_UNSYNCED_MAX between two syncs (ERR_LIMIT). After a
 * failure the log takes nothing more: the signer must be started again. */
#define SIGNED_UNSYNCED_MAX 64
enum err signed_log_put(struct signed_log *log, struct signed_record *record) MUST_USE;
enum err signed_log_sync(struct signed_log *log) MUST_USE; /* costs nothing when nothing was put */
bool signed_log_has_failed(const struct signed_log *log);
uint64_t signed_log_sequence(const struct signed_log *log);    /* of the last record */
const uint8_t *signed_log_chain(const struct signed_log *log); /* of the last record; borrowed */
/* signed_log_get gives one record that was read or put, synced or not. ERR_MALFORMED: there is none
 * of that number, or it does not follow from the one before it any more. */
enum err signed_log_get(const struct signed_log *log, uint64_t sequence,
                        struct signed_record *out) MUST_USE;
