/* A server for the tests of this room, and raw connections to it. */
#pragma once

#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "http/server.h"

static struct http_server *server;
static uint16_t server_port;

static inline void server_begin(const struct http_route *routes, size_t num_routes, void *context,
                                struct http_options options)
{
    int listening;
    assert_ok(http_listen("127.0.0.1:0", &listening, &server_port, NULL));
    assert_ok(http_server_start(listening, routes, num_routes, context, &options, &server));
}

static inline void server_end(void)
{
    http_server_stop(server);
    server = NULL;
}

static inline int connection_open(void)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(server_port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

/* Reads until the other side ends or nothing came for the given time; returns text. */
static inline const char *connection_read(int fd, int timeout)
{
    static char text[65536];
    size_t len = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    while (len < sizeof text - 1 && poll(&ready, 1, timeout) > 0) {
        ssize_t got = recv(fd, text + len, sizeof text - 1 - len, 0);
        if (got <= 0)
            break;
        len += (size_t)got;
    }
    text[len] = '\0';
    return text;
}

/* One request as it is, on its own connection, answered and closed. */
static inline const char *raw_request(const char *request)
{
    int fd CLEANUP_FD = connection_open();
    assert_ok(fd_write_all(fd, bytes_of_text(request)));
    return connection_read(fd, 1500);
}
