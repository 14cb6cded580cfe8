/* The processes of the service, as their parent has them: the writer's four or a follower's two. */
#pragma once

#include <stdint.h>

#include "base/secret.h"
#include "main/role.h"

struct child {
    int pid; /* 0: does not run */
    int64_t started;
    bool is_ready;
};

struct children {
    struct role_call call; /* what all roles are told */
    struct child of[NUM_ROLES];
    int clock;                /* of sample data: shared by all roles */
    int counters[2];          /* the page that commit counts in: to be written, to be read */
    int listening[NUM_ROLES]; /* of web and status; -1: not asked for */
    int commit;               /* the parent's end of commit's control socket */
    int feed[2];              /* of a follower: both ends of the socket between feed and status,
                               * which outlives either */
    int ready;                /* where each says once that it is */
};
extern const struct children children_none;
void children_done(struct children *children); /* closes; children_end comes before */

/* children_start starts signer, commit, then those that are asked for. */
enum err children_start(struct children *children, const struct secret *passphrase,
                        struct fault *fault) MUST_USE;
/* children_follow starts feed and status of a follower. */
enum err children_follow(struct children *children, struct fault *fault) MUST_USE;
/* children_restart starts web, status and feed again, not at once. */
enum err children_restart(struct children *children, struct fault *fault) MUST_USE;
/* children_reap answers the role whose process ended, or NUM_ROLES when none did. */
enum role children_reap(struct children *children, int *status);
/* children_end asks all to end and waits; whoever does not is killed. */
void children_end(struct children *children);
