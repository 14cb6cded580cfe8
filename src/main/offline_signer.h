/* The signer that a command uses while no service runs: a process of its own, which makes keys and
 * answers until the command has all that it needs. No other process holds a key, or has loaded a
 * token's module. */
#pragma once

#include <sys/types.h>

#include "signer/signer.h"

struct offline_signer {
    const char *folder;
    const struct profile_site *site;
    const struct secret *passphrase;
    bool is_new;                      /* the first keys and the log are made */
    const struct signer_token *token; /* of a new one; NULL: sealed files */
    /* Of one that is there: the permit key of this generation is made, or (0) the next generation
     * of the kind's authority. */
    unsigned permit_key;
    enum kind kind;
};

/* offline_signer_start gives its process and a socket to it. What it could not do comes back in
 * *fault. */
enum err offline_signer_start(const struct offline_signer *wanted, pid_t *pid, int *socket,
                              struct fault *fault) MUST_USE;
/* offline_signer_wait is for after the socket was closed: it ends by itself. */
enum err offline_signer_wait(pid_t *pid, struct fault *fault) MUST_USE;
void offline_signer_end(pid_t pid); /* by force; 0: there is none */
