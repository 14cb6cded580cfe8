/* Secrets have a type: wiped when done, compared in constant time, accepted by no print function.
 * A PIN travels as struct secret from the keyboard to the card and nowhere else. */
#pragma once

#include "base/bytes.h"

#define SECRET_MAX 4096 /* a PKCS#8 RSA-4096 key fits */

struct secret {
    size_t len;
    uint8_t data[SECRET_MAX];
};

void secret_init(struct secret *secret);
void secret_done(struct secret *secret);                                 /* wipes */
enum err secret_set(struct secret *secret, struct bytes value) MUST_USE; /* ERR_LIMIT if longer */
struct bytes secret_bytes(const struct secret *secret); /* borrowed; for crypto and the card only */
bool secret_equal(struct bytes a, struct bytes b);      /* constant time for equal lengths */

/* secret_guard_process: from now on no core, and nobody of the same user looks into this process or
 * traces it. For every process before it takes its first secret. ERR_DENIED; errno says why. */
enum err secret_guard_process(void) MUST_USE;

/* secret_read_fd reads one line (without its newline) from a file descriptor. */
enum err secret_read_fd(int fd, struct secret *secret) MUST_USE;
/* secret_ask prints the prompt on the terminal and reads a line without echo. ERR_IO when there is
 * no terminal. */
enum err secret_ask(const char *prompt, struct secret *secret) MUST_USE;

#define CLEANUP_SECRET CLEANUP(secret_done)
