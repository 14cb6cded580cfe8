/* signed.index: where in signed.log a mark stands (the digest of what was signed, a challenge), so
 * that a start reads the end of the log alone, and the signer's memory does not grow with it. Each
 * segment is for the records that follow those of the one before it: the floors behind its last
 * record, and a table. The last segment is open: in memory, and in no file.
 *
 * The index proves nothing. That a record has a mark is seen in the log; and what the file says is
 * believed only while the log has its last record, with the same chain. docs/PROTOCOL.signer has
 * the layout. */
#pragma once

#include "crypto/hash.h"
#include "signer/signer_client.h"

#define INDEX_MARK_LEN SHA256_LEN

struct signed_index;

/* The log up to the last record of a segment: record floors.sequence has that chain. */
struct index_state {
    struct signer_floors floors;
    uint8_t chain[SHA256_LEN];
};

/* signed_index_open reads the state behind the last closed segment (all zero: there is none), makes
 * the file where there is none, and writes the last segment again and syncs it: who was killed
 * before its sync left one that can be read and is not on the disk. ERR_MALFORMED: not an index. */
enum err signed_index_open(const char *path, struct signed_index **out, struct index_state *state,
                           struct fault *fault) MUST_USE;
/* signed_index_create makes an empty one in place of what is there. */
enum err signed_index_create(const char *path, struct signed_index **out,
                             struct fault *fault) MUST_USE;
void signed_index_free(struct signed_index *index); /* takes NULL */

/* signed_index_add: sequences do not fall. At most two marks a record. */
void signed_index_add(struct signed_index *index, const uint8_t mark[static INDEX_MARK_LEN],
                      uint64_t sequence);
/* signed_index_is_full: the open segment may not have room for so many records behind this one. */
bool signed_index_is_full(const struct signed_index *index, uint64_t sequence, size_t more);
/* signed_index_close binds the open segment behind record state.floors.sequence, which is on the
 * disk, and syncs. After a failure the index takes nothing more. */
enum err signed_index_close(struct signed_index *index, const struct index_state *state) MUST_USE;
bool signed_index_has_failed(const struct signed_index *index);

/* signed_index_find asks about each record that may have the mark, newest segment first, until one
 * has it. */
typedef enum err index_ask(void *context, uint64_t sequence, bool *has_it);
enum index_range { INDEX_ALL, INDEX_OPEN };
enum err signed_index_find(const struct signed_index *index, enum index_range range,
                           const uint8_t mark[static INDEX_MARK_LEN], index_ask *ask, void *context,
                           bool *found) MUST_USE;
