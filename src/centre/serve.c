/* The loop of `commit`. */
#include "centre/serve.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "centre/batch.h"

struct client {
    int fd; /* -1: free */
    struct act_peer peer;
    bool is_busy;      /* its request is being worked on, and is borrowed */
    struct buffer in;  /* one frame, head included, as far as it came */
    struct buffer out; /* what is still to be written */
    size_t written;
    int64_t since; /* monotonic, of its coming; of the first byte of `in`; of the answer */
};

struct served {
    struct batch batch;
    struct client *askers[LIMIT_ACT_BATCH];
};

struct serve {
    struct centre *centre;
    int listening;
    struct client clients[LIMIT_ACT_CLIENTS];
    struct served batches[2];
    struct served *before, *next; /* what the signer has, if any; what is collected */
};

#define SERVE_WATCHES 4

static void client_close(struct client *client)
{
    fd_close(&client->fd);
    client->fd = -1;
    buffer_done(&client->in);
    buffer_done(&client->out);
    client->written = 0;
    client->is_busy = false;
}

static size_t size_under_way(const struct client *client)
{
    return frame_size(buffer_bytes(&client->in), LIMIT_FRAME);
}

static bool client_has_request(const struct client *client)
{
    return client->fd >= 0 && !client->is_busy && client->out.len == 0 && client->in.len > 0 &&
           client->in.len == size_under_way(client);
}

/* It waits for us: for its answer, or for its turn. */
static bool client_has_asked(const struct client *client)
{
    return client->is_busy || client_has_request(client);
}

static bool has_request(const struct serve *serve)
{
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++)
        if (client_has_request(&serve->clients[i]))
            return true;
    return false;
}

static bool has_free_place(const struct serve *serve)
{
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++)
        if (serve->clients[i].fd < 0)
            return true;
    return false;
}

/* A free one, or one that client_place empties. */
static bool has_place(const struct serve *serve)
{
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++)
        if (!client_has_asked(&serve->clients[i]))
            return true;
    return false;
}

static size_t connections_of(const struct serve *serve, int64_t uid)
{
    size_t num = 0;
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++)
        num += serve->clients[i].fd >= 0 && serve->clients[i].peer.uid == uid;
    return num;
}

/* A free place. When all are taken, whoever has the most connections loses the one that was silent
 * longest: idle connections keep nobody out. One that has asked stays. */
static struct client *client_place(struct serve *serve)
{
    struct client *found = NULL;
    size_t most = 0;
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++) {
        struct client *client = &serve->clients[i];
        if (client->fd < 0)
            return client;
        if (client_has_asked(client))
            continue;
        size_t num = connections_of(serve, client->peer.uid);
        if (!found || num > most || (num == most && client->since < found->since)) {
            found = client;
            most = num;
        }
    }
    if (found)
        client_close(found);
    return found;
}

/* False when nobody waits, or there is no place. */
static bool client_accept(struct serve *serve)
{
    if (!has_place(serve))
        return false;
    int fd CLEANUP_FD = accept4(serve->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return false;
    struct client *client = client_place(serve);
    *client = (struct client){.fd = fd, .peer = {peer.uid}, .since = clock_monotonic()};
    buffer_init(&client->in, FRAME_HEAD + LIMIT_FRAME);
    buffer_init(&client->out, FRAME_HEAD + LIMIT_FRAME);
    fd = -1;
    return true;
}

/* All that wait, while there are places; where there is none, one in a turn takes another's. */
static void clients_accept(struct serve *serve)
{
    while (client_accept(serve) && has_free_place(serve))
        continue;
}

/* Reads no further than the end of one frame: the next request waits in the socket. */
static void client_read(struct client *client)
{
    uint8_t bytes[16384];
    while (!client_has_request(client)) {
        size_t size = size_under_way(client);
        if (size == SIZE_MAX) {
            client_close(client);
            return;
        }
        size_t wanted = (size ? size : FRAME_HEAD) - client->in.len;
        ssize_t got = read(client->fd, bytes, wanted < sizeof bytes ? wanted : sizeof bytes);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            client_close(client);
            return;
        }
        if (client->in.len == 0)
            client->since = clock_monotonic();
        buffer_put(&client->in, bytes, (size_t)got);
    }
}

