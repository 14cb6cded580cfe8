#include "web/pace.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

static const struct {
    int64_t burst, interval;
} rows[NUM_PACES] = {
    [PACE_BOOKING] = {LIMIT_BOOKINGS_AT_ONCE, LIMIT_BOOKING_INTERVAL},
    [PACE_WRONG_CODE] = {LIMIT_CODES_AT_ONCE, LIMIT_CODE_INTERVAL},
    [PACE_TERMINAL] = {LIMIT_TERMINALS_AT_ONCE, LIMIT_TERMINAL_INTERVAL},
    [PACE_FEED] = {LIMIT_FEED_AT_ONCE, LIMIT_FEED_INTERVAL},
    [PACE_WRONG_TOKEN] = {LIMIT_TOKENS_AT_ONCE, LIMIT_TOKEN_INTERVAL},
};

/* What was taken is given back in the course of time: by then, all of it. */
struct walker {
    struct http_peer peer;
    int64_t whole_at[NUM_PACES];
};

struct pace {
    pthread_mutex_t lock;
    struct walker walkers[LIMIT_PACE_PEERS];
};

enum err pace_new(struct pace **out)
{
    struct pace *pace = calloc(1, sizeof *pace);
    if (!pace)
        return ERR_MEMORY;
    pthread_mutex_init(&pace->lock, NULL);
    *out = pace;
    return ERR_NONE;
}

void pace_free(struct pace *pace)
{
    if (pace)
        pthread_mutex_destroy(&pace->lock);
    free(pace);
}

static int64_t last_whole(const struct walker *walker)
{
    int64_t last = 0;
    for (size_t i = 0; i < NUM_PACES; i++)
        last = walker->whole_at[i] > last ? walker->whole_at[i] : last;
    return last;
}

/* The one of this network; else the one who has waited longest makes room. */
static struct walker *find(struct pace *pace, struct http_peer network)
{
    struct walker *oldest = &pace->walkers[0];
    for (size_t i = 0; i < LIMIT_PACE_PEERS; i++) {
        struct walker *walker = &pace->walkers[i];
        if (memcmp(&walker->peer, &network, sizeof network) == 0)
            return walker;
        if (last_whole(walker) < last_whole(oldest))
            oldest = walker;
    }
    *oldest = (struct walker){.peer = network};
    return oldest;
}

int64_t pace_wait(struct pace *pace, struct http_peer peer, enum pace_kind kind, int64_t now)
{
    pthread_mutex_lock(&pace->lock);
    int64_t whole_at = find(pace, http_peer_network(peer))->whole_at[kind];
    pthread_mutex_unlock(&pace->lock);
    int64_t wait = whole_at - now - (rows[kind].burst - 1) * rows[kind].interval;
    return wait > 0 ? wait : 0;
}

void pace_take(struct pace *pace, struct http_peer peer, enum pace_kind kind, int64_t now)
{
    pthread_mutex_lock(&pace->lock);
    int64_t *whole_at = &find(pace, http_peer_network(peer))->whole_at[kind];
    *whole_at = (*whole_at > now ? *whole_at : now) + rows[kind].interval;
    pthread_mutex_unlock(&pace->lock);
}
