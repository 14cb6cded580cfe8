/* How a role is started, and what all of them do first. */
#include "main/role.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "main/log.h"
#include "main/options.h"

#define OUT_OF_THE_WAY 64 /* first descriptor above the fixed ones */
#define MAX_FDS        5

const struct role_row role_rows[NUM_ROLES] = {
    [ROLE_SIGNER] = {"signer", role_signer, true},  [ROLE_COMMIT] = {"commit", role_commit, true},
    [ROLE_FEED] = {"feed", role_feed, false},       [ROLE_WEB] = {"web", role_web, false},
    [ROLE_STATUS] = {"status", role_status, false},
};

/* --- in the role --- */

bool role_confine(const struct role_call *call, const struct sandbox_plan *plan)
{
    struct sandbox_report report;
    struct fault fault = {0};
    char text[512];
    if (sandbox_apply(plan, &report, &fault) != ERR_NONE) {
        role_fail(&fault);
        return false;
    }
    sandbox_die_with_parent(call->parent); /* a change of user forgot it */
    log_say(LOG_CONFINED, LOG_ALONE, "%s", sandbox_print(plan, &report, text, sizeof text));
    return true;
}

void role_ready(const struct role_call *call)
{
    uint8_t role = (uint8_t)call->role;
    if (fd_write_all(ROLE_FD_READY, bytes_of(&role, 1)) != ERR_NONE)
        _exit(EXIT_UNDECIDED); /* the parent is gone */
    close(ROLE_FD_READY);
}

int role_fail(const struct fault *fault)
{
    log_fault(LOG_FAILED, fault);
    return EXIT_UNDECIDED;
}

enum {
    ARGUMENT_ROLE = 2,
    ARGUMENT_DATA,
    ARGUMENT_PARENT,
    ARGUMENT_SAMPLE,
    ARGUMENT_THREADS,
    ARGUMENT_WEB_URL,
    NUM_ARGUMENTS
};

static bool call_parse(int argc, char **argv, struct role_call *out)
{
    if (argc != NUM_ARGUMENTS)
        return false;
    for (out->role = 0; out->role < NUM_ROLES; out->role++)
        if (strcmp(argv[ARGUMENT_ROLE], role_rows[out->role].name) == 0)
            break;
    out->data = argv[ARGUMENT_DATA];
    out->parent = atoi(argv[ARGUMENT_PARENT]);
    out->is_sample = strcmp(argv[ARGUMENT_SAMPLE], "sample") == 0;
    out->status_threads = atoi(argv[ARGUMENT_THREADS]);
    out->web_url = argv[ARGUMENT_WEB_URL];
    return out->role < NUM_ROLES && out->parent > 0 && out->status_threads > 0;
}

int role_start(int argc, char **argv)
{
    struct role_call call = {0};
    struct fault fault = {0};
    if (!call_parse(argc, argv, &call))
        return complain_usage("role: started by jpkid serve alone");
    log_open(role_rows[call.role].name);
    if (sandbox_basics(&fault) != ERR_NONE) /* exec took it back; the passphrase comes next */
        return role_fail(&fault);
    if (call.is_sample && clock_share(ROLE_FD_CLOCK, call.role == ROLE_COMMIT) != ERR_NONE)
        return complain_usage("role: no clock");
    signal(SIGPIPE, SIG_IGN);
    signal(SIGINT, SIG_IGN); /* of a terminal: the parent ends us */
    return role_rows[call.role].run(&call);
}

/* --- in the parent --- */

/* Moves the descriptors to their places; everything else is closed. */
static bool fds_place(const int *fds, size_t num_fds)
{
    int moved[MAX_FDS];
    for (size_t i = 0; i < num_fds; i++)
        if ((moved[i] = fds[i]) >= 0 &&
            (moved[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, OUT_OF_THE_WAY)) < 0)
            return false;
    for (int i = 0; i < (int)num_fds; i++) {
        close(ROLE_FD_READY + i);
        if (moved[i] >= 0 && dup2(moved[i], ROLE_FD_READY + i) < 0)
            return false;
    }
    return close_range(ROLE_FD_READY + (unsigned)num_fds, ~0U, 0) == 0;
}

static NO_RETURN void become_role(const struct role_call *call, const int *fds, size_t num_fds)
{
    char parent[16], threads[16], program[] = "jpkid", role[] = "role", sample[] = "sample",
                                  real[] = "real";
    snprintf(parent, sizeof parent, "%d", call->parent);
    snprintf(threads, sizeof threads, "%d", call->status_threads);
    char *arguments[] = {program,
                         role,
                         (char *)(uintptr_t)role_rows[call->role].name,
                         (char *)(uintptr_t)call->data,
                         parent,
                         call->is_sample ? sample : real,
                         threads,
                         (char *)(uintptr_t)(call->web_url ? call->web_url : ""),
                         NULL};
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    sandbox_die_with_parent(call->parent);
    int input = open("/dev/null", O_RDONLY);
    if (input >= 0 && dup2(input, STDIN_FILENO) == STDIN_FILENO && fds_place(fds, num_fds))
        execv("/proc/self/exe", arguments);
    struct fault fault = {0};
    fault_set(&fault, ERR_IO, "start", "%s", strerror(errno));
    log_open(role_rows[call->role].name);
    role_fail(&fault);
    _exit(EXIT_UNDECIDED);
}

enum err role_spawn(const struct role_call *call, const int *fds, size_t num_fds, int *pid,
                    struct fault *fault)
{
    if (num_fds > MAX_FDS)
        return fault_set(fault, ERR_LIMIT, "start", "too many descriptors");
    fflush(NULL);
    pid_t child = fork();
    if (child < 0)
        return fault_set(fault, ERR_IO, "start", "%s", strerror(errno));
    if (child == 0)
        become_role(call, fds, num_fds);
    *pid = child;
    return ERR_NONE;
}
