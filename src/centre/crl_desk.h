/* Which municipalities have lists, and whose lack something. A municipality has lists when one of
 * its certificates was ever issued, and the town that the centre serves has them from the start. */
#pragma once

#include "base/kind.h"
#include "status/status_client.h"

struct centre;
struct crl_run;

struct crl_desk {
    struct crl_run *run;                          /* what is being made beside the acts, or NULL */
    bool waits[NUM_KINDS];                        /* kinds to be looked at, one after the other */
    bool has[NUM_KINDS][STATUS_MUNICIPALITIES];   /* by row of etc/municipalities */
    bool lacks[NUM_KINDS][STATUS_MUNICIPALITIES]; /* its list lacks a change, or is missing */
    size_t turn[NUM_KINDS];                       /* whose list is made first */
};

/* crl_desk_load fills in what the store knows, and looks whether each list is published. */
enum err crl_desk_load(struct centre *centre, struct fault *fault) MUST_USE;
void crl_desk_done(struct crl_desk *desk); /* waits for what is under way */

/* crl_desk_note takes a change of a word of the map. */
void crl_desk_note(struct crl_desk *desk, enum kind kind, const struct status_entry *before,
                   const struct status_entry *after);
void crl_desk_all_lack(struct crl_desk *desk, enum kind kind);
/* crl_desk_take gives whose lists are made next, LIMIT_CRL_RUN at most: out is by row, all false.
 */
void crl_desk_take(struct crl_desk *desk, enum kind kind, bool out[static STATUS_MUNICIPALITIES]);
bool crl_desk_lacks(const struct crl_desk *desk, enum kind kind); /* any */

/* crl_desk_go_on goes on with the run, if what it waits for is there; crl_desk_settle finishes it.
 * Afterwards run is NULL when it is over. */
enum err crl_desk_go_on(struct crl_desk *desk, struct fault *fault) MUST_USE;
enum err crl_desk_settle(struct crl_desk *desk, struct fault *fault) MUST_USE;
