#include "check.h"
#include "http/serve.h"

#include "base/encoding.h"
#include "base/login_token.h"
#include "client/login.h"
#include "http/form.h"

#define NONCE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=" /* 00 01 … 1f */

/* What the site of these tests answers, and what it saw. */
static struct {
    const char *page_type, *page, *location, *answer;
    int page_status, post_status;
    char origin[LOGIN_ORIGIN_MAX], token[64];
    bool post_had_cookie;
    int num_posts, num_answers;
} site;

static void get_login(void *context, const struct http_request *request,
                      struct http_response *response)
{
    (void)context;
    const char *accept = http_request_header(request, "Accept");
    response->status = accept && strcmp(accept, "application/json") == 0 ? site.page_status : 406;
    response->content_type = site.page_type;
    buffer_put_text(&response->body, site.page);
    http_response_header(response, "Location", "/elsewhere");
    http_response_header(response, "Set-Cookie", "session=abc; HttpOnly; SameSite=Lax");
}

static void post_return(void *context, const struct http_request *request,
                        struct http_response *response)
{
    (void)context;
    site.num_posts++;
    site.post_had_cookie = http_request_header(request, "Cookie") != NULL;
    struct buffer nonce CLEANUP_BUFFER, token CLEANUP_BUFFER;
    buffer_init(&nonce, LOGIN_TOKEN_MAX);
    buffer_init(&token, LOGIN_TOKEN_MAX);
    if (strcmp(request->content_type, HTTP_FORM) != 0 ||
        http_form_find(request->body, "nonce", &nonce) != ERR_NONE ||
        http_form_find(request->body, "token", &token) != ERR_NONE ||
        !bytes_equal_text(buffer_bytes(&nonce), NONCE)) {
        http_response_text(response, 400, "no");
        return;
    }
    snprintf(site.token, sizeof site.token, "%s", buffer_text(&token));
    http_response_text(response, site.post_status, "see there");
    http_response_header(response, "Location", "%s", site.location);
}

static void get_welcome(void *context, const struct http_request *request,
                        struct http_response *response)
{
    (void)context;
    site.num_answers++;
    const char *cookie = http_request_header(request, "Cookie");
    char handle[8];
    bool known = cookie && !strcmp(cookie, "session=abc") &&
                 http_request_query(request, "handle", handle, sizeof handle) &&
                 !strcmp(handle, "1");
    response->content_type = "application/json; charset=utf-8";
    buffer_put_text(&response->body, known ? site.answer : "{}");
}

static const struct http_route routes[] = {{HTTP_GET, "/login", false, 0, get_login},
                                           {HTTP_POST, "/return", false, 32768, post_return},
                                           {HTTP_GET, "/welcome", false, 0, get_welcome}};

static char page_text[512];

/* The page's text; a dollar stands for the site's own origin. */
static void page_is(const char *text)
{
    const char *dollar = strchrnul(text, '$');
    snprintf(page_text, sizeof page_text, "%.*s%s%s", (int)(dollar - text), text,
             *dollar ? site.origin : "", *dollar ? dollar + 1 : "");
    site.page = page_text;
}

static int begin(void **state)
{
    (void)state;
    memset(&site, 0, sizeof site);
    server_begin(routes, COUNT_OF(routes), NULL, (struct http_options){0});
    snprintf(site.origin, sizeof site.origin, "http://127.0.0.1:%u", server_port);
    page_is("{\"nonce\":\"" NONCE "\",\"return\":\"$/return\",\"site\":\"x\"}");
    site.page_type = "application/json";
    site.page_status = 200;
    site.post_status = 303;
    site.location = "/welcome?handle=1";
    site.answer = "{\"verdict\":\"valid\",\"sentence\":\"ok\"}";
    return 0;
}

static int end(void **state)
{
    (void)state;
    server_end();
    return 0;
}

static const char *url_of(const char *path)
{
    static char url[300];
    snprintf(url, sizeof url, "%s%s", site.origin, path);
    return url;
}

static enum err fetch(struct login_page *page)
{
    return login_page_fetch(url_of("/login"), page, NULL);
}

static void reads_what_the_page_asks(void **state)
{
    (void)state;
    struct login_page page;
    assert_ok(fetch(&page));
    assert_string_equal(page.origin, site.origin);
    assert_string_equal(page.return_url, url_of("/return"));
    assert_string_equal(page.cookie, "session=abc");
    assert_int_equal(page.nonce[31], 31);
}

