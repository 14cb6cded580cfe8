/* What a stranger sends to the server of status, web and login, byte for byte on a socket: heads,
 * bodies, addresses, several requests one after another. Handlers get only what is bounded.
 * The last byte of the input says where the stream is parted in two. */
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "http/connection.h"

#define BODY_MAX 4096

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void handle(void *context, const struct http_request *request,
                   struct http_response *response)
{
    char value[32];
    (void)context;
    if (request->path[0] != '/' || strlen(request->path) >= HTTP_PATH_MAX ||
        request->body.len > BODY_MAX || http_has_controls(request->path) ||
        (http_request_query(request, "q", value, sizeof value) && http_has_controls(value)))
        abort();
    const char *accept = http_request_header(request, "accept");
    http_response_text(response, accept ? 200 : 404, request->rest);
}

static const struct http_route routes[] = {
    {HTTP_GET, "/crl/", true, 0, handle},
    {HTTP_GET, "/", false, 0, handle},
    {HTTP_POST, "/", false, BODY_MAX, handle},
    {HTTP_POST, "/login", false, 100, handle},
};
static const struct http_service service = {.routes = routes,
                                            .num_routes = COUNT_OF(routes),
                                            .max_in = HTTP_HEAD_MAX + BODY_MAX,
                                            .idle_time = 1000,
                                            .request_time = 1000};

/* The stream ends behind the second part, and must be seen to end. */
static void converse(int fd, struct http_connection *connection, struct http_worker *worker,
                     struct bytes first, struct bytes second)
{
    bool answered = false;
    enum http_wish wish = HTTP_WANTS_READ;
    if (write(fd, first.data, first.len) != (ssize_t)first.len)
        abort();
    if (first.len)
        wish = http_connection_read(connection, worker, &answered);
    if (write(fd, second.data, second.len) != (ssize_t)second.len || shutdown(fd, SHUT_WR) != 0)
        abort();
    for (size_t i = 0; i < 8 + (first.len + second.len) / 16 && wish != HTTP_WANTS_END; i++)
        wish = wish == HTTP_WANTS_READ ? http_connection_read(connection, worker, &answered)
                                       : http_connection_write(connection, worker, &answered);
    if (wish == HTTP_WANTS_READ)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct http_worker worker;
    struct http_connection connection;
    int pair[2];
    if (size == 0)
        return 0;
    size--;
    size_t split = size * data[size] / UINT8_MAX;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair) != 0)
        abort();
    worker.service = &service;
    http_response_init(&worker.response);
    buffer_init(&worker.out, 1 << 20);
    http_connection_init(&connection, pair[1], &worker);
    converse(pair[0], &connection, &worker, bytes_of(data, split),
             bytes_of(data + split, size - split));
    http_connection_done(&connection);
    buffer_done(&worker.out);
    http_response_done(&worker.response);
    fd_close(&pair[0]);
    return 0;
}
