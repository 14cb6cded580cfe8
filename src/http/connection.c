#include "http/connection.h"

#include <errno.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>

#include "base/file.h"

#define LINGER_TIME  2000        /* milliseconds for a client to read why it was refused */
#define SLOWEST_READ 8           /* bytes in a millisecond that the reader of a file must take */
#define OUT_ENOUGH   (64 * 1024) /* bytes of answers put together before they are sent */

void http_connection_init(struct http_connection *connection, int fd,
                          const struct http_worker *worker)
{
    const struct http_service *service = worker->service;
    *connection = (struct http_connection){
        .fd = fd, .file = -1, .is_idle = true, .deadline = worker->now + service->idle_time};
    buffer_init(&connection->in, service->max_in);
    buffer_init(&connection->out, SIZE_MAX / 2);
}

void http_connection_done(struct http_connection *connection)
{
    buffer_done(&connection->in);
    buffer_done(&connection->out);
    fd_close(&connection->file);
    fd_close(&connection->fd);
}

/* Of nothing, too: NULL has no place behind it. */
static struct bytes behind(struct bytes all, size_t len)
{
    return len ? bytes_of(all.data + len, all.len - len) : all;
}

/* --- one request --- */

struct exchange {
    struct http_head head;
    struct bytes body;
    bool is_head;
    struct http_peer peer;
};

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_GET}, {"POST", HTTP_POST}};

static bool method_parse(const char *name, enum http_method *out)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (strcmp(methods[i].name, name) == 0) {
            *out = methods[i].method;
            return true;
        }
    return false;
}

static bool route_fits(const struct http_route *route, const char *path)
{
    return route->is_prefix ? strncmp(path, route->path, strlen(route->path)) == 0
                            : strcmp(path, route->path) == 0;
}

/* 0 with the route, or the status of the refusal. */
static int route_find(const struct http_service *service, const struct http_head *head,
                      const struct http_route **out)
{
    enum http_method method = HTTP_GET;
    bool is_known = method_parse(head->method, &method);
    int status = 404;
    if (strlen(head->path) > HTTP_PATH_MAX)
        return 400;
    for (size_t i = 0; i < service->num_routes; i++) {
        const struct http_route *route = &service->routes[i];
        if (!route_fits(route, head->path))
            continue;
        if (is_known && route->method == method) {
            *out = route;
            return head->body_len > route->body_max ? 413 : 0;
        }
        status = 405;
    }
    return status;
}

static void handle(const struct http_service *service, const struct http_route *route,
                   const struct exchange *exchange, struct http_response *response)
{
    const struct http_head *head = &exchange->head;
    const char *type = http_head_field(head, "Content-Type");
    const struct http_request request = {
        .method = route->method,
        .path = head->path,
        .rest = route->is_prefix ? head->path + strlen(route->path) : "",
        .content_type = type ? type : "",
        .body = exchange->body,
        .peer = exchange->peer,
        .head = head,
    };
    http_response_reset(response);
    route->handle(service->context, &request, response);
}

static void answer(struct http_connection *connection, struct http_worker *worker,
                   const struct exchange *exchange)
{
    uint64_t file_size;
    const struct http_answer_facts facts = {.date = worker->date,
                                            .keeps_alive = exchange->head.keeps_alive,
                                            .is_head = exchange->is_head,
                                            .headers = worker->service->headers,
                                            .num_headers = worker->service->num_headers};
    http_response_encode(&worker->response, &facts, &worker->out, &file_size);
    connection->ends = !facts.keeps_alive;
    if (file_size) {
        connection->file = worker->response.file;
        connection->file_at = 0;
        connection->file_end = (off_t)file_size;
        worker->response.file = -1;
    }
}

enum step { STEP_ANSWERED, STEP_INCOMPLETE, STEP_REFUSED };

static enum step refuse(struct http_connection *connection, struct http_worker *worker, int status,
                        bool is_head)
{
    const struct exchange exchange = {.is_head = is_head}; /* keeps nothing alive */
    http_response_refuse(&worker->response, status);
    answer(connection, worker, &exchange);
    connection->lingers = true;
    return STEP_REFUSED;
}

/* A copy of the head, since parsing writes into it and the body may not be here yet. */
static int head_parse(const char *input, size_t len, char copy[static HTTP_HEAD_MAX],
                      struct http_head *out)
{
    if (len > HTTP_HEAD_MAX)
        return 431;
    memcpy(copy, input, len);
    return http_head_parse(copy, len, out);
}

