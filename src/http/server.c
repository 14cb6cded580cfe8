/* libmicrohttpd behind our own table of routes. A request lives in struct exchange from its first
 * header to its last byte; the handler is called once, when the whole body is here. */
#include "http/server.h"

#include <microhttpd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "http/deadline.h"

#define CONNECTION_MEMORY   ((size_t)16 * 1024)
#define DEFAULT_CONNECTIONS 256
#define DEFAULT_IDLE        10 /* seconds */
#define DEFAULT_REQUEST     20
#define MALFORMED           '\1' /* what a path or value becomes when its escapes are not right */

struct http_server {
    struct MHD_Daemon *daemon;
    struct http_deadlines *deadlines;
    const struct http_route *routes;
    size_t num_routes;
    void *context;
};

struct exchange {
    const struct http_route *route;
    enum http_method method;
    struct buffer body;
};

static const struct {
    const char *name;
    enum http_method method;
} methods[] = {{"GET", HTTP_GET}, {"HEAD", HTTP_GET}, {"POST", HTTP_POST}};

static const struct {
    int status;
    const char *text;
} refusals[] = {
    {400, "The request is malformed."},          {404, "There is nothing here."},
    {405, "This method is not answered here."},  {413, "The request is too long."},
    {500, "The request could not be answered."},
};

/* --- requests --- */

static bool method_parse(const char *name, enum http_method *out)
{
    for (size_t i = 0; i < COUNT_OF(methods); i++)
        if (strcmp(methods[i].name, name) == 0) {
            *out = methods[i].method;
            return true;
        }
    return false;
}

static bool has_controls(const char *text)
{
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f)
            return true;
    return false;
}

/* In place. A wrong escape, or one of a zero byte, leaves the mark of a malformed text, which
 * has_controls finds later: this callback cannot refuse. */
static size_t unescape(void *context, struct MHD_Connection *connection, char *text)
{
    (void)context;
    (void)connection;
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != '%') {
            *to++ = *from;
            continue;
        }
        int high = hex_value((uint8_t)from[1]);
        int low = high < 0 ? -1 : hex_value((uint8_t)from[2]);
        if (low < 0 || (high | low) == 0) {
            text[0] = MALFORMED;
            text[1] = '\0';
            return 1;
        }
        *to++ = (char)(high << 4 | low);
        from += 2;
    }
    *to = '\0';
    return (size_t)(to - text);
}

static const char *value_of(const struct http_request *request, enum MHD_ValueKind kind,
                            const char *name)
{
    struct MHD_Connection *connection = (struct MHD_Connection *)(uintptr_t)request->connection;
    const char *value = MHD_lookup_connection_value(connection, kind, name);
    return value && !has_controls(value) ? value : NULL;
}

const char *http_request_header(const struct http_request *request, const char *name)
{
    return value_of(request, MHD_HEADER_KIND, name);
}

const char *http_request_query(const struct http_request *request, const char *name)
{
    return value_of(request, MHD_GET_ARGUMENT_KIND, name);
}

/* --- answers --- */

static void response_init(struct http_response *response)
{
    *response = (struct http_response){
        .status = 200, .content_type = "text/plain; charset=utf-8", .file = -1};
    buffer_init(&response->body, LIMIT_FRAME);
}

static void response_done(struct http_response *response)
{
    buffer_done(&response->body);
    fd_close(&response->file);
}
#define CLEANUP_RESPONSE CLEANUP(response_done)

static const char *refusal_text(int status)
{
    for (size_t i = 0; i < COUNT_OF(refusals); i++)
        if (refusals[i].status == status)
            return refusals[i].text;
    return "";
}

void http_response_text(struct http_response *response, int status, const char *text)
{
    response_done(response);
    response_init(response);
    response->status = status;
    buffer_put_text(&response->body, text);
    buffer_put_text(&response->body, "\n");
    if (status >= 400)
        http_response_header(response, "Cache-Control", "no-store");
}

static void response_refuse(struct http_response *response, int status)
{
    http_response_text(response, status, refusal_text(status));
}