static void refuses_a_page_without_an_origin(void **state)
{
    (void)state;
    struct login_page page;
    static const char *const bad[] = {"", "ftp://127.0.0.1/", "http://192.0.2.1/login",
                                      "https://user@127.0.0.1/", "file:///etc/passwd"};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(login_page_fetch(bad[i], &page, NULL), ERR_USAGE);
}

static void refuses_to_answer_elsewhere(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "https://evil.example/return", "http://127.0.0.1:1/return",
        "http://localhost/return",     "/return",
        "javascript:alert(1)",         "http://127.0.0.1@evil.example",
    };
    struct login_page page = {.origin = "untouched"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        char text[256];
        snprintf(text, sizeof text, "{\"nonce\":\"" NONCE "\",\"return\":\"%s\"}", bad[i]);
        page_is(text);
        assert_err(fetch(&page), ERR_DENIED);
    }
    assert_string_equal(page.origin, "untouched");
}

/* What a browser's form brings: the origin is the browser's, the rest the page's. */
static void takes_what_a_browser_brings(void **state)
{
    (void)state;
    struct login_page page = {.origin = "untouched"};
    static const char url[] = "https://a.example/back?x=1";
    static const char *const origins[] = {"https://a.example/",    "HTTPS://a.example", "null", "",
                                          "https://a.example:443", "http://a.example"};
    for (size_t i = 0; i < COUNT_OF(origins); i++)
        assert_err(login_page_make(origins[i], NONCE, url, &page, NULL), ERR_USAGE);
    assert_err(login_page_make("https://b.example", NONCE, url, &page, NULL), ERR_DENIED);
    assert_err(login_page_make("https://a.example", "AAEC", url, &page, NULL), ERR_PEER);
    assert_err(login_page_make("https://a.example", NONCE, "", &page, NULL), ERR_PEER);
    assert_string_equal(page.origin, "untouched");
    assert_ok(login_page_make("https://a.example", NONCE, url, &page, NULL));
    assert_string_equal(page.origin, "https://a.example");
    assert_string_equal(page.return_url, url);
    assert_string_equal(page.cookie, "");
    assert_int_equal(page.nonce[31], 31);
}

static void refuses_what_is_no_login_page(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "{",
        "[]",
        "null",
        "{}",
        "{\"nonce\":\"" NONCE "\"}",
        "{\"nonce\":1,\"return\":\"$/return\"}",
        "{\"nonce\":\"AAEC\",\"return\":\"$/return\"}",
        "{\"nonce\":\"" NONCE "AAAA\",\"return\":\"$/return\"}",
        "{\"nonce\":\"" NONCE "\",\"nonce\":\"" NONCE "\",\"return\":\"$/return\"}",
        "{\"nonce\":\"" NONCE "\",\"return\":\"$/return\"} more",
        "{\"nonce\":\"" NONCE "\",\"return\":\"$/re turn\"}",
        "{\"nonce\":\"" NONCE "\",\"return\":\"$/\u5e30\"}",
        "{\"nonce\":\"" NONCE "\",\"return\":\"$/\\u007f\"}",
    };
    struct login_page page;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        page_is(bad[i]);
        assert_err(fetch(&page), ERR_PEER);
    }
}

static void refuses_another_status_or_type(void **state)
{
    (void)state;
    struct login_page page;
    site.page_status = 302;
    assert_err(fetch(&page), ERR_PEER);
    site.page_status = 404;
    assert_err(fetch(&page), ERR_PEER);
    site.page_status = 200;
    site.page_type = "text/html";
    assert_err(fetch(&page), ERR_PEER);
    site.page_type = "application/jsonp";
    assert_err(fetch(&page), ERR_PEER);
    site.page_type = "application/json;charset=utf-8";
    assert_ok(fetch(&page));
}

/* The expected value was made with `openssl dgst`. */
static void signs_origin_and_nonce(void **state)
{
    (void)state;
    struct login_page page;
    assert_ok(fetch(&page));
    snprintf(page.origin, sizeof page.origin, "https://portal.example");
    uint8_t digest[SHA256_LEN], other[SHA256_LEN];
    char text[2 * SHA256_LEN + 1];
    login_page_digest(&page, digest);
    assert_string_equal(hex_print(digest, sizeof digest, text),
                        "113c8ee82a2c5ae8d8ab938d7fccfb94a3875293b5438b0648ab994ba19e89df");
    page.origin[0] = 'H';
    login_page_digest(&page, other);
    assert_memory_not_equal(digest, other, sizeof digest);
}