/* The first request of the input: answered, incomplete, or refused. *used is its length. */
static enum step take_request(struct http_connection *connection, struct http_worker *worker,
                              struct bytes input, size_t *used)
{
    char text[HTTP_HEAD_MAX];
    struct exchange exchange;
    const struct http_route *route = NULL;
    size_t head_len = http_head_len(input);
    if (head_len == 0)
        return input.len > HTTP_HEAD_MAX ? refuse(connection, worker, 431, false) : STEP_INCOMPLETE;
    int status = head_parse((const char *)input.data, head_len, text, &exchange.head);
    exchange.is_head = status == 0 && strcmp(exchange.head.method, "HEAD") == 0;
    if (status == 0)
        status = route_find(worker->service, &exchange.head, &route);
    if (status != 0)
        return refuse(connection, worker, status, exchange.is_head);
    if (input.len - head_len < exchange.head.body_len) {
        if (exchange.head.expects_continue && input.len == head_len)
            buffer_put_text(&worker->out, "HTTP/1.1 100 Continue\r\n\r\n");
        return STEP_INCOMPLETE;
    }
    exchange.peer = connection->peer;
    exchange.body = bytes_of(input.data + head_len, exchange.head.body_len);
    handle(worker->service, route, &exchange, &worker->response);
    answer(connection, worker, &exchange);
    *used = head_len + exchange.head.body_len;
    return STEP_ANSWERED;
}

/* --- writing --- */

static enum http_wish end_or_linger(struct http_connection *connection,
                                    const struct http_worker *worker)
{
    if (!connection->lingers || shutdown(connection->fd, SHUT_WR) != 0)
        return HTTP_WANTS_END;
    connection->deadline = worker->now + LINGER_TIME;
    return HTTP_WANTS_READ;
}

/* How many bytes the socket took; -1: it is broken. */
static ssize_t send_some(int fd, struct bytes content)
{
    size_t sent = 0;
    while (sent < content.len) {
        ssize_t put = send(fd, content.data + sent, content.len - sent, MSG_NOSIGNAL);
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0)
            return errno == EAGAIN ? (ssize_t)sent : -1;
        sent += (size_t)put;
    }
    return (ssize_t)sent;
}

static enum http_wish send_file(struct http_connection *connection)
{
    while (connection->file_at < connection->file_end) {
        ssize_t put = sendfile(connection->fd, connection->file, &connection->file_at,
                               (size_t)(connection->file_end - connection->file_at));
        if (put < 0 && errno == EINTR)
            continue;
        if (put < 0 && errno == EAGAIN)
            return HTTP_WANTS_WRITE;
        if (put <= 0) /* broken, or the file became shorter */
            return HTTP_WANTS_END;
    }
    fd_close(&connection->file);
    connection->file = -1;
    return HTTP_WANTS_READ;
}

/* Sends what the worker holds for this connection; what the socket does not take is kept. */
static enum http_wish flush(struct http_connection *connection, struct http_worker *worker)
{
    struct bytes content = buffer_bytes(&worker->out);
    ssize_t sent = send_some(connection->fd, content);
    bool is_whole = buffer_check(&worker->out) == ERR_NONE;
    if (sent >= 0 && (size_t)sent < content.len)
        buffer_put(&connection->out, content.data + sent, content.len - (size_t)sent);
    buffer_cut(&worker->out, 0);
    if (sent < 0 || !is_whole || buffer_check(&connection->out) != ERR_NONE)
        return HTTP_WANTS_END;
    if (connection->out.len)
        return HTTP_WANTS_WRITE;
    return connection->file >= 0 ? send_file(connection) : HTTP_WANTS_READ;
}

static bool has_to_write(const struct http_connection *connection)
{
    return connection->out.len || connection->file >= 0;
}

/* --- reading --- */

/* The whole requests of the input, at most so many, as long as their answers can be put together:
 * how many, and *used of it. */
