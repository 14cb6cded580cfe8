#include "check.h"
#include "serve.h"

#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>

#define LARGE ((off_t)16 << 20)

#define FLOOD 8  /* connections ... */
#define DEEP  40 /* ... with so many requests each, all at once */

static atomic_int handled;
static atomic_int num_slow;
static atomic_bool is_closed; /* to everybody */

static void answer_path(void *context, const struct http_request *request,
                        struct http_response *response)
{
    assert_string_equal(context, "context");
    handled++;
    char name[8];
    if (!http_request_query(request, "name", name, sizeof name))
        strcpy(name, "-");
    buffer_put_format(&response->body, "path %s rest %s query %s", request->path, request->rest,
                      name);
}

static void answer_peer(void *context, const struct http_request *request,
                        struct http_response *response)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr peer;
    (void)context;
    memcpy(&peer, request->peer.address, sizeof peer);
    buffer_put_text(&response->body, inet_ntop(AF_INET6, &peer, text, sizeof text));
}

static void answer_body(void *context, const struct http_request *request,
                        struct http_response *response)
{
    (void)context;
    handled++;
    http_response_header(response, "X-Type", "%s", request->content_type);
    buffer_put_bytes(&response->body, request->body);
}

static void answer_file(void *context, const struct http_request *request,
                        struct http_response *response)
{
    (void)context;
    (void)request;
    response->file = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

static void answer_slowly(void *context, const struct http_request *request,
                          struct http_response *response)
{
    (void)context;
    (void)request;
    (void)response;
    usleep(2000);
    num_slow++;
}

/* A file that is longer than what the kernel keeps for one connection. */
static void answer_large_file(void *context, const struct http_request *request,
                              struct http_response *response)
{
    (void)context;
    (void)request;
    response->file = memfd_create("large", MFD_CLOEXEC);
    assert_int_equal(ftruncate(response->file, LARGE), 0);
}

static void answer_device(void *context, const struct http_request *request,
                          struct http_response *response)
{
    (void)context;
    (void)request;
    response->file = open("/dev/zero", O_RDONLY | O_CLOEXEC);
}

static void answer_bad_header(void *context, const struct http_request *request,
                              struct http_response *response)
{
    (void)context;
    (void)request;
    http_response_header(response, "X-Split", "%s", "a\r\nX-Injected: b");
}

static const struct http_route routes[] = {
    {HTTP_GET, "/plain", false, 0, answer_path},
    {HTTP_GET, "/peer", false, 0, answer_peer},
    {HTTP_GET, "/below/", true, 0, answer_path},
    {HTTP_POST, "/body", false, 64, answer_body},
    {HTTP_GET, "/file", false, 0, answer_file},
    {HTTP_GET, "/split", false, 0, answer_bad_header},
    {HTTP_GET, "/large", false, 0, answer_large_file},
    {HTTP_GET, "/zero", false, 0, answer_device},
    {HTTP_GET, "/slow", false, 0, answer_slowly},
};

static bool admits(void *context, int fd)
{
    assert_string_equal(context, "context");
    return fd >= 0 && !is_closed;
}

static void begin_with(unsigned num_threads, unsigned max_connections)
{
    static char context[] = "context";
    static const struct http_field headers[] = {{"X-Fixed", "always"}, {"X-Type", "unless said"}};
    server_begin(routes, COUNT_OF(routes), context,
                 (struct http_options){.num_threads = num_threads,
                                       .request_timeout = 2,
                                       .max_connections = max_connections,
                                       .headers = headers,
                                       .num_headers = COUNT_OF(headers),
                                       .admits = admits});
}

static int begin(void **state)
{
    (void)state;
    begin_with(2, 16);
    return 0;
}

static int end(void **state)
{
    (void)state;
    server_end();
    return 0;
}

/* The status of the answer to one raw request, 0 when there was none. */
static int status_of(const char *request)
{
    int status = 0;
    if (sscanf(raw_request(request), "HTTP/1.1 %d", &status) != 1)
        return 0;
    return status;
}

#define END " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"

static void answers_routes(void **state)
{
    (void)state;
    assert_non_null(
        strstr(raw_request("GET /plain?name=a%20b" END), "path /plain rest  query a b"));
    assert_non_null(strstr(raw_request("GET /below/c%2Fd+e" END), "rest c/d+e query -"));
    const char *answer = raw_request("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                     "Content-Type: a/b\r\nContent-Length: 3\r\n\r\nxyz");
    assert_non_null(strstr(answer, "X-Type: a/b\r\n"));
    assert_non_null(strstr(answer, "\r\n\r\nxyz"));
    assert_non_null(strstr(answer, "X-Content-Type-Options: nosniff"));
}

static void says_what_every_answer_says(void **state)
{
    (void)state;
    static const char *const requests[] = {"GET /plain" END, "GET /nothing" END, "PUT /plain" END,
                                           "GET /split" END, "nonsense\r\n\r\n"};
    for (size_t i = 0; i < COUNT_OF(requests); i++) {
        const char *answer = raw_request(requests[i]);
        assert_non_null(strstr(answer, "X-Fixed: always\r\n"));
        assert_non_null(strstr(answer, "X-Type: unless said\r\n"));
    }
    const char *answer = raw_request("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                     "Content-Type: a/b\r\nContent-Length: 1\r\n\r\nx");
    assert_non_null(strstr(answer, "X-Type: a/b\r\n"));
    assert_null(strstr(answer, "unless said"));
}

/* A stranger's request is not read, let alone handled. */
static void closes_what_is_not_admitted(void **state)
{
    (void)state;
    int before = handled;
    is_closed = true;
    assert_string_equal(raw_request("GET /plain" END), "");
    is_closed = false;
    assert_int_equal(handled, before);
    assert_int_equal(status_of("GET /plain" END), 200);
}

static void answers_head_without_a_body(void **state)
{
    (void)state;
    const char *answer = raw_request("HEAD /plain" END);
    assert_non_null(strstr(answer, "200 OK"));
    assert_null(strstr(answer, "path /plain"));
}

static void answers_a_file(void **state)
{
    (void)state;
    int fd CLEANUP_FD = connection_open();
    assert_ok(fd_write_all(fd, bytes_of_text("GET /file" END)));
    const char *answer = connection_read(fd, 1500);
    assert_non_null(strstr(answer, "200 OK"));
}

static size_t read_all(int fd, int timeout)
{
    static char part[65536];
    size_t len = 0;
    struct pollfd ready = {.fd = fd, .events = POLLIN};
    for (ssize_t got; poll(&ready, 1, timeout) > 0 && (got = recv(fd, part, sizeof part, 0)) > 0;)
        len += (size_t)got;
    return len;
}

static void answers_a_large_file_to_a_slow_reader(void **state)
{
    (void)state;
    int fd CLEANUP_FD = connection_open();
    assert_ok(fd_write_all(fd, bytes_of_text("GET /large" END)));
    usleep(300 * 1000); /* the kernel is full now: the rest waits until it is read */
    assert_int_equal(status_of("GET /plain" END), 200);
    assert_true(read_all(fd, 1500) > LARGE);
    assert_int_equal(status_of("GET /zero" END), 500); /* not a regular file */
}

/* Requests that come at once are answered in their order, whatever stands between them. */
static void answers_a_pipeline(void **state)
{
    (void)state;
    int fd CLEANUP_FD = connection_open();
    assert_ok(fd_write_all(fd, bytes_of_text("GET /plain?name=1 HTTP/1.1\r\nHost: x\r\n\r\n"
                                             "POST /body HTTP/1.1\r\nHost: x\r\n"
                                             "Content-Length: 3\r\n\r\nabc"
                                             "GET /plain?name=2 HTTP/1.1\r\nHo")));
    usleep(50 * 1000);
    assert_ok(fd_write_all(fd, bytes_of_text("st: x\r\n\r\nGET /plain?name=3" END)));
    const char *text = connection_read(fd, 1500);
    static const char *const order[] = {"query 1", "\r\n\r\nabc", "query 2", "query 3"};
    for (size_t i = 0; i < COUNT_OF(order); i++) {
        text = strstr(text, order[i]);
        assert_non_null(text);
    }
}

static void asks_for_a_body_that_waits(void **state)
{
    (void)state;
    int fd CLEANUP_FD = connection_open();
    assert_ok(fd_write_all(fd, bytes_of_text("POST /body HTTP/1.1\r\nHost: x\r\n"
                                             "Expect: 100-continue\r\nConnection: close\r\n"
                                             "Content-Length: 3\r\n\r\n")));
    assert_non_null(strstr(connection_read(fd, 300), "100 Continue"));
    assert_ok(fd_write_all(fd, bytes_of_text("xyz")));
    assert_non_null(strstr(connection_read(fd, 1500), "\r\n\r\nxyz"));
}

/* A head that never ends is refused when it is too long, and its sender can still read why. */
static void refuses_long_heads(void **state)
{
    (void)state;
    int fd CLEANUP_FD = connection_open();
    static char text[HTTP_HEAD_MAX + 1024];
    memset(text, 'a', sizeof text - 1);
    memcpy(text, "GET /plain?", 11);
    for (int i = 0; i < 3; i++) /* goes on sending */
        (void)send(fd, text, sizeof text - 1, MSG_NOSIGNAL);
    assert_non_null(strstr(connection_read(fd, 3000), "431 "));
}

static void refuses_what_has_no_route(void **state)
{
    (void)state;
    handled = 0;
    assert_int_equal(status_of("GET /nothing" END), 404);
    assert_int_equal(status_of("GET /plain/" END), 404);
    assert_int_equal(status_of("GET /body" END), 405);
    assert_int_equal(status_of("DELETE /plain" END), 405);
    assert_int_equal(status_of("POST /plain HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                               "Content-Length: 0\r\n\r\n"),
                     405);
    assert_int_equal(handled, 0);
}

static void refuses_malformed_requests(void **state)
{
    (void)state;
    handled = 0;
    static const char *const bad[] = {
        "GET /plain%" END,
        "GET /plain%4" END,
        "GET /plain%zz" END,
        "GET /plain%00" END,
        "GET /plain%0a" END,
        "GET /plain%0d%0aX:y" END,
        "GET plain" END,
        "\r\n\r\n\r\n\r\nx",
        "GET\r\n\r\n",
        "\x16\x03\x01\x02\x00\x01\r\n\r\n",
        "GET /plain HTTP/1.1\r\nConnection: close\r\n\r\n", /* no Host */
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        int status = status_of(bad[i]);
        assert_true(status == 0 || status == 400 || status == 404 || status == 405);
    }
    assert_int_equal(handled, 0);
    assert_int_equal(status_of("GET /plain" END), 200);
}

static void refuses_malformed_query_values(void **state)
{
    (void)state;
    assert_non_null(strstr(raw_request("GET /plain?name=%00" END), "query -"));
    assert_non_null(strstr(raw_request("GET /plain?name=%g1" END), "query -"));
}

static void refuses_long_bodies(void **state)
{
    (void)state;
    handled = 0;
    assert_int_equal(status_of("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                               "Content-Length: 65\r\n\r\n"),
                     413);
    assert_int_equal(status_of("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                               "Content-Length: 99999999999999999999999\r\n\r\n"),
                     413);
    /* Chunked: the length would show only while it comes. */
    assert_int_equal(status_of("POST /body HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                               "Transfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n0\r\n\r\n"),
                     411);
    assert_int_equal(handled, 0);
}

static void refuses_a_header_that_splits(void **state)
{
    (void)state;
    const char *answer = raw_request("GET /split" END);
    assert_non_null(strstr(answer, "500 "));
    assert_null(strstr(answer, "X-Injected"));
}

/* A client that lets a byte drop now and then is shut down; another is answered meanwhile. */
static void ends_a_trickling_client(void **state)
{
    (void)state;
    int slow CLEANUP_FD = connection_open();
    int64_t start = clock_monotonic();
    bool ended = false;
    while (!ended && clock_monotonic() - start < 8000) {
        ended = send(slow, "G", 1, MSG_NOSIGNAL) != 1;
        assert_int_equal(status_of("GET /plain" END), 200);
        struct pollfd ready = {.fd = slow, .events = POLLIN};
        ended = ended || poll(&ready, 1, 200) > 0;
    }
    assert_true(ended);
    assert_true(clock_monotonic() - start >= 1500);
}

/* As many silent connections as the server takes: they go after the time for a request. */
static void outlives_silent_clients(void **state)
{
    (void)state;
    int silent[16];
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        silent[i] = connection_open();
    int fd CLEANUP_FD = connection_open();
    assert_ok(fd_write_all(fd, bytes_of_text("GET /plain" END)));
    assert_non_null(strstr(connection_read(fd, 6000), "200 OK"));
    for (size_t i = 0; i < COUNT_OF(silent); i++)
        fd_close(&silent[i]);
}

/* Whoever asks once does not wait until all that others sent at once is worked off. */
static void answers_one_between_many(void **state)
{
    (void)state;
    int flood[FLOOD];
    server_end();
    begin_with(1, 16);
    num_slow = 0;
    for (size_t i = 0; i < FLOOD; i++)
        flood[i] = connection_open();
    for (size_t i = 0; i < FLOOD; i++)
        for (int j = 0; j < DEEP; j++)
            assert_ok(
                fd_write_all(flood[i], bytes_of_text("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n")));
    assert_int_equal(status_of("GET /plain" END), 200);
    assert_true(num_slow < FLOOD * DEEP / 2);
    for (int64_t start = clock_monotonic();
         num_slow < FLOOD * DEEP && clock_monotonic() - start < 8000;)
        usleep(10 * 1000);
    assert_int_equal(num_slow, FLOOD * DEEP);
    for (size_t i = 0; i < FLOOD; i++)
        fd_close(&flood[i]);
    server_end();
    begin_with(2, 16);
}

/* Whichever thread the kernel wakes: all have their share of the connections, and of the room. */
static void spreads_connections(void **state)
{
    (void)state;
    enum { THREADS = 4, ROOM = 32, MANY = 96 };
    int fds[MANY];
    server_end();
    begin_with(THREADS, THREADS * ROOM);
    for (size_t i = 0; i < MANY; i++)
        fds[i] = connection_open();
    for (int again = 0; again < 2; again++)
        for (size_t i = 0; i < MANY; i++) {
            assert_ok(
                fd_write_all(fds[i], bytes_of_text("GET /plain HTTP/1.1\r\nHost: x\r\n\r\n")));
            struct pollfd ready = {.fd = fds[i], .events = POLLIN};
            char answer[1024];
            assert_int_equal(poll(&ready, 1, 5000), 1);
            assert_true(recv(fds[i], answer, sizeof answer, 0) > 0);
        }
    for (size_t i = 0; i < MANY; i++)
        fd_close(&fds[i]);
    server_end();
    begin_with(2, 16);
}

/* Two requests of each connection; whatever a header says. */
static void says_who_asks(void **state)
{
    (void)state;
    static const char *const peers[] = {"127.0.0.1", "127.1.2.3"};
    for (size_t i = 0; i < COUNT_OF(peers); i++) {
        char wanted[32];
        int fd CLEANUP_FD = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        struct sockaddr_in from = {.sin_family = AF_INET}, to = from;
        assert_int_equal(inet_pton(AF_INET, peers[i], &from.sin_addr), 1);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        to.sin_port = htons(server_port);
        assert_int_equal(bind(fd, (const struct sockaddr *)&from, sizeof from), 0);
        assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
        snprintf(wanted, sizeof wanted, "::ffff:%s", peers[i]);
        for (int again = 0; again < 2; again++) {
            assert_ok(fd_write_all(
                fd,
                bytes_of_text("GET /peer HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: ::1\r\n\r\n")));
            assert_non_null(strstr(connection_read(fd, 300), wanted));
        }
    }
}

int main(void)
{
    signal(SIGPIPE, SIG_IGN); /* the server may have ended what a test still writes to */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_routes),
        cmocka_unit_test(spreads_connections),
        cmocka_unit_test(says_who_asks),
        cmocka_unit_test(says_what_every_answer_says),
        cmocka_unit_test(closes_what_is_not_admitted),
        cmocka_unit_test(answers_head_without_a_body),
        cmocka_unit_test(answers_a_file),
        cmocka_unit_test(answers_a_large_file_to_a_slow_reader),
        cmocka_unit_test(answers_a_pipeline),
        cmocka_unit_test(asks_for_a_body_that_waits),
        cmocka_unit_test(refuses_long_heads),
        cmocka_unit_test(refuses_what_has_no_route),
        cmocka_unit_test(refuses_malformed_requests),
        cmocka_unit_test(refuses_malformed_query_values),
        cmocka_unit_test(refuses_long_bodies),
        cmocka_unit_test(refuses_a_header_that_splits),
        cmocka_unit_test(ends_a_trickling_client),
        cmocka_unit_test(outlives_silent_clients),
        cmocka_unit_test(answers_one_between_many),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
