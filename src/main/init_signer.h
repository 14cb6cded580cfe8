/* The signer that `jpkid init` uses: a process of its own, which makes the keys and answers until
 * init has all that it needs. No other process holds a key, or has loaded a token's module. */
#pragma once

#include <sys/types.h>

#include "signer/signer.h"

/* init_signer_start gives its process and a socket to it. token: NULL for sealed files. What it
 * could not do comes back in *fault. */
enum err init_signer_start(const char *folder, const struct profile_site *site,
                           const struct signer_token *token, const struct secret *passphrase,
                           pid_t *pid, int *socket, struct fault *fault) MUST_USE;
/* init_signer_wait is for after the socket was closed: it ends by itself. */
enum err init_signer_wait(pid_t *pid, struct fault *fault) MUST_USE;
void init_signer_end(pid_t pid); /* by force; 0: there is none */
