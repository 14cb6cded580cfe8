#include "check.h"
#include "serve.h"

#include "http/client.h"

static void echo(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    response->content_type = "application/x-echo";
    buffer_put_text(&response->body, request->content_type);
    buffer_put_text(&response->body, " ");
    buffer_put_bytes(&response->body, request->body);
}

static void long_answer(void *context, const struct http_request *request,
                        struct http_response *response)
{
    (void)context;
    (void)request;
    for (int i = 0; i < 1000; i++)
        buffer_put_text(&response->body, "0123456789");
}

static void elsewhere(void *context, const struct http_request *request,
                      struct http_response *response)
{
    (void)context;
    http_response_text(response, 302, "elsewhere");
    http_response_header(response, "Location", "%s", request->rest);
}

static void slow(void *context, const struct http_request *request, struct http_response *response)
{
    (void)context;
    (void)request;
    usleep(700 * 1000);
    http_response_text(response, 200, "late");
}

static void cookies(void *context, const struct http_request *request,
                    struct http_response *response)
{
    (void)context;
    const char *cookie = http_request_header(request, "Cookie");
    http_response_text(response, 200, cookie ? cookie : "none");
    http_response_header(response, "Set-Cookie", "first=1; Path=/; HttpOnly");
    http_response_header(response, "Set-Cookie", "second=2 ;SameSite=Lax");
}

static void many_cookies(void *context, const struct http_request *request,
                         struct http_response *response)
{
    (void)context;
    (void)request;
    for (int i = 0; i < HTTP_HEADERS_MAX; i++)
        http_response_header(response, "Set-Cookie", "name=%0200d", i);
}

static const struct http_route routes[] = {
    {HTTP_POST, "/echo", false, 1000, echo},
    {HTTP_GET, "/echo", false, 0, echo},
    {HTTP_GET, "/long", false, 0, long_answer},
    {HTTP_GET, "/to", true, 0, elsewhere},
    {HTTP_GET, "/slow", false, 0, slow},
    {HTTP_GET, "/cookies", false, 0, cookies},
    {HTTP_GET, "/many-cookies", false, 0, many_cookies},
};

static int begin(void **state)
{
    (void)state;
    server_begin(routes, COUNT_OF(routes), NULL, (struct http_options){0});
    return 0;
}

static int end(void **state)
{
    (void)state;
    server_end();
    return 0;
}

static const char *url(const char *path)
{
    static char text[128];
    snprintf(text, sizeof text, "http://127.0.0.1:%u%s", server_port, path);
    return text;
}

static enum err get(const char *address, size_t cap, struct http_answer *answer, char *body)
{
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, cap);
    struct http_fetch fetch = {.url = address, .timeout = 400};
    enum err err = http_fetch(&fetch, &out, answer, NULL);
    if (body)
        snprintf(body, 64, "%s", err == ERR_NONE ? buffer_text(&out) : "");
    if (err != ERR_NONE)
        assert_int_equal(out.len, 0);
    return err;
}

static void fetches(void **state)
{
    (void)state;
    struct http_answer answer = {0};
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 1000);
    struct http_fetch fetch = {
        .url = url("/echo"), .content_type = "a/b", .body = bytes_of("x\0y", 3), .is_post = true};
    assert_ok(http_fetch(&fetch, &out, &answer, NULL));
    assert_int_equal(answer.status, 200);
    assert_string_equal(answer.content_type, "application/x-echo");
    assert_true(bytes_equal(buffer_bytes(&out), bytes_of("a/b x\0y", 7)));
    assert_ok(get(url("/nothing"), 1000, &answer, NULL));
    assert_int_equal(answer.status, 404);
}

static void follows_no_redirect_unasked(void **state)
{
    (void)state;
    struct http_answer answer;
    assert_ok(get(url("/to/echo"), 1000, &answer, NULL));
    assert_int_equal(answer.status, 302);
    assert_string_equal(answer.location, url("/echo"));
    assert_ok(get(url("/echo"), 1000, &answer, NULL));
    assert_string_equal(answer.location, "");
}

