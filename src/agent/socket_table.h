/* The table of TCP sockets that the kernel shows (/proc/net/tcp and tcp6, proc(5)), row for row.
 * Text in, rows out: reading the files is socket_owner's. */
#pragma once

#include "base/bytes.h"

/* Borrowed from the text. An end is an address in hexadecimal, as the machine stores it, a colon,
 * and the port: "0100007F:3D8A". */
struct socket_row {
    struct bytes local, remote;
    bool listens;
    uint32_t uid;
    uint64_t inode; /* 0: no process holds it any more */
};

/* socket_row_next takes the next row; lines that are none, as the first one, are skipped. False at
 * the end. */
bool socket_row_next(struct reader *table, struct socket_row *out) MUST_USE;

/* socket_end_is: is this end that IPv4 address (in network order) and port? Also when the socket is
 * one of IPv6 and the address a mapped one (RFC 4291 2.5.5.2). */
bool socket_end_is(struct bytes end, uint32_t address, uint16_t port);
/* socket_end_has_port asks for the port alone. */
bool socket_end_has_port(struct bytes end, uint16_t port);
