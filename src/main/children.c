/* The processes: started in their order, told apart when they end, ended together. signer
 * alone gets the passphrase, commit the other ends of what it talks through. */
#include "main/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/file.h"
#include "base/frame.h"

#define RESTART_PAUSE 1000 /* milliseconds between two starts of one role */
#define END_PAUSE     3000 /* milliseconds that a role has to end by itself */

const struct children children_none = {.clock = -1,
                                       .counters = {-1, -1},
                                       .listening = {-1, -1, -1, -1, -1},
                                       .commit = -1,
                                       .feed = {-1, -1},
                                       .ready = -1};
_Static_assert(NUM_ROLES == 5, "no role listens at first");

void children_done(struct children *children)
{
    fd_close(&children->clock);
    fd_close(&children->counters[0]);
    fd_close(&children->counters[1]);
    fd_close(&children->commit);
    fd_close(&children->feed[0]);
    fd_close(&children->feed[1]);
    fd_close(&children->ready);
    for (enum role role = 0; role < NUM_ROLES; role++)
        fd_close(&children->listening[role]);
}

static enum err socket_pair(int fds[2], struct fault *fault)
{
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) == 0)
        return ERR_NONE;
    return fault_set(fault, ERR_IO, "socket pair", "%s", strerror(errno));
}

/* --- starting --- */

static enum err start(struct children *children, enum role role, int first, int second,
                      struct fault *fault)
{
    int counters = role == ROLE_COMMIT   ? children->counters[0]
                   : role == ROLE_STATUS ? children->counters[1]
                                         : -1;
    const int fds[] = {children->ready, first, second, counters, children->clock};
    struct child *child = &children->of[role];
    children->call.role = role;
    *child = (struct child){.started = clock_monotonic()};
    return role_spawn(&children->call, fds, COUNT_OF(fds), &child->pid, fault);
}

/* The passphrase goes through a pipe, to signer alone; a pipe holds more than the longest one. */
static enum err start_signer(struct children *children, int commit, const struct secret *passphrase,
                             struct fault *fault)
{
    int pipes[2];
    if (pipe2(pipes, O_CLOEXEC) != 0)
        return fault_set(fault, ERR_IO, "pipe", "%s", strerror(errno));
    int read_end CLEANUP_FD = pipes[0], write_end CLEANUP_FD = pipes[1];
    enum err err = fd_write_all(write_end, secret_bytes(passphrase));
    if (err != ERR_NONE)
        return fault_set(fault, err, "passphrase", "it could not be handed over");
    return start(children, ROLE_SIGNER, commit, read_end, fault);
}

static enum err start_keys_and_writer(struct children *children, const struct secret *passphrase,
                                      struct fault *fault)
{
    int keys[2], control[2];
    enum err err = socket_pair(keys, fault);
    if (err != ERR_NONE)
        return err;
    int signer_end CLEANUP_FD = keys[0], commit_end CLEANUP_FD = keys[1];
    err = socket_pair(control, fault);
    if (err != ERR_NONE)
        return err;
    int control_end CLEANUP_FD = control[1];
    children->commit = control[0];
    err = start_signer(children, signer_end, passphrase, fault);
    return err == ERR_NONE ? start(children, ROLE_COMMIT, commit_end, control_end, fault) : err;
}

/* web or status, with a new socket to commit each time. ERR_CLOSED: commit is no more there to take
 * it. */
static enum err start_front(struct children *children, enum role role, struct fault *fault)
{
    int pair[2];
    if (children->listening[role] < 0)
        return ERR_NONE;
    enum err err = socket_pair(pair, fault);
    if (err != ERR_NONE)
        return err;
    int front_end CLEANUP_FD = pair[0], commit_end CLEANUP_FD = pair[1];
    err = frame_send_fd(children->commit, bytes_of_text(role_rows[role].name), commit_end);
    if (err != ERR_NONE)
        return fault_set(fault, err, "commit", "it does not take a socket");
    return start(children, role, children->listening[role], front_end, fault);
}