static void client_write(struct client *client)
{
    ssize_t put = send(client->fd, client->out.data + client->written,
                       client->out.len - client->written, MSG_NOSIGNAL);
    if (put < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (put < 0) {
        client_close(client);
        return;
    }
    client->written += (size_t)put;
    if (client->written == client->out.len) {
        buffer_done(&client->out);
        client->written = 0;
    }
}

static void client_answer(struct client *client, const struct act_call *call)
{
    client->is_busy = false;
    buffer_done(&client->in);
    if (buffer_check(&call->message) != ERR_NONE) {
        client_close(client);
        return;
    }
    buffer_put_sized(&client->out, buffer_bytes(&call->message));
    client->since = clock_monotonic();
    client_write(client);
}

/* What has come whole, as one batch. */
static void collect(struct serve *serve, struct served *next)
{
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS && next->batch.num < LIMIT_ACT_BATCH; i++) {
        struct client *client = &serve->clients[i];
        if (!client_has_request(client))
            continue;
        struct bytes body = bytes_of(client->in.data + FRAME_HEAD, client->in.len - FRAME_HEAD);
        client->is_busy = true;
        next->askers[next->batch.num] = client;
        batch_add(&next->batch, &client->peer, body);
    }
}

static void answer_all(struct served *served)
{
    for (size_t i = 0; i < served->batch.num; i++)
        client_answer(served->askers[i], &served->batch.calls[i]);
    batch_done(&served->batch);
}

/* What was collected is decided, and goes to the signer; what the signer had is answered. */
static void serve_step(struct serve *serve)
{
    struct served *before = serve->before, *next = serve->next;
    batches_step(&before->batch, &next->batch);
    answer_all(before);
    if (!batch_waits(&next->batch))
        answer_all(next);
    serve->before = next;
    serve->next = before;
}

/* The signer has a batch, and no answer yet. */
static bool serve_waits(const struct serve *serve)
{
    return batch_waits(&serve->before->batch) && signer_client_wait(serve->centre->signer) > 0;
}

static void close_slow(struct serve *serve)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++) {
        struct client *client = &serve->clients[i];
        bool is_under_way =
            client->fd >= 0 && !client_has_asked(client) && (client->in.len || client->out.len);
        if (is_under_way && now - client->since > SERVE_HALF_FRAME)
            client_close(client);
    }
}

enum { POLLED_LISTENING, POLLED_SIGNER, POLLED_WATCHES };

struct polled {
    struct pollfd fds[POLLED_WATCHES + SERVE_WATCHES + LIMIT_ACT_CLIENTS];
    struct client *clients[LIMIT_ACT_CLIENTS];
    size_t first_client, num;
};

static void poll_prepare(struct serve *serve, const struct serve_watch *watches, size_t num_watches,
                         struct polled *polled)
{
    int64_t now = clock_monotonic();
    polled->fds[POLLED_LISTENING] =
        (struct pollfd){.fd = has_place(serve) ? serve->listening : -1, .events = POLLIN};
    polled->fds[POLLED_SIGNER] = (struct pollfd){
        .fd = serve_waits(serve) ? serve->centre->signer->fd : -1, .events = POLLIN};
    polled->num = POLLED_WATCHES;
    for (size_t i = 0; i < num_watches; i++)
        polled->fds[polled->num++] =
            (struct pollfd){.fd = watches[i].rest <= now ? watches[i].fd : -1, .events = POLLIN};
    polled->first_client = polled->num;
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++) {
        struct client *client = &serve->clients[i];
        if (client->fd < 0 || client_has_asked(client))
            continue;
        short events = client->out.len ? POLLOUT : POLLIN;
        polled->clients[polled->num - polled->first_client] = client;
        polled->fds[polled->num++] = (struct pollfd){.fd = client->fd, .events = events};
    }
}

