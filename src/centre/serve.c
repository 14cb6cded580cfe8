/* The loop of `commit`. */
#include "centre/serve.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/file.h"
#include "base/limits.h"
#include "centre/act_client.h"
#include "centre/batch.h"

struct served {
    struct batch batch;
    struct client *askers[LIMIT_ACT_BATCH];
};

#define NUM_CLIENTS (LIMIT_ACT_CLIENTS + 1)
#define WEB         LIMIT_ACT_CLIENTS /* web's place, which nobody else gets */

struct serve {
    struct centre *centre;
    struct serve_sources *sources;
    struct client clients[NUM_CLIENTS];
    size_t turn; /* whose request is taken first */
    struct served batches[3];
    /* What the signer has; what was collected last, and is not decided; what is collected. Each may
     * be empty. */
    struct served *sent, *ready, *new;
};

#define SERVE_WATCHES 4

static bool has_request(const struct serve *serve)
{
    for (size_t i = 0; i < NUM_CLIENTS; i++)
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
    int fd CLEANUP_FD =
        accept4(serve->sources->listening, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    struct ucred peer;
    socklen_t len = sizeof peer;
    if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) != 0)
        return false;
    client_open(client_place(serve), fd, &(struct act_peer){.uid = peer.uid});
    fd = -1;
    return true;
}

/* All that wait, while there are places; where there is none, one in a turn takes another's. */
static void clients_accept(struct serve *serve)
{
    while (client_accept(serve) && has_free_place(serve))
        continue;
}

/* A new socket of web's takes the place of the one before: web was started again. */
static void web_take(struct serve *serve)
{
    struct client *web = &serve->clients[WEB];
    if (serve->sources->web < 0 || web->is_busy)
        return;
    if (web->fd >= 0)
        client_close(web);
    client_open(web, serve->sources->web, &(struct act_peer){.uid = getuid(), .is_web = true});
    serve->sources->web = -1;
}

/* What has come whole, as one batch; whoever comes behind the last that was taken is first. */
static void collect(struct serve *serve, struct served *new)
{
    size_t start = serve->turn;
    for (size_t i = 0; i < NUM_CLIENTS && new->batch.num < LIMIT_ACT_BATCH; i++) {
        struct client *client = &serve->clients[(start + i) % NUM_CLIENTS];
        if (!client_has_request(client))
            continue;
        new->askers[new->batch.num] = client;
        batch_add(&new->batch, &client->peer, client_take(client));
        serve->turn = (start + i + 1) % NUM_CLIENTS;
    }
}

static void answer_all(struct served *served)
{
    for (size_t i = 0; i < served->batch.num; i++)
        client_answer(served->askers[i], &served->batch.calls[i].message);
    batch_done(&served->batch);
}

/* The signer has a batch, and there is time left to wait for it. */
static bool serve_waits(const struct serve *serve)
{
    return batch_waits(&serve->sent->batch) && signer_client_wait(serve->centre->signer) > 0;
}

/* What was collected before is decided, and goes to the signer; what the signer had is answered. */
static void serve_decide(struct serve *serve)
{
    struct served *sent = serve->sent, *ready = serve->ready;
    batches_step(&sent->batch, &ready->batch);
    answer_all(sent);
    if (!batch_waits(&ready->batch))
        answer_all(ready);
    serve->sent = ready;
    serve->ready = sent;
}

/* Nobody waits for the signer as long as there is nothing to send to it. */
static void serve_step(struct serve *serve, bool has_signed)
{
    struct served *new = serve->new;
    batch_prepare(&new->batch);
    if (serve->ready->batch.num || has_signed || !serve_waits(serve))
        serve_decide(serve);
    serve->new = serve->ready;
    serve->ready = new;
}

static void close_slow(struct serve *serve)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < NUM_CLIENTS; i++) {
        struct client *client = &serve->clients[i];
        bool is_under_way =
            client->fd >= 0 && !client_has_asked(client) && (client->in.len || client->out.len);
        if (is_under_way && now - client->since > SERVE_HALF_FRAME)
            client_close(client);
    }
}

enum { POLLED_LISTENING, POLLED_SIGNER, POLLED_WATCHES };

struct polled {
    struct pollfd fds[POLLED_WATCHES + SERVE_WATCHES + NUM_CLIENTS];
    struct client *clients[NUM_CLIENTS];
    size_t first_client, num;
};