static unsigned take_requests(struct http_connection *connection, struct http_worker *worker,
                              struct bytes input, unsigned most, size_t *used)
{
    unsigned num = 0;
    for (*used = 0; num < most && *used < input.len && !connection->ends && connection->file < 0 &&
                    worker->out.len < OUT_ENOUGH;) {
        size_t len = 0;
        struct bytes rest = behind(input, *used);
        enum step step = take_request(connection, worker, rest, &len);
        if (step == STEP_INCOMPLETE)
            break;
        if (step == STEP_REFUSED)
            len = rest.len;
        *used += len;
        num++;
    }
    return num;
}

static void keep_rest(struct http_connection *connection, struct bytes rest)
{
    struct buffer kept = {.cap = connection->in.cap};
    buffer_put_bytes(&kept, rest);
    buffer_done(&connection->in);
    connection->in = kept;
}

static void set_deadline(struct http_connection *connection, const struct http_worker *worker,
                         bool has_answered)
{
    const struct http_service *service = worker->service;
    bool was_idle = connection->is_idle;
    connection->is_idle = connection->in.len == 0;
    if (has_to_write(connection))
        connection->deadline = worker->now + service->request_time +
                               (connection->file_end - connection->file_at) / SLOWEST_READ;
    else if (connection->is_idle)
        connection->deadline = worker->now + service->idle_time;
    else if (was_idle || has_answered)
        connection->deadline = worker->now + service->request_time;
}

/* Works off the input as long as it is this connection's turn, sends the answers, and keeps what is
 * left of it. A socket takes more at once, but it says so behind the others that are ready. */
static enum http_wish serve(struct http_connection *connection, struct http_worker *worker,
                            struct bytes input, bool *answered)
{
    unsigned num = 0;
    enum http_wish wish;
    struct bytes rest = input;
    size_t used;
    do {
        num += take_requests(connection, worker, rest, HTTP_TURN - num, &used);
        rest = behind(rest, used);
        wish = flush(connection, worker);
    } while (wish == HTTP_WANTS_READ && used && rest.len && num < HTTP_TURN && !connection->ends);
    if (rest.len || connection->in.len)
        keep_rest(connection, rest);
    if (buffer_check(&connection->in) != ERR_NONE)
        return HTTP_WANTS_END;
    *answered = *answered || num > 0;
    set_deadline(connection, worker, num > 0);
    if (wish != HTTP_WANTS_READ)
        return wish;
    if (connection->ends)
        return end_or_linger(connection, worker);
    return num == HTTP_TURN && connection->in.len ? HTTP_WANTS_WRITE : HTTP_WANTS_READ;
}

static enum http_wish take_input(struct http_connection *connection, struct http_worker *worker,
                                 struct bytes input, bool *answered)
{
    if (connection->ends)
        return HTTP_WANTS_READ; /* lingers: thrown away */
    if (connection->in.len == 0)
        return serve(connection, worker, input, answered);
    buffer_put_bytes(&connection->in, input);
    if (buffer_check(&connection->in) != ERR_NONE)
        return HTTP_WANTS_END;
    return serve(connection, worker, buffer_bytes(&connection->in), answered);
}

/* A body may hold a PIN: nothing of what came stays where it was read into. */
enum http_wish http_connection_read(struct http_connection *connection, struct http_worker *worker,
                                    bool *answered)
{
    ssize_t got = recv(connection->fd, worker->in, sizeof worker->in, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? HTTP_WANTS_READ : HTTP_WANTS_END;
    if (got == 0)
        return HTTP_WANTS_END;
    struct bytes input = bytes_of(worker->in, (size_t)got);
    enum http_wish wish = take_input(connection, worker, input, answered);
    explicit_bzero(worker->in, input.len);
    return wish;
}

/* Goes on with what the socket did not take, then with requests that came behind it. */
enum http_wish http_connection_write(struct http_connection *connection, struct http_worker *worker,
                                     bool *answered)
{
    ssize_t sent =
        send_some(connection->fd, behind(buffer_bytes(&connection->out), connection->written));
    if (sent < 0)
        return HTTP_WANTS_END;
    connection->written += (size_t)sent;
    if (connection->written < connection->out.len)
        return HTTP_WANTS_WRITE;
    buffer_done(&connection->out);
    connection->written = 0;
    enum http_wish wish = connection->file >= 0 ? send_file(connection) : HTTP_WANTS_READ;
    if (wish != HTTP_WANTS_READ)
        return wish;
    if (connection->ends)
        return end_or_linger(connection, worker);
    return serve(connection, worker, buffer_bytes(&connection->in), answered);
}
