/* Who is at the other end of a connection, or of the one before it. */
#pragma once

#include <stdbool.h>
#include <sys/socket.h>

#include "base/bytes.h"

/* An address of IPv6, or of IPv4 as RFC 4291 2.5.5.2 maps it; all zeros where there is none. */
struct http_peer {
    uint8_t address[16];
};

struct http_peer http_peer_of(const struct sockaddr_storage *from);

/* http_peer_parse reads the last address of X-Forwarded-For: the one that the server in front has
 * put there itself. False: it is none. */
bool http_peer_parse(const char *forwarded, struct http_peer *out) MUST_USE;

/* http_peer_network takes together what one household has: the first 64 bits of IPv6. */
struct http_peer http_peer_network(struct http_peer peer);
