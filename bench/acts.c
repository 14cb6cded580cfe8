/* Load on the acts socket: many connections, each with one request under way at a time.
 *
 *     acts SOCKET CONNECTIONS < requests       one JSON request a line
 *
 * Prints how many were done and refused, the seconds, and the 50th and 99th percentile of the time
 * of one request in milliseconds; the first refusal on standard error. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/bytes.h"

#define CONNECTIONS_MAX 1024
#define ANSWER_MAX      (1 << 20)

struct connection {
    int fd;
    double sent;
    uint8_t answer[16384];
    size_t got;
};

static char **requests;
static double *times;
static size_t num_requests, next_request, num_done, num_refused;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void fail(const char *what)
{
    perror(what);
    exit(2);
}

static void requests_read(void)
{
    char *line = NULL;
    size_t room = 0;
    for (ssize_t len; (len = getline(&line, &room, stdin)) > 0;) {
        if (num_requests % 4096 == 0)
            requests = realloc(requests, (num_requests + 4096) * sizeof *requests);
        line[len - 1] = '\0';
        requests[num_requests++] = strdup(line);
    }
    times = calloc(num_requests + 1, sizeof *times);
}

static bool connection_send(struct connection *connection)
{
    if (next_request == num_requests)
        return false;
    const char *text = requests[next_request++];
    struct buffer frame CLEANUP_BUFFER;
    buffer_init(&frame, ANSWER_MAX);
    buffer_put_sized(&frame, bytes_of_text(text));
    connection->got = 0;
    connection->sent = now();
    if (send(connection->fd, frame.data, frame.len, 0) != (ssize_t)frame.len)
        fail("send");
    return true;
}

static void count(const struct connection *connection)
{
    times[num_done + num_refused] = now() - connection->sent;
    if (memcmp(connection->answer + 4, "{\"done\"", 7) == 0) {
        num_done++;
        return;
    }
    if (num_refused++ == 0)
        fprintf(stderr, "acts: %.*s\n", (int)connection->got - 4, connection->answer + 4);
}

/* False when this connection has nothing more to do. */
static bool connection_read(struct connection *connection)
{
    ssize_t got = recv(connection->fd, connection->answer + connection->got,
                       sizeof connection->answer - connection->got, 0);
    if (got <= 0)
        fail("recv");
    connection->got += (size_t)got;
    if (connection->got < 4)
        return true;
    const uint8_t *head = connection->answer;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (connection->got < 4 + len)
        return true;
    count(connection);
    return connection_send(connection);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    strncpy(address.sun_path, path, sizeof address.sun_path - 1);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        fail(path);
    return fd;
}

int main(int argc, char **argv)
{
    static struct connection connections[CONNECTIONS_MAX];
    static struct pollfd watched[CONNECTIONS_MAX];
    size_t num = argc == 3 ? strtoul(argv[2], NULL, 10) : 0, num_open = 0;
    if (num == 0 || num > CONNECTIONS_MAX)
        return 64;
    requests_read();
    double start = now();
    for (size_t i = 0; i < num; i++) {
        connections[i].fd = connect_to(argv[1]);
        bool is_open = connection_send(&connections[i]);
        watched[i] = (struct pollfd){.fd = is_open ? connections[i].fd : -1, .events = POLLIN};
        num_open += is_open;
    }
    while (num_open) {
        if (poll(watched, num, 30000) <= 0)
            fail("poll");
        for (size_t i = 0; i < num; i++)
            if (watched[i].revents && !connection_read(&connections[i])) {
                watched[i].fd = -1;
                num_open--;
            }
    }
    double took = now() - start;
    qsort(times, num_requests, sizeof *times, compare);
    printf("%zu done, %zu refused, %.3f s, p50 %.2f ms, p99 %.2f ms\n", num_done, num_refused, took,
           times[num_requests / 2] * 1e3, times[num_requests * 99 / 100] * 1e3);
    return 0;
}
