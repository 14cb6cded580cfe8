#include "http/deadline.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"

#define TICK_SECONDS 1

struct waiting {
    int fd; /* -1: the row is free */
    int64_t since;
    bool is_receiving;
};

struct http_deadlines {
    pthread_mutex_t lock;
    pthread_cond_t ended;
    pthread_t thread;
    bool ends;
    int64_t limit;
    size_t num_rows;
    struct waiting rows[];
};

static void close_late(struct http_deadlines *deadlines)
{
    int64_t now = clock_monotonic();
    for (size_t i = 0; i < deadlines->num_rows; i++) {
        const struct waiting *row = &deadlines->rows[i];
        if (row->fd >= 0 && row->is_receiving && now - row->since > deadlines->limit)
            shutdown(row->fd, SHUT_RDWR);
    }
}

static void *watch(void *context)
{
    struct http_deadlines *deadlines = context;
    pthread_mutex_lock(&deadlines->lock);
    while (!deadlines->ends) {
        struct timespec until;
        clock_gettime(CLOCK_REALTIME, &until);
        until.tv_sec += TICK_SECONDS;
        pthread_cond_timedwait(&deadlines->ended, &deadlines->lock, &until);
        close_late(deadlines);
    }
    pthread_mutex_unlock(&deadlines->lock);
    return NULL;
}

enum err http_deadlines_new(size_t max_connections, int64_t limit, struct http_deadlines **out)
{
    struct http_deadlines *made = calloc(1, sizeof *made + max_connections * sizeof made->rows[0]);
    if (!made)
        return ERR_MEMORY;
    made->limit = limit;
    made->num_rows = max_connections;
    for (size_t i = 0; i < max_connections; i++)
        made->rows[i].fd = -1;
    pthread_mutex_init(&made->lock, NULL);
    pthread_cond_init(&made->ended, NULL);
    if (pthread_create(&made->thread, NULL, watch, made) != 0) {
        free(made);
        return ERR_MEMORY;
    }
    *out = made;
    return ERR_NONE;
}

void http_deadlines_free(struct http_deadlines *deadlines)
{
    if (!deadlines)
        return;
    pthread_mutex_lock(&deadlines->lock);
    deadlines->ends = true;
    pthread_cond_signal(&deadlines->ended);
    pthread_mutex_unlock(&deadlines->lock);
    pthread_join(deadlines->thread, NULL);
    pthread_cond_destroy(&deadlines->ended);
    pthread_mutex_destroy(&deadlines->lock);
    free(deadlines);
}

/* The row of fd; for -1 a free one. NULL when there is none. */
static struct waiting *row_find(struct http_deadlines *deadlines, int fd)
{
    for (size_t i = 0; i < deadlines->num_rows; i++)
        if (deadlines->rows[i].fd == fd)
            return &deadlines->rows[i];
    return NULL;
}

static void row_set(struct http_deadlines *deadlines, int fd, bool is_receiving, int becomes)
{
    pthread_mutex_lock(&deadlines->lock);
    struct waiting *row = row_find(deadlines, fd);
    if (!row && becomes >= 0)
        row = row_find(deadlines, -1);
    if (row)
        *row = (struct waiting){becomes, clock_monotonic(), is_receiving};
    pthread_mutex_unlock(&deadlines->lock);
}

void http_deadlines_start(struct http_deadlines *deadlines, int fd)
{
    row_set(deadlines, fd, true, fd);
}

void http_deadlines_answer(struct http_deadlines *deadlines, int fd)
{
    row_set(deadlines, fd, false, fd);
}

void http_deadlines_forget(struct http_deadlines *deadlines, int fd)
{
    row_set(deadlines, fd, false, -1);
}