static enum err answer(struct login_answer *out)
{
    struct login_page page;
    assert_ok(fetch(&page));
    struct login_token token = {bytes_of_text("certificate"), bytes_of_text("signature?")};
    return login_page_answer(&page, &token, out, NULL);
}

static void brings_the_token_and_shows_the_answer(void **state)
{
    (void)state;
    struct login_answer out;
    site.answer = "{\"verdict\":\"valid\",\"pseudonym\":\"x\",\"sentence\":\"Welcome\"}";
    assert_ok(answer(&out));
    assert_string_equal(login_outcome_name(out.outcome), "done");
    assert_string_equal(out.sentence, "Welcome");
    assert_false(site.post_had_cookie);
    assert_int_equal(site.num_posts, 1);
    struct buffer room CLEANUP_BUFFER;
    buffer_init(&room, LOGIN_TOKEN_MAX);
    struct login_token seen;
    assert_ok(login_token_parse(bytes_of_text(site.token), &room, &seen, NULL));
    assert_true(bytes_equal_text(seen.signature, "signature?"));
}

static void tells_refusals_apart(void **state)
{
    (void)state;
    struct login_answer out;
    site.answer = "{\"verdict\":\"invalid\",\"reason\":\"held\",\"sentence\":\"The card is held\"}";
    assert_ok(answer(&out));
    assert_string_equal(login_outcome_name(out.outcome), "refused");
    assert_string_equal(out.reason, "held");
    site.answer = "{\"verdict\":\"cannot-tell\"}";
    assert_ok(answer(&out));
    assert_string_equal(login_outcome_name(out.outcome), "cannot-tell");
    assert_string_equal(out.sentence, "");
}

static void prints_no_control_characters(void **state)
{
    (void)state;
    struct login_answer out;
    site.answer = "{\"verdict\":\"invalid\",\"reason\":\"a\\u001b[2Jb\","
                  "\"sentence\":\"c\\n\\u009bd\\u202ee\\u3042\"}";
    assert_ok(answer(&out));
    assert_string_equal(out.reason, "a?[2Jb");
    assert_string_equal(out.sentence, "c??d?e\u3042");
}

static void refuses_other_ways_back(void **state)
{
    (void)state;
    struct login_answer out = {.reason = "untouched"};
    static const int statuses[] = {200, 302, 307, 400};
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        site.post_status = statuses[i];
        assert_err(answer(&out), ERR_PEER);
    }
    site.post_status = 303;
    static const char *const away[] = {"https://evil.example/", "http://127.0.0.1:1/welcome",
                                       "//evil.example/welcome", "file:///etc/passwd"};
    for (size_t i = 0; i < COUNT_OF(away); i++) {
        site.location = away[i];
        assert_err(answer(&out), ERR_DENIED);
    }
    assert_int_equal(site.num_answers, 0);
    assert_string_equal(out.reason, "untouched");
}

static void refuses_answers_without_a_verdict(void **state)
{
    (void)state;
    struct login_answer out;
    static const char *const bad[] = {"{}", "", "{\"verdict\":\"VALID\"}", "{\"verdict\":true}",
                                      "{\"verdict\":\"\"}"};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        site.answer = bad[i];
        assert_err(answer(&out), ERR_PEER);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_what_the_page_asks, begin, end),
        cmocka_unit_test_setup_teardown(refuses_a_page_without_an_origin, begin, end),
        cmocka_unit_test_setup_teardown(refuses_to_answer_elsewhere, begin, end),
        cmocka_unit_test(takes_what_a_browser_brings),
        cmocka_unit_test_setup_teardown(refuses_what_is_no_login_page, begin, end),
        cmocka_unit_test_setup_teardown(refuses_another_status_or_type, begin, end),
        cmocka_unit_test_setup_teardown(signs_origin_and_nonce, begin, end),
        cmocka_unit_test_setup_teardown(brings_the_token_and_shows_the_answer, begin, end),
        cmocka_unit_test_setup_teardown(tells_refusals_apart, begin, end),
        cmocka_unit_test_setup_teardown(prints_no_control_characters, begin, end),
        cmocka_unit_test_setup_teardown(refuses_other_ways_back, begin, end),
        cmocka_unit_test_setup_teardown(refuses_answers_without_a_verdict, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
