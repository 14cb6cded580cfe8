/* The wishes of `status` for responder certificates, on its control socket. A `status` that was
 * taken over can neither stall nor flood `commit` with them: nothing here waits, what is no wish
 * ends the connection, and certificates have their pace. */
#pragma once

#include "base/frame.h"
#include "centre/centre.h"

/* Zeroed: ready. One for the whole life of `commit`: the pace outlives a connection, since a
 * `status` that dies is started again with a new one. */
struct wish_desk {
    uint8_t frame[FRAME_HEAD + 4 + STATUS_SPKI_MAX]; /* the one under way, as far as it came */
    size_t len;
    int64_t paid_until; /* monotonic milliseconds: LIMIT_WISH_INTERVAL for each wish served */
};

/* wish_desk_connect takes a new connection: it does not block any more, and what came half is
 * forgotten. */
void wish_desk_connect(struct wish_desk *desk, int fd);

/* wish_desk_rest: monotonic milliseconds before which the socket is not to be looked at. */
int64_t wish_desk_rest(const struct wish_desk *desk);

/* wish_desk_read takes what has come, at once. *is_whole: there is a wish in *out. ERR_CLOSED when
 * status is gone, ERR_PEER for what is no wish. */
enum err wish_desk_read(struct wish_desk *desk, int fd, bool *is_whole,
                        struct status_wish *out) MUST_USE;

/* wish_desk_answer reads, and answers a whole wish with a responder certificate of each authority
 * that has not ended. Any error ends the connection; centre->is_broken says whether it is the
 * centre's own. */
enum err wish_desk_answer(struct wish_desk *desk, struct centre *centre, int fd,
                          struct fault *fault) MUST_USE;