static void shows_cookies_and_sends_what_it_is_told(void **state)
{
    (void)state;
    struct http_answer answer;
    char body[64];
    assert_ok(get(url("/cookies"), 1000, &answer, body));
    assert_string_equal(body, "none\n");
    assert_string_equal(answer.cookie, "first=1; second=2");
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 1000);
    struct http_fetch fetch = {.url = url("/cookies"), .cookie = "first=1; second=2"};
    assert_ok(http_fetch(&fetch, &out, &answer, NULL));
    assert_string_equal(buffer_text(&out), "first=1; second=2\n");
    assert_ok(get(url("/echo"), 1000, &answer, NULL));
    assert_string_equal(answer.cookie, "");
}

static void refuses_too_many_cookies_and_broken_ones(void **state)
{
    (void)state;
    struct http_answer answer = {.status = 1};
    assert_err(get(url("/many-cookies"), 1000, &answer, NULL), ERR_PEER);
    assert_int_equal(answer.status, 1);
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 1000);
    struct http_fetch fetch = {.url = url("/cookies"), .cookie = "first=1\r\nX-Injected: c"};
    assert_err(http_fetch(&fetch, &out, &answer, NULL), ERR_USAGE);
}

static void follows_when_asked_but_not_to_files(void **state)
{
    (void)state;
    struct http_answer answer;
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 1000);
    struct http_fetch fetch = {.url = url("/to/echo"), .follows = true};
    assert_ok(http_fetch(&fetch, &out, &answer, NULL));
    assert_int_equal(answer.status, 200);
    char away[128];
    snprintf(away, sizeof away, "%s", url("/tofile:///etc/passwd"));
    fetch.url = away;
    assert_err(http_fetch(&fetch, &out, &answer, NULL), ERR_PEER);
}

static void refuses_other_schemes(void **state)
{
    (void)state;
    struct http_answer answer;
    assert_err(get("file:///etc/passwd", 1000, &answer, NULL), ERR_USAGE);
    assert_err(get("ftp://127.0.0.1/x", 1000, &answer, NULL), ERR_USAGE);
    assert_err(get("gopher://127.0.0.1/x", 1000, &answer, NULL), ERR_USAGE);
    assert_err(get("", 1000, &answer, NULL), ERR_USAGE);
}

static void refuses_a_long_answer(void **state)
{
    (void)state;
    struct http_answer answer;
    assert_err(get(url("/long"), 9999, &answer, NULL), ERR_LIMIT);
    assert_ok(get(url("/long"), 10000, &answer, NULL));
}

static void refuses_a_late_or_missing_answer(void **state)
{
    (void)state;
    struct http_answer answer;
    assert_err(get(url("/slow"), 1000, &answer, NULL), ERR_TIMEOUT);
    int fd = -1;
    uint16_t port;
    assert_ok(http_listen("127.0.0.1:0", &fd, &port, NULL));
    fd_close(&fd);
    char nobody[64];
    snprintf(nobody, sizeof nobody, "http://127.0.0.1:%u/", port);
    assert_err(get(nobody, 1000, &answer, NULL), ERR_CLOSED);
}

static void refuses_a_header_with_a_line_break(void **state)
{
    (void)state;
    struct http_answer answer;
    struct buffer out CLEANUP_BUFFER;
    buffer_init(&out, 1000);
    struct http_fetch fetch = {
        .url = url("/echo"), .is_post = true, .content_type = "a/b\r\nX-Injected: c"};
    assert_err(http_fetch(&fetch, &out, &answer, NULL), ERR_USAGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fetches),
        cmocka_unit_test(follows_no_redirect_unasked),
        cmocka_unit_test(shows_cookies_and_sends_what_it_is_told),
        cmocka_unit_test(refuses_too_many_cookies_and_broken_ones),
        cmocka_unit_test(follows_when_asked_but_not_to_files),
        cmocka_unit_test(refuses_other_schemes),
        cmocka_unit_test(refuses_a_long_answer),
        cmocka_unit_test(refuses_a_late_or_missing_answer),
        cmocka_unit_test(refuses_a_header_with_a_line_break),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
