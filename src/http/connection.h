/* One connection of the server: what came, what is still to go, and how long it may take. It reads
 * and writes as far as the socket lets it and never waits; server.c tells it when. Private to this
 * room. */
#pragma once

#include <sys/types.h>

#include "http/response.h"

#define HTTP_READ_MAX (32 * 1024) /* bytes taken from a socket at once */
#define HTTP_TURN     4           /* requests answered before other connections have their turn */

/* What a server's connections have in common. */
struct http_service {
    const struct http_route *routes;
    size_t num_routes;
    void *context;
    const struct http_field *headers; /* of every answer */
    size_t num_headers;
    size_t max_in;                   /* bytes of the longest request */
    int64_t idle_time, request_time; /* milliseconds */
};

/* What one thread lends to whichever connection it works on. */
struct http_worker {
    const struct http_service *service;
    struct http_response response;
    struct buffer out;
    char date[32];       /* of now, for answers */
    int64_t date_second; /* whose text stands in date */
    int64_t now;         /* monotonic, milliseconds */
    char in[HTTP_READ_MAX];
};

enum http_wish { HTTP_WANTS_READ, HTTP_WANTS_WRITE, HTTP_WANTS_END };

struct http_connection {
    int fd;
    enum http_wish wish;   /* for what the server watches it */
    struct http_peer peer; /* whoever accepted it says */
    struct buffer in;      /* what came and is not worked off yet */
    struct buffer out;     /* what the socket has not taken yet, from written on */
    size_t written;
    int file; /* -1, or what follows after out */
    off_t file_at, file_end;
    bool ends;    /* when all is written */
    bool lingers; /* it was refused: what still comes is thrown away, until the other side ends */
    bool is_idle; /* no byte of a request came since the last answer */
    int64_t deadline;                      /* monotonic, milliseconds */
    struct http_connection *older, *newer; /* the server's, by the last whole request */
};

/* http_connection_init takes over a socket that does not block. */
void http_connection_init(struct http_connection *connection, int fd,
                          const struct http_worker *worker);
void http_connection_done(struct http_connection *connection); /* closes */

/* Both do what can be done now, and say what the connection waits for. *answered is set when a
 * whole request was answered. */
enum http_wish http_connection_read(struct http_connection *connection, struct http_worker *worker,
                                    bool *answered);
enum http_wish http_connection_write(struct http_connection *connection, struct http_worker *worker,
                                     bool *answered);