/* Whoever reads it cannot map it to be written: it is opened again for that. */
static enum err counters_make(struct children *children, struct fault *fault)
{
    char path[64];
    int *fds = children->counters;
    fds[0] = memfd_create("counters", MFD_CLOEXEC);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fds[0]);
    if (fds[0] < 0 || ftruncate(fds[0], (off_t)counters_size()) != 0 ||
        (fds[1] = open(path, O_RDONLY | O_CLOEXEC)) < 0)
        return fault_set(fault, ERR_IO, "counters", "%s", strerror(errno));
    return ERR_NONE;
}

enum err children_start(struct children *children, const struct secret *passphrase,
                        struct fault *fault)
{
    enum err err = counters_make(children, fault);
    if (err == ERR_NONE)
        err = start_keys_and_writer(children, passphrase, fault);
    if (err == ERR_NONE)
        err = start_front(children, ROLE_STATUS, fault);
    if (err == ERR_NONE)
        err = start_front(children, ROLE_WEB, fault);
    return err;
}

static bool is_follower(const struct children *children)
{
    return children->feed[0] >= 0;
}

/* feed listens nowhere. */
static enum err start_follower(struct children *children, enum role role, struct fault *fault)
{
    return role == ROLE_FEED
               ? start(children, role, -1, children->feed[0], fault)
               : start(children, role, children->listening[role], children->feed[1], fault);
}

enum err children_follow(struct children *children, struct fault *fault)
{
    enum err err = counters_make(children, fault);
    if (err == ERR_NONE)
        err = socket_pair(children->feed, fault);
    if (err == ERR_NONE)
        err = start_follower(children, ROLE_FEED, fault);
    return err == ERR_NONE ? start_follower(children, ROLE_STATUS, fault) : err;
}

static bool is_wanted(const struct children *children, enum role role)
{
    return children->listening[role] >= 0 || (role == ROLE_FEED && is_follower(children));
}

enum err children_restart(struct children *children, struct fault *fault)
{
    for (enum role role = 0; role < NUM_ROLES; role++) {
        const struct child *child = &children->of[role];
        if (child->pid > 0 || !is_wanted(children, role) ||
            clock_monotonic() - child->started < RESTART_PAUSE)
            continue;
        enum err err = is_follower(children) ? start_follower(children, role, fault)
                                             : start_front(children, role, fault);
        if (err == ERR_CLOSED)
            return ERR_NONE; /* its end is told when it is reaped */
        if (err != ERR_NONE)
            return err;
    }
    return ERR_NONE;
}

/* --- ending --- */

static void kill_from(const struct children *children, enum role first, int signal)
{
    for (enum role role = first; role < NUM_ROLES; role++)
        if (children->of[role].pid > 0)
            kill(children->of[role].pid, signal);
}

static bool any_runs(const struct children *children)
{
    for (enum role role = 0; role < NUM_ROLES; role++)
        if (children->of[role].pid > 0)
            return true;
    return false;
}

/* The role whose process ended, or NUM_ROLES when none did. */
enum role children_reap(struct children *children, int *status)
{
    int pid = waitpid(-1, status, WNOHANG);
    for (enum role role = 0; pid > 0 && role < NUM_ROLES; role++)
        if (children->of[role].pid == pid) {
            children->of[role].pid = 0;
            return role;
        }
    return NUM_ROLES;
}

/* signer is not asked: it ends when commit has, so that what commit is doing can be finished. */
void children_end(struct children *children)
{
    int64_t start = clock_monotonic();
    int status;
    kill_from(children, ROLE_SIGNER + 1, SIGTERM);
    while (any_runs(children)) {
        if (clock_monotonic() - start > END_PAUSE)
            kill_from(children, ROLE_SIGNER, SIGKILL);
        if (children_reap(children, &status) == NUM_ROLES)
            usleep(10 * 1000);
    }
}
