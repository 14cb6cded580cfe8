/* Changes: one row for each change of a certificate's state, written in the act's transaction. The
 * status map, the CRLs and everything else that shows a state is fed from this one table. */
#pragma once

#include "centre/centre.h"

struct change {
    enum kind kind;
    int64_t serial;
    enum status_state state;
    enum status_reason reason; /* of a revocation */
    int64_t time;              /* since when the state counts; of the hold, also once revoked */
    int64_t application;       /* 0: none asked for it */
};

/* change_add writes the row, inside the caller's transaction. */
enum err change_add(struct centre *centre, const struct change *change,
                    struct fault *fault) MUST_USE;

/* change_told: rows were written, by whomever; a CRL is due. */
void change_told(struct centre *centre);
/* change_municipality is what stands in a row as the municipality. */
struct value change_municipality(const struct centre *centre);

/* change_feed puts every change that is newer than the map into the map. Called at start, before
 * anyone is answered, and after each commit, before the answers. */
enum err change_feed(struct centre *centre, struct fault *fault) MUST_USE;
/* change_feed_part does a bounded part of it, up to the epoch `last` at most. *is_all: there is
 * nothing more up to there. */
enum err change_feed_part(struct centre *centre, uint64_t last, bool *is_all,
                          struct fault *fault) MUST_USE;
