/* One connection to the acts socket, without waiting for anybody: a request comes in, is borrowed
 * while it is worked on, its answer goes out; then the next one is read. */
#pragma once

#include "centre/act.h"

struct client {
    int fd; /* -1: free */
    struct act_peer peer;
    bool is_busy;      /* its request is being worked on, and is borrowed */
    struct buffer in;  /* one frame, head included, as far as it came */
    struct buffer out; /* what is still to be written */
    size_t written;
    int64_t since; /* monotonic, of its coming; of the first byte of `in`; of the answer */
};

/* client_open takes the descriptor over. */
void client_open(struct client *client, int fd, const struct act_peer *peer);
void client_close(struct client *client);

/* client_has_request: a whole one, which nobody has taken. client_has_asked: that, or one that is
 * being worked on: it waits for us. */
bool client_has_request(const struct client *client);
bool client_has_asked(const struct client *client);

/* client_read reads what is there, no further than the end of one frame: the next request waits in
 * the socket. client_write writes what it can. Both close a connection that is of no more use. */
void client_read(struct client *client);
void client_write(struct client *client);

/* client_take gives the request's body, borrowed until client_answer. */
struct bytes client_take(struct client *client);
void client_answer(struct client *client, const struct buffer *message);