static void poll_prepare(struct serve *serve, struct polled *polled)
{
    const struct serve_sources *sources = serve->sources;
    int64_t now = clock_monotonic();
    polled->fds[POLLED_LISTENING] =
        (struct pollfd){.fd = has_place(serve) ? sources->listening : -1, .events = POLLIN};
    polled->fds[POLLED_SIGNER] = (struct pollfd){
        .fd = serve_waits(serve) ? serve->centre->signer->fd : -1, .events = POLLIN};
    polled->num = POLLED_WATCHES;
    for (size_t i = 0; i < sources->num_watches; i++) {
        const struct serve_watch *watch = &sources->watches[i];
        polled->fds[polled->num++] =
            (struct pollfd){.fd = watch->rest <= now ? watch->fd : -1, .events = POLLIN};
    }
    polled->first_client = polled->num;
    for (size_t i = 0; i < NUM_CLIENTS; i++) {
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
    bool is_under_way = batch_waits(&serve->sent->batch);
    int most = is_under_way ? signer_client_wait(serve->centre->signer) : *wait;
    if (has_request(serve) || serve->ready->batch.num)
        most = 0;
    *wait = most < *wait ? most : *wait;
}

/* What stands at the socket after a batch was collected. */
static void clients_count(const struct serve *serve)
{
    uint64_t num = 0, num_waiting = 0;
    for (size_t i = 0; i < NUM_CLIENTS; i++) {
        num += serve->clients[i].fd >= 0;
        num_waiting += client_has_request(&serve->clients[i]);
    }
    counter_set(COUNTER(CLIENTS), 0, num);
    counter_set(COUNTER(QUEUE), 0, num_waiting);
}

static enum err watches_handle(const struct serve_sources *sources, const struct polled *polled,
                               struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < sources->num_watches; i++) {
        const struct pollfd *one = &polled->fds[POLLED_WATCHES + i];
        const struct serve_watch *watch = &sources->watches[i];
        /* a handler before it may have put another descriptor in its place, not polled yet */
        if (one->revents && one->fd == watch->fd)
            err = watch->handle(watch->context, fault);
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

static enum err serve_turn(struct serve *serve, struct fault *fault)
{
    int wait;
    struct polled polled;
    enum err err = centre_turn(serve->centre, &wait, fault);
    if (err != ERR_NONE)
        return err;
    wait_cut(serve, &wait);
    poll_prepare(serve, &polled);
    if (poll(polled.fds, polled.num, wait) < 0)
        return errno == EINTR ? ERR_NONE : fault_set(fault, ERR_IO, "poll", "poll failed");
    err = watches_handle(serve->sources, &polled, fault);
    poll_clients(&polled);
    web_take(serve);
    collect(serve, serve->new);
    clients_count(serve);
    serve_step(serve, polled.fds[POLLED_SIGNER].revents);
    if (polled.fds[POLLED_LISTENING].revents)
        clients_accept(serve);
    close_slow(serve);
    return err != ERR_NONE ? err : centre_check(serve->centre, fault);
}

static struct serve *serve_new(struct centre *centre, struct serve_sources *sources)
{
    struct serve *serve = calloc(1, sizeof *serve);
    if (!serve)
        return NULL;
    serve->centre = centre;
    serve->sources = sources;
    serve->sent = &serve->batches[0];
    serve->ready = &serve->batches[1];
    serve->new = &serve->batches[2];
    for (size_t i = 0; i < COUNT_OF(serve->batches); i++)
        batch_init(&serve->batches[i].batch, centre);
    for (size_t i = 0; i < NUM_CLIENTS; i++)
        serve->clients[i].fd = -1;
    return serve;
}

/* What was taken is answered first: what the signer has, and then what it is sent now. */
static void serve_free(struct serve *serve)
{
    serve_decide(serve);
    serve_decide(serve);
    for (size_t i = 0; i < NUM_CLIENTS; i++)
        if (serve->clients[i].fd >= 0)
            client_close(&serve->clients[i]);
    free(serve);
}

enum err serve_acts(struct centre *centre, struct serve_sources *sources, const volatile int *stop,
                    struct fault *fault)
{
    if (sources->num_watches > SERVE_WATCHES)
        return ERR_LIMIT;
    struct serve *serve = serve_new(centre, sources);
    if (!serve)
        return ERR_MEMORY;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && !*stop)
        err = serve_turn(serve, fault);
    serve_free(serve);
    return err != ERR_NONE ? err : centre_check(centre, fault);
}
