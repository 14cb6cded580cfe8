/* What stays of a request when it was answered: nothing, since a body may hold a PIN; and how many
 * are answered before the others have their turn. */
#include "check.h"

#include <string.h>
#include <sys/socket.h>

#include "base/file.h"
#include "http/connection.h"

#define HEAD   "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 8\r\n\r\n"
#define SECRET "pin=1357"

#define MANY (10 * HTTP_TURN + 1)

static bool was_handled;
static int num_handled;

static void handle(void *context, const struct http_request *request,
                   struct http_response *response)
{
    (void)context;
    (void)response;
    num_handled++;
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

/* Opens a connection to which `num` requests and `more` came at once; what it waits for then. */
static enum http_wish send_many(int num, const char *more, int pair[static 2],
                                struct http_connection *out)
{
    bool answered = false;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    http_connection_init(out, pair[1], &worker);
    for (int i = 0; i < num; i++)
        assert_ok(fd_write_all(pair[0], bytes_of_text(HEAD SECRET)));
    assert_ok(fd_write_all(pair[0], bytes_of_text(more)));
    num_handled = 0;
    enum http_wish wish = http_connection_read(out, &worker, &answered);
    assert_true(answered);
    return wish;
}

static void leaves_others_their_turn(void **state)
{
    (void)state;
    struct http_connection connection;
    int pair[2];
    enum http_wish wish = send_many(MANY, "", pair, &connection);
    assert_int_equal(wish, HTTP_WANTS_WRITE);
    for (int turn = 1; wish == HTTP_WANTS_WRITE; turn++) {
        bool answered = false;
        assert_int_equal(num_handled, turn * HTTP_TURN);
        wish = http_connection_write(&connection, &worker, &answered);
        assert_true(answered);
    }
    assert_int_equal(wish, HTTP_WANTS_READ);
    assert_int_equal(num_handled, MANY);
    assert_int_equal(connection.in.len, 0);
    http_connection_done(&connection);
    fd_close(&pair[0]);
}

/* Nor one more look at who sends one request after the other. */
static void waits_for_no_turn_without_need(void **state)
{
    (void)state;
    struct http_connection connection;
    bool answered = false;
    int pair[2];
    for (int num = 1; num <= HTTP_TURN; num++) {
        assert_int_equal(send_many(num, "", pair, &connection), HTTP_WANTS_READ);
        assert_int_equal(num_handled, num);
        http_connection_done(&connection);
        fd_close(&pair[0]);
    }
    assert_int_equal(send_many(HTTP_TURN, HEAD "pin=", pair, &connection), HTTP_WANTS_WRITE);
    assert_int_equal(http_connection_write(&connection, &worker, &answered), HTTP_WANTS_READ);
    assert_false(answered);
    assert_ok(fd_write_all(pair[0], bytes_of_text("1357")));
    assert_int_equal(http_connection_read(&connection, &worker, &answered), HTTP_WANTS_READ);
    assert_int_equal(num_handled, HTTP_TURN + 1);
    http_connection_done(&connection);
    fd_close(&pair[0]);
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
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_nothing_of_a_request),
        cmocka_unit_test(leaves_others_their_turn),
        cmocka_unit_test(waits_for_no_turn_without_need),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
