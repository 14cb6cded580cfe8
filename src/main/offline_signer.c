#include "main/offline_signer.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "base/sandbox.h"
#include "main/options.h"

/* --- in the process --- */

static enum err key_add(const struct offline_signer *wanted, struct signer *signer,
                        struct fault *fault)
{
    return wanted->permit_key
               ? signer_add_permit_key(signer, wanted->permit_key, wanted->passphrase, fault)
               : signer_add_generation(signer, wanted->kind, wanted->passphrase, fault);
}

static enum err keys_make(const struct offline_signer *wanted, struct signer **out,
                          struct fault *fault)
{
    enum err err = wanted->is_new ? signer_create(wanted->folder, wanted->site, wanted->token,
                                                  wanted->passphrase, fault)
                                  : ERR_NONE;
    if (err == ERR_NONE)
        err = signer_open(wanted->folder, wanted->site, wanted->passphrase, out, fault);
    if (err == ERR_NONE && !wanted->is_new)
        err = key_add(wanted, *out, fault);
    return err;
}

/* Says on the pipe how the start went, by a fault whose code is ERR_NONE when it went well. */
static NO_RETURN void be_signer(const struct offline_signer *wanted, int socket, int said)
{
    struct signer *signer = NULL;
    struct fault fault = {0};
    fault.code = keys_make(wanted, &signer, &fault);
    enum err err = fd_write_all(said, bytes_of(&fault, sizeof fault));
    close(said);
    if (err == ERR_NONE && fault.code == ERR_NONE)
        err = signer_serve(signer, socket);
    signer_free(signer);
    _exit(err == ERR_CLOSED ? EXIT_DONE : EXIT_UNDECIDED);
}

/* --- in the command --- */

static enum err start_read(int said, struct fault *fault)
{
    struct fault answer;
    uint8_t *at = (uint8_t *)&answer;
    for (size_t left = sizeof answer; left > 0;) {
        ssize_t len = read(said, at, left);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return fault_set(fault, ERR_STATE, "signer", "it ended before it began");
        at += len;
        left -= (size_t)len;
    }
    if (answer.code != ERR_NONE && fault)
        *fault = answer;
    return answer.code;
}

enum err offline_signer_start(const struct offline_signer *wanted, pid_t *pid, int *out,
                              struct fault *fault)
{
    int pair[2], said[2], parent = getpid();
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
        return fault_set(fault, ERR_IO, "socket pair", "%s", strerror(errno));
    int near CLEANUP_FD = pair[0], far CLEANUP_FD = pair[1];
    if (pipe2(said, O_CLOEXEC) != 0)
        return fault_set(fault, ERR_IO, "pipe", "%s", strerror(errno));
    int said_here CLEANUP_FD = said[0], said_there CLEANUP_FD = said[1];
    fflush(NULL);
    *pid = fork();
    if (*pid == 0) {
        sandbox_die_with_parent(parent);
        fd_close(&near);
        be_signer(wanted, far, said_there);
    }
    fd_close(&said_there);
    said_there = -1;
    if (*pid < 0)
        return fault_set(fault, ERR_IO, "start", "%s", strerror(errno));
    enum err err = start_read(said_here, fault);
    if (err != ERR_NONE)
        return err;
    *out = near;
    near = -1;
    return ERR_NONE;
}

enum err offline_signer_wait(pid_t *pid, struct fault *fault)
{
    int status = 0;
    pid_t ended = waitpid(*pid, &status, 0);
    *pid = 0;
    return ended > 0 && status == 0 ? ERR_NONE
                                    : fault_set(fault, ERR_STATE, "signer", "it did not end well");
}

void offline_signer_end(pid_t pid)
{
    if (pid <= 0)
        return;
    kill(pid, SIGKILL);
    waitpid(pid, NULL, 0);
}