void http_response_header(struct http_response *response, const char *name, const char *format, ...)
{
    if (response->num_headers == COUNT_OF(response->headers)) {
        response_refuse(response, 500);
        return;
    }
    struct http_header *header = &response->headers[response->num_headers];
    va_list arguments;
    va_start(arguments, format);
    int len = vsnprintf(header->value, sizeof header->value, format, arguments);
    va_end(arguments);
    if (len < 0 || (size_t)len >= sizeof header->value || has_controls(header->value)) {
        response_refuse(response, 500);
        return;
    }
    header->name = name;
    response->num_headers++;
}

static struct MHD_Response *body_make(struct http_response *response)
{
    if (response->file < 0)
        return MHD_create_response_from_buffer(
            response->body.len, response->body.data ? (void *)response->body.data : (void *)"",
            MHD_RESPMEM_MUST_COPY);
    struct stat size;
    if (fstat(response->file, &size) != 0 || !S_ISREG(size.st_mode))
        return NULL;
    struct MHD_Response *made =
        MHD_create_response_from_fd64((uint64_t)size.st_size, response->file);
    if (made)
        response->file = -1; /* the server's now */
    return made;
}

static enum MHD_Result response_send(struct MHD_Connection *connection,
                                     struct http_response *response)
{
    if (buffer_check(&response->body) != ERR_NONE)
        response_refuse(response, 500);
    struct MHD_Response *made = body_make(response);
    if (!made)
        return MHD_NO;
    MHD_add_response_header(made, "Content-Type", response->content_type);
    MHD_add_response_header(made, "X-Content-Type-Options", "nosniff");
    for (size_t i = 0; i < response->num_headers; i++)
        MHD_add_response_header(made, response->headers[i].name, response->headers[i].value);
    enum MHD_Result result = MHD_queue_response(connection, (unsigned)response->status, made);
    MHD_destroy_response(made);
    return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, int status)
{
    struct http_response response CLEANUP_RESPONSE;
    response_init(&response);
    response_refuse(&response, status);
    http_response_header(&response, "Connection", "close");
    return response_send(connection, &response);
}

/* --- the way of one request --- */

static bool route_fits(const struct http_route *route, const char *path)
{
    return route->is_prefix ? strncmp(path, route->path, strlen(route->path)) == 0
                            : strcmp(path, route->path) == 0;
}

/* 0 with the route, or the status of the refusal. */
static int route_find(const struct http_server *server, const char *method_text, const char *path,
                      struct exchange *exchange)
{
    if (path[0] != '/' || has_controls(path) || strlen(path) > HTTP_PATH_MAX)
        return 400;
    bool known = method_parse(method_text, &exchange->method);
    int status = 404;
    for (size_t i = 0; i < server->num_routes; i++) {
        if (!route_fits(&server->routes[i], path))
            continue;
        if (known && server->routes[i].method == exchange->method) {
            exchange->route = &server->routes[i];
            return 0;
        }
        status = 405;
    }
    return status;
}

static void handle(const struct http_server *server, struct MHD_Connection *connection,
                   const struct exchange *exchange, const char *path,
                   struct http_response *response)
{
    struct http_request request = {
        .method = exchange->method,
        .path = path,
        .rest = exchange->route->is_prefix ? path + strlen(exchange->route->path) : "",
        .body = buffer_bytes(&exchange->body),
        .connection = connection,
    };
    const char *type = http_request_header(&request, "Content-Type");
    request.content_type = type ? type : "";
    exchange->route->handle(server->context, &request, response);
}

static int connection_fd(struct MHD_Connection *connection)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    return info ? info->connect_fd : -1;
}

static enum MHD_Result exchange_begin(const struct http_server *server,
                                      struct MHD_Connection *connection, const char *path,
                                      const char *method, void **state)
{
    struct exchange found = {0};
    int status = route_find(server, method, path, &found);
    if (status)
        return refuse(connection, status);
    const char *length =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_CONTENT_LENGTH);
    if (length && strtoull(length, NULL, 10) > found.route->body_max)
        return refuse(connection, 413);
    struct exchange *exchange = malloc(sizeof *exchange);
    if (!exchange)
        return MHD_NO;
    *exchange = found;
    buffer_init(&exchange->body, found.route->body_max);
    *state = exchange;
    return MHD_YES;
}

