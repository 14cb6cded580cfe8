/* What stays of a request when it was answered: nothing, since a body may hold a PIN. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "http/connection.h"

#define HEAD   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n"
#define SECRET "pin=1357"

static bool was_handled;

static void handle(void *context, const struct http_request *request,
                   struct http_response *response)
{
    (void)context;
    (void)response;
    was_handled = bytes_equal_text(request->body, SECRET);
}

static const struct http_route routes[] = {{HTTP_POST, "/", false, 8, handle}};
static const struct http_service service = {.routes = routes,
                                            .num_routes = COUNT_OF(routes),
                                            .max_in = HTTP_HEAD_MAX,
                                            .idle_time = 1000,
                                            .request_time = 1000};
static struct http_worker worker;

static bool is_kept(void)
{
    return memmem(worker.in, sizeof worker.in, SECRET, strlen(SECRET)) != NULL;
}

/* The request in parts, each read by itself. */
static void send_parts(const char *const *parts)
{
    struct http_connection connection;
    bool answered = false;
    int pair[2];
    was_handled = false;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    http_connection_init(&connection, pair[1], &worker);
    for (; *parts; parts++) {
        assert_ok(fd_write_all(pair[0], bytes_of_text(*parts)));
        assert_int_equal(http_connection_read(&connection, &worker, &answered), HTTP_WANTS_READ);
        assert_false(is_kept());
    }
    assert_true(answered && was_handled);
    struct bytes room = bytes_of(connection.in.data, connection.in.room);
    assert_int_equal(connection.in.len, 0);
    assert_false(room.len && memmem(room.data, room.len, SECRET, strlen(SECRET)));
    http_connection_done(&connection);
    fd_close(&pair[0]);
}

static void keeps_nothing_of_a_request(void **state)
{
    (void)state;
    send_parts((const char *const[]){HEAD SECRET, NULL});
    send_parts((const char *const[]){HEAD, SECRET, NULL});
    send_parts((const char *const[]){HEAD "pin=", "1357", NULL});
}

static int begin(void **state)
{
    (void)state;
    worker.service = &service;
    http_response_init(&worker.response);
    buffer_init(&worker.out, 1 << 20);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buffer_done(&worker.out);
    http_response_done(&worker.response);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(keeps_nothing_of_a_request)};
    return cmocka_run_group_tests(tests, begin, end);
}
