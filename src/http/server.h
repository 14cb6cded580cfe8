/* A small HTTP server: plain HTTP/1.1 on a socket that listens already, a constant table of routes
 * given by the caller, bounded bodies, its own error texts. It knows no domain: a handler gets a
 * request as plain data and fills an answer. nginx in front does TLS.
 *
 * It is our own because of OCSP: one answer costs little more than its two system calls, and ten
 * thousand idle or slow connections cost a few kilobytes each and nobody's time (bench/). */
#pragma once

#include "http/head.h"
#include "http/peer.h"

#define HTTP_PATH_MAX    2048 /* decoded */
#define HTTP_HEADERS_MAX 12
#define HTTP_VALUE_MAX   512
#define HTTP_THREADS_MAX 64

enum http_method { HTTP_GET, HTTP_POST }; /* HEAD is answered from GET's handler */

/* All borrowed, until the handler returns. */
struct http_request {
    enum http_method method;
    const char *path;         /* decoded; no NUL, no byte below space, valid as C string */
    const char *rest;         /* of a prefix route: what follows the prefix; "" otherwise */
    const char *content_type; /* "" when there was none */
    struct bytes body;
    struct http_peer peer; /* a server in front of this one is the other end itself */
    const struct http_head *head;
};

/* http_request_header returns NULL when there is none. Borrowed. */
const char *http_request_header(const struct http_request *request, const char *name);
/* http_request_query decodes the one value of that name into out[size]: false when there is none,
 * or two, or it is malformed, has control characters, or is too long. */
bool http_request_query(const struct http_request *request, const char *name, char *out,
                        size_t size) MUST_USE;

struct http_header {
    const char *name; /* static */
    char value[HTTP_VALUE_MAX];
};

/* Starts as an empty 200 answer of text/plain. */
struct http_response {
    int status;
    const char *content_type; /* static */
    struct buffer body;
    int file; /* -1, or a descriptor of a regular file that is the body; the server closes it */
    size_t num_headers;
    struct http_header headers[HTTP_HEADERS_MAX];
};

/* http_response_header adds a header; a value with a line break, or one too many, makes the answer
 * a 500. http_response_text makes the answer a status and one line of text. */
void http_response_header(struct http_response *response, const char *name, const char *format, ...)
    PRINTF_LIKE(3, 4);
void http_response_text(struct http_response *response, int status, const char *text);

/* A route: the first row whose method and path fit. is_prefix: the path begins so, and `rest` is
 * what follows. A path that fits only under another method is answered 405. A handler runs on any
 * of the server's threads: its context must bear that. */
struct http_route {
    enum http_method method;
    const char *path;
    bool is_prefix;
    size_t body_max; /* bytes of a POST; more is answered 413 */
    void (*handle)(void *context, const struct http_request *request,
                   struct http_response *response);
};

struct http_options {
    unsigned num_threads;     /* 0 is 1; at most HTTP_THREADS_MAX */
    unsigned max_connections; /* 0 is 256; one more, and the one that asked longest ago is closed */
    unsigned idle_timeout;    /* seconds a connection may keep silent; 0 is 10 */
    unsigned request_timeout; /* seconds until a request must be here whole; 0 is 20 */
    /* What every answer says, the server's own refusals too; a handler's header of the same name
     * stands in its place. Borrowed for the server's life. */
    const struct http_field *headers;
    size_t num_headers;
    /* NULL, or asked about each new socket before a byte of it is read: false closes it. */
    bool (*admits)(void *context, int fd);
};

struct http_server;

/* http_server_start takes over the listening socket. routes must outlive the server. */
enum err http_server_start(int listening, const struct http_route *routes, size_t num_routes,
                           void *context, const struct http_options *options,
                           struct http_server **out) MUST_USE;
void http_server_stop(struct http_server *server); /* takes NULL; ends the connections */

/* http_is_address: the form that http_listen takes. */
bool http_is_address(const char *text);

/* http_listen opens a TCP socket on "address:port" ("[::1]:80" for IPv6; port 0: any free one),
 * close-on-exec. Only numbers: nothing is looked up. *port (may be NULL) is the one taken. */
enum err http_listen(const char *address, int *out, uint16_t *port, struct fault *fault) MUST_USE;