/* Called by libmicrohttpd at the headers, at each part of the body, and at the end. */
static enum MHD_Result on_request(void *context, struct MHD_Connection *connection,
                                  const char *path, const char *method, const char *version,
                                  const char *part, size_t *part_len, void **state)
{
    (void)version;
    const struct http_server *server = context;
    struct exchange *exchange = *state;
    if (!exchange)
        return exchange_begin(server, connection, path, method, state);
    if (*part_len) {
        buffer_put(&exchange->body, part, *part_len);
        *part_len = 0;
        return MHD_YES; /* too long: said at the end, when an answer may be queued */
    }
    if (buffer_check(&exchange->body) != ERR_NONE)
        return refuse(connection, 413);
    http_deadlines_answer(server->deadlines, connection_fd(connection));
    struct http_response response CLEANUP_RESPONSE;
    response_init(&response);
    handle(server, connection, exchange, path, &response);
    return response_send(connection, &response);
}

static void on_completed(void *context, struct MHD_Connection *connection, void **state,
                         enum MHD_RequestTerminationCode code)
{
    (void)code;
    const struct http_server *server = context;
    struct exchange *exchange = *state;
    if (exchange)
        buffer_done(&exchange->body);
    free(exchange);
    *state = NULL;
    http_deadlines_start(server->deadlines, connection_fd(connection));
}

static void on_connection(void *context, struct MHD_Connection *connection, void **state,
                          enum MHD_ConnectionNotificationCode code)
{
    (void)state;
    const struct http_server *server = context;
    int fd = connection_fd(connection);
    if (code == MHD_CONNECTION_NOTIFY_STARTED)
        http_deadlines_start(server->deadlines, fd);
    else
        http_deadlines_forget(server->deadlines, fd);
}

/* --- the server --- */

static struct MHD_Daemon *daemon_start(struct http_server *server, int listening,
                                       unsigned num_threads, unsigned max_connections,
                                       unsigned per_address, unsigned idle_timeout)
{
    struct MHD_OptionItem pool[] = {{MHD_OPTION_THREAD_POOL_SIZE, num_threads, NULL},
                                    {MHD_OPTION_END, 0, NULL}};
    if (num_threads <= 1)
        pool[0].option = MHD_OPTION_END;
    return MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL, on_request, server,
        MHD_OPTION_LISTEN_SOCKET, listening, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_UNESCAPE_CALLBACK, unescape,
        NULL, MHD_OPTION_CONNECTION_LIMIT, max_connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        per_address, MHD_OPTION_CONNECTION_TIMEOUT, idle_timeout,
        MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY, MHD_OPTION_STRICT_FOR_CLIENT, 1,
        MHD_OPTION_ARRAY, pool, MHD_OPTION_END);
}

static unsigned or_default(unsigned value, unsigned otherwise)
{
    return value ? value : otherwise;
}

enum err http_server_start(int listening, const struct http_route *routes, size_t num_routes,
                           void *context, const struct http_options *options,
                           struct http_server **out)
{
    struct http_server *server = calloc(1, sizeof *server);
    if (!server)
        return ERR_MEMORY;
    *server = (struct http_server){.routes = routes, .num_routes = num_routes, .context = context};
    unsigned max_connections = or_default(options->max_connections, DEFAULT_CONNECTIONS);
    enum err err = http_deadlines_new(
        max_connections, INT64_C(1000) * or_default(options->request_timeout, DEFAULT_REQUEST),
        &server->deadlines);
    if (err == ERR_NONE) {
        server->daemon =
            daemon_start(server, listening, or_default(options->num_threads, 1), max_connections,
                         options->per_address, or_default(options->idle_timeout, DEFAULT_IDLE));
        err = server->daemon ? ERR_NONE : ERR_IO;
    }
    if (err != ERR_NONE) {
        http_deadlines_free(server->deadlines);
        free(server);
        return err;
    }
    *out = server;
    return ERR_NONE;
}

void http_server_stop(struct http_server *server)
{
    if (!server)
        return;
    MHD_stop_daemon(server->daemon);
    http_deadlines_free(server->deadlines);
    free(server);
}
