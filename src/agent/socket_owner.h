/* Whose a TCP socket of this machine is (sock_diag(7): a question about that one socket, whose time
 * does not grow with the others there are), and which process has it (/proc). */
#pragma once

#include "base/bytes.h"

struct socket_owner {
    uint32_t uid;
    uint64_t inode;
};

/* socket_owner_of_peer: who holds the other end of a connection over IPv4 on this machine.
 * ERR_NOT_FOUND when nobody does any more: then uid 0 would stand there for everybody. */
enum err socket_owner_of_peer(int fd, struct socket_owner *out) MUST_USE;
/* socket_is_own: the other end is a process of our own user's. */
bool socket_is_own(int fd);
/* socket_owner_of_port: who listens there. ERR_NOT_FOUND: nobody. */
enum err socket_owner_of_port(uint16_t port, struct socket_owner *out) MUST_USE;

/* socket_owner_print writes "jpki (process 17) of root", or "a process of nobody" where only the
 * user can be seen, into text[size], and returns text. */
const char *socket_owner_print(const struct socket_owner *owner, char *text, size_t size);
