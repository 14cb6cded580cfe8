/* The journal: one entry for each act, chained over salted commitments; the personal data lie
 * beside the chain and can be erased. Format: docs/PROTOCOL.journal. The arithmetic is in chain.h.
 */
#pragma once

#include "centre/chain.h"
#include "signer/signer_client.h"
#include "store/store.h"

#define JOURNAL_CHECKPOINT_ENTRIES 1000
#define JOURNAL_CHECKPOINT_SECONDS 60

/* journal_append writes the entry behind the last one, in the caller's transaction: it fills
 * number, commitment (with a fresh salt over data) and raises a time that is behind the last
 * entry's. */
enum err journal_append(struct store *store, struct chain_entry *entry, struct bytes data,
                        struct fault *fault) MUST_USE;

/* journal_head gives number and head of the last entry; 0 and zeros when there is none. */
enum err journal_head(struct store *store, int64_t *number, uint8_t head[static CHAIN_LEN],
                      struct fault *fault) MUST_USE;

/* journal_checkpoint has the present head signed, stores the checkpoint in a transaction of its
 * own, and appends its line to the file at path. Nothing happens when the head is signed already.
 * The links start where the signer's memory ends, which after a crash is later than what is stored.
 */
enum err journal_checkpoint(struct store *store, struct signer_client *signer, int64_t now,
                            const char *path, struct fault *fault) MUST_USE;
