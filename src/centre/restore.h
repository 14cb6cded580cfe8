/* After a restore: finding that the database was set back, and what the operator's statement puts
 * right. What was lost comes back from three sides: the lists that were published, the cards at the
 * counter (reenter.h), and people's own records. */
#pragma once

#include "centre/centre.h"

/* restore_check: has the database what the signer signed? ERR_STATE when it was set back. */
enum err restore_check(struct store *store, const struct signer_floors *floors,
                       struct fault *fault) MUST_USE;

#define RESTORE_MARGIN_MAX 1000000

struct restore_facts {
    int64_t backup;              /* when it was made; 0: not from a backup of ours */
    struct signer_floors floors; /* the signer's */
    int64_t margin;              /* how many numbers a lost log may hide; 0: the log is the last */
    /* of each generation: its certificate, and its last CRL that was published, DER; or empty */
    struct bytes authorities[NUM_KINDS][SIGNER_GENERATIONS_MAX];
    struct bytes lists[NUM_KINDS][SIGNER_GENERATIONS_MAX];
};

struct restore_result {
    struct signer_floors floors; /* what the signer is to be told */
    int64_t num_changed;         /* certificates that are held or revoked again */
    int64_t num_unknown;         /* the same of certificates that are lost themselves */
};

/* restore_run takes over what the lists say, journals the statement ("restore:done"), and answers
 * the floors; one transaction. ERR_DENIED: a list is not the authority's, or older than the
 * database. ERR_STATE: the log is behind the database. */
enum err restore_run(struct centre *centre, const struct restore_facts *facts,
                     struct restore_result *out, struct fault *fault) MUST_USE;

/* restore_list takes over one list, inside the caller's transaction; raises the floors to it. */
enum err restore_list(struct centre *centre, enum kind kind, unsigned generation,
                      const struct restore_facts *facts, struct restore_result *result,
                      struct fault *fault) MUST_USE;