static void poll_clients(const struct polled *polled)
{
    for (size_t i = polled->first_client; i < polled->num; i++) {
        struct client *client = polled->clients[i - polled->first_client];
        if (!polled->fds[i].revents)
            continue;
        if (client->out.len)
            client_write(client);
        else
            client_read(client);
    }
}

/* Cuts *wait down to what can be waited for. */
static void wait_cut(const struct serve *serve, int *wait)
{
    bool is_under_way = batch_waits(&serve->before->batch);
    int most = is_under_way ? signer_client_wait(serve->centre->signer) : *wait;
    if (has_request(serve))
        most = 0;
    *wait = most < *wait ? most : *wait;
}

static enum err watches_handle(const struct serve_watch *watches, size_t num_watches,
                               const struct polled *polled, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < num_watches; i++) {
        const struct pollfd *one = &polled->fds[POLLED_WATCHES + i];
        /* a handler before it may have put another descriptor in its place, not polled yet */
        if (one->revents && one->fd == watches[i].fd)
            err = watches[i].handle(watches[i].context, fault);
    }
    return err;
}

static enum err centre_check(const struct centre *centre, struct fault *fault)
{
    if (centre->is_broken)
        return fault_set(fault, ERR_STATE, "centre", "an act could not be finished: start again");
    if (store_is_lost(centre->store))
        return fault_set(fault, ERR_IO, "database", "it is lost: start again");
    return ERR_NONE;
}

static enum err serve_turn(struct serve *serve, const struct serve_watch *watches,
                           size_t num_watches, struct fault *fault)
{
    int wait;
    struct polled polled;
    enum err err = centre_turn(serve->centre, &wait, fault);
    if (err != ERR_NONE)
        return err;
    wait_cut(serve, &wait);
    poll_prepare(serve, watches, num_watches, &polled);
    if (poll(polled.fds, polled.num, wait) < 0)
        return errno == EINTR ? ERR_NONE : fault_set(fault, ERR_IO, "poll", "poll failed");
    err = watches_handle(watches, num_watches, &polled, fault);
    poll_clients(&polled);
    collect(serve, serve->next);
    if (serve->next->batch.num || polled.fds[POLLED_SIGNER].revents || !serve_waits(serve))
        serve_step(serve);
    if (polled.fds[POLLED_LISTENING].revents)
        clients_accept(serve);
    close_slow(serve);
    return err != ERR_NONE ? err : centre_check(serve->centre, fault);
}

static struct serve *serve_new(struct centre *centre, int listening)
{
    struct serve *serve = calloc(1, sizeof *serve);
    if (!serve)
        return NULL;
    serve->centre = centre;
    serve->listening = listening;
    serve->before = &serve->batches[0];
    serve->next = &serve->batches[1];
    for (size_t i = 0; i < COUNT_OF(serve->batches); i++)
        batch_init(&serve->batches[i].batch, centre);
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++)
        serve->clients[i].fd = -1;
    return serve;
}

/* What the signer has is answered first. */
static void serve_free(struct serve *serve)
{
    serve_step(serve);
    for (size_t i = 0; i < LIMIT_ACT_CLIENTS; i++)
        if (serve->clients[i].fd >= 0)
            client_close(&serve->clients[i]);
    free(serve);
}

enum err serve_acts(struct centre *centre, int listening, const struct serve_watch *watches,
                    size_t num_watches, const volatile int *stop, struct fault *fault)
{
    if (num_watches > SERVE_WATCHES)
        return ERR_LIMIT;
    struct serve *serve = serve_new(centre, listening);
    if (!serve)
        return ERR_MEMORY;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && !*stop)
        err = serve_turn(serve, watches, num_watches, fault);
    serve_free(serve);
    return err != ERR_NONE ? err : centre_check(centre, fault);
}
