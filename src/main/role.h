/* The processes of the service: four of the writer's, two of a follower's. The parent starts `jpkid
 * role NAME` with the descriptors that the role may have, at fixed numbers, and nothing else. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"
#include "base/sandbox.h"

enum role { ROLE_SIGNER, ROLE_COMMIT, ROLE_FEED, ROLE_WEB, ROLE_STATUS, NUM_ROLES };

/* Descriptors of a role, behind standard input, output and error. */
enum {
    ROLE_FD_READY = 3,    /* written to once, when the role is about to take its first question */
    ROLE_FD_FIRST = 4,    /* signer, commit: the socket between them; web, status: listening */
    ROLE_FD_SECOND = 5,   /* signer: the passphrase; commit: the parent; web, status: commit;
                           * of a follower: the socket between feed and status */
    ROLE_FD_COUNTERS = 6, /* commit: the page that it counts in; status: the same, to be read */
    ROLE_FD_CLOCK = 7     /* of sample data: the clock that all share, and commit may set */
};

/* What a role is told at its start. */
struct role_call {
    enum role role;
    const char *data; /* folder */
    int parent;       /* process id */
    bool is_sample;   /* then ROLE_FD_CLOCK is there */
    int status_threads;
    const char *web_url; /* under which people reach the pages; "" when they are not served */
};

struct role_row {
    const char *name;
    int (*run)(const struct role_call *call); /* the exit status */
    bool is_vital; /* its end is the end of the service: it holds keys, or the writer */
};
extern const struct role_row role_rows[NUM_ROLES];

int role_signer(const struct role_call *call);
int role_commit(const struct role_call *call);
int role_feed(const struct role_call *call);
int role_web(const struct role_call *call);
int role_status(const struct role_call *call);

/* role_confine gives up what the plan does not keep, and says so on standard error. False, after a
 * complaint, when the role must not go on. */
bool role_confine(const struct role_call *call, const struct sandbox_plan *plan) MUST_USE;
/* role_ready tells the parent, once. */
void role_ready(const struct role_call *call);
/* role_fail says why the role ends and returns the exit status 2. */
int role_fail(const struct fault *fault);

/* role_start is run in the new process: reads the arguments of `jpkid role`, runs the role. */
int role_start(int argc, char **argv);

/* role_spawn starts a role. fds are given to it from ROLE_FD_READY on, in their order, and nothing
 * at the place of one that is -1; the caller keeps its own. *pid is the process. */
enum err role_spawn(const struct role_call *call, const int *fds, size_t num_fds, int *pid,
                    struct fault *fault) MUST_USE;
