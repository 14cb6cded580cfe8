/* The whole role behind its socket, with a commit played by the test; judged by openssl ocsp. */
#include "check.h"
#include "fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/frame.h"
#include "base/file.h"
#include "base/limits.h"
#include "http/client.h"
#include "http/server.h"
#include "status/status.h"
#include "x509/crl.h"
#include "x509/push_set.h"

static struct status *status;
static pthread_t thread;
static int control = -1, listening;
static uint16_t port;

static void *serve(void *context)
{
    (void)context;
    struct fault fault = {0};
    assert_err(status_serve(status, listening, &fault), ERR_CLOSED);
    return NULL;
}

static int begin(void **state)
{
    static char signature[128], authentication[128];
    int pair[2];
    status_begin(state);
    clock_start_at(SAMPLE_NOW);
    status_path("signature.map", signature);
    status_path("authentication.map", authentication);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    control = pair[0];
    struct status_options options = {.maps = {signature, authentication},
                                     .published = status_folder,
                                     .control = pair[1],
                                     .num_threads = 2};
    assert_ok(status_new(&options, &status, NULL));
    assert_ok(http_listen("127.0.0.1:0", &listening, &port, NULL));
    assert_int_equal(pthread_create(&thread, NULL, serve, NULL), 0);
    return 0;
}

static int end(void **state)
{
    fd_close(&control); /* commit is gone: status ends */
    pthread_join(thread, NULL);
    status_free(status);
    return status_end(state);
}

static int get(const char *path, struct buffer *body, struct http_answer *answer)
{
    char url[1024];
    snprintf(url, sizeof url, "http://127.0.0.1:%u%s", port, path);
    struct http_fetch fetch = {.url = url};
    assert_ok(http_fetch(&fetch, body, answer, NULL));
    return answer->status;
}

static int status_of(const char *path)
{
    struct buffer body CLEANUP_BUFFER;
    struct http_answer answer;
    buffer_init(&body, 65536);
    return get(path, &body, &answer);
}

/* openssl holds the times of an answer against the machine's clock, not against -attime. */
#define ANY_TIME "-validity_period 2000000000"

/* One answer of the real openssl client; it sends a POST with a nonce. */
static const char *ocsp(enum kind kind, int serial, const char *options)
{
    fixture_pem(kind, "issuer.pem");
    return openssl(NULL,
                   "ocsp %s -issuer issuer.pem -CAfile issuer.pem -serial %d -url "
                   "http://127.0.0.1:%u/ocsp -attime %lld " ANY_TIME,
                   options, serial, port, (long long)clock_now());
}

static void says_try_later_then_asks_commit(void **state)
{
    (void)state;
    struct status_wish wish;
    struct buffer body CLEANUP_BUFFER;
    fixture_pem(KIND_SIGNATURE, "issuer.pem");
    const char *text =
        openssl(NULL, "ocsp -issuer issuer.pem -serial 2 -url http://127.0.0.1:%u/ocsp", port);
    assert_non_null(strstr(text, "trylater"));
    assert_int_equal(status_of("/push-set/signature"), 404);
    buffer_init(&body, LIMIT_FRAME);
    assert_ok(frame_receive(control, &body, 5000));
    assert_ok(status_wish_parse(buffer_bytes(&body), &wish));
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer certificate CLEANUP_BUFFER;
        buffer_init(&certificate, LIMIT_CERTIFICATE);
        fixture_delegate(kind, bytes_of(wish.spki, wish.spki_len), SAMPLE_NOW,
                         SAMPLE_NOW + 24 * 3600, &certificate);
        /* first one that does not fit: it is left aside */
        assert_ok(status_client_send_responder(control, !kind, buffer_bytes(&certificate)));
        assert_ok(status_client_send_responder(control, kind, buffer_bytes(&certificate)));
    }
    for (int i = 0; i < 50 && strstr(text, "trylater"); i++) {
        usleep(100 * 1000);
        text = openssl(NULL,
                       "ocsp -issuer issuer.pem -serial 2 -noverify -url "
                       "http://127.0.0.1:%u/ocsp",
                       port);
    }
    assert_null(strstr(text, "trylater"));
}

static void openssl_agrees(void **state)
{
    (void)state;
    static const struct {
        int serial;
        const char *text;
    } rows[] = {{SERIAL_GOOD, "2: good"},
                {SERIAL_HELD, "Reason: certificateHold"},
                {SERIAL_COMPROMISED, "Reason: keyCompromise"},
                {SERIAL_SUPERSEDED, "Reason: superseded"},
                {SERIAL_RESERVED, "6: unknown"},
                {SERIAL_NEVER, "7: unknown"},
                {SERIAL_LAST + 1, "1001: unknown"}};
    for (enum kind kind = 0; kind < NUM_KINDS; kind++)
        for (size_t i = 0; i < COUNT_OF(rows); i++) {
            const char *text = ocsp(kind, rows[i].serial, "-nonce");
            if (!strstr(text, rows[i].text) || !strstr(text, "Response verify OK"))
                fail_msg("%s", text);
            assert_null(strstr(text, "no nonce in response"));
        }
    assert_non_null(
        strstr(ocsp(KIND_SIGNATURE, SERIAL_GOOD, "-no_nonce -sha256"), "Response verify OK"));
}

/* openssl refuses an answer under another authority. */
static void openssl_tells_the_kinds_apart(void **state)
{
    (void)state;
    fixture_pem(KIND_SIGNATURE, "issuer.pem");
    fixture_pem(KIND_AUTHENTICATION, "other.pem");
    const char *text = openssl(NULL,
                               "ocsp -issuer issuer.pem -CAfile other.pem -serial 2 -url "
                               "http://127.0.0.1:%u/ocsp -attime %lld",
                               port, (long long)SAMPLE_NOW + 5);
    assert_null(strstr(text, "Response verify OK"));
}

static void answers_get(void **state)
{
    (void)state;
    struct buffer request CLEANUP_BUFFER, text CLEANUP_BUFFER, body CLEANUP_BUFFER;
    struct http_answer answer;
    char path[128];
    buffer_init(&request, 4096);
    buffer_init(&text, 8192);
    buffer_init(&body, 65536);
    fixture_pem(KIND_SIGNATURE, "issuer.pem");
    openssl(NULL, "ocsp -issuer issuer.pem -serial 3 -no_nonce -reqout request.der");
    status_path("request.der", path);
    assert_ok(file_read(path, &request, NULL));
    buffer_put_text(&text, "/ocsp/");
    base64_encode(buffer_bytes(&request), &text);
    assert_int_equal(get(buffer_text(&text), &body, &answer), 200);
    assert_string_equal(answer.content_type, "application/ocsp-response");
    status_path("answer.der", path);
    assert_ok(file_replace(path, buffer_bytes(&body), 0600, NULL));
    const char *judged = openssl(NULL,
                                 "ocsp -respin answer.der -issuer issuer.pem -CAfile issuer.pem "
                                 "-serial 3 -attime %lld " ANY_TIME,
                                 (long long)SAMPLE_NOW + 5);
    assert_non_null(strstr(judged, "Response verify OK"));
    assert_non_null(strstr(judged, "3: revoked"));
}

/* The raw head of one answer. */
static const char *head_of(const char *request)
{
    static char text[8192];
    char address[32];
    snprintf(address, sizeof address, "%u", port);
    char path[128], command[512];
    status_path("raw", path);
    assert_ok(file_replace(path, bytes_of_text(request), 0600, NULL));
    snprintf(command, sizeof command,
             "exec 3<>/dev/tcp/127.0.0.1/%u; cat %s >&3; timeout 3 head -c 4096 <&3 | tr -d '\\0'",
             port, path);
    char shell[600];
    snprintf(shell, sizeof shell, "bash -c \"%s\"", command);
    FILE *pipe = popen(shell, "r");
    assert_non_null(pipe);
    size_t got = fread(text, 1, sizeof text - 1, pipe);
    text[got] = '\0';
    pclose(pipe);
    return text;
}

static void says_how_long_and_from_when(void **state)
{
    (void)state;
    struct buffer request CLEANUP_BUFFER, text CLEANUP_BUFFER;
    char path[128];
    buffer_init(&request, 4096);
    buffer_init(&text, 8192);
    openssl(NULL, "ocsp -issuer issuer.pem -serial 3 -nonce -reqout nonce.der");
    static const char *const names[] = {"request.der", "nonce.der"};
    static const char *const wanted[] = {"Cache-Control: max-age=", "Cache-Control: no-store"};
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        buffer_cut(&request, 0);
        buffer_cut(&text, 0);
        status_path(names[i], path);
        assert_ok(file_read(path, &request, NULL));
        buffer_put_text(&text, "GET /ocsp/");
        base64_encode(buffer_bytes(&request), &text);
        buffer_put_text(&text, " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        const char *head = head_of(buffer_text(&text));
        assert_non_null(strstr(head, wanted[i]));
        assert_non_null(strstr(head, "JPKI-Epoch: 42"));
    }
}

static void serves_the_published_files(void **state)
{
    (void)state;
    assert_int_equal(status_of("/crl/signature.crl"), 404); /* not published yet */
    fixture_publish(KIND_SIGNATURE, 1, SAMPLE_NOW, 0);
    assert_int_equal(status_of("/crl/signature.crl"), 200);
    assert_int_equal(status_of("/ca/signature.cer"), 200);
    assert_int_equal(status_of("/ca/authentication.cer"), 200);
    assert_non_null(
        strstr(head_of("GET /crl/signature.crl HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
               "JPKI-Epoch: 42"));
}

/* A municipality's, under its code; its epoch is that of all municipalities' lists. */
static void serves_lists_of_municipalities(void **state)
{
    (void)state;
    struct buffer body CLEANUP_BUFFER, point CLEANUP_BUFFER;
    struct http_answer answer;
    struct crl crl;
    const struct status_list list = {.kind = KIND_SIGNATURE, .generation = 1, "31372"};
    buffer_init(&body, 65536);
    buffer_init(&point, 1024);
    profile_put_crl_point(&sample_site, KIND_SIGNATURE, "Tottori-ken", "Hokuei-cho", &point);
    struct status_crl_request request = {.number = 2,
                                         .this_update = SAMPLE_NOW,
                                         .municipality = 1,
                                         .issuing_point = buffer_bytes(&point)};
    assert_int_equal(status_of("/crl/signature.31372.crl"), 404);
    fixture_publish_list(KIND_SIGNATURE, &list, &request);
    assert_int_equal(get("/crl/signature.31372.crl", &body, &answer), 200);
    assert_string_equal(answer.content_type, "application/pkix-crl");
    assert_ok(crl_parse(buffer_bytes(&body), &crl, NULL));
    assert_true(bytes_equal(crl.issuing_point, request.issuing_point));
    assert_int_equal(status_of("/crl/signature.31371.crl"), 404);
    char path[128];
    struct buffer epoch CLEANUP_BUFFER;
    buffer_init(&epoch, 64);
    status_path("signature.municipal.epoch", path);
    assert_ok(file_read(path, &epoch, NULL));
    assert_string_equal(buffer_text(&epoch), "42\n");
    assert_int_equal(status_of("/crl/authentication.31372.crl"), 404);
    assert_non_null(strstr(head_of("GET /crl/signature.31372.crl HTTP/1.1\r\nHost: x\r\n"
                                   "Connection: close\r\n\r\n"),
                           "JPKI-Epoch: 42"));
}

/* As soon as it has its certificate; whole, and the same to all who ask. */
static void serves_push_sets(void **state)
{
    (void)state;
    static const char *const paths[] = {"/push-set/signature", "/push-set/authentication"};
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct buffer body CLEANUP_BUFFER;
        struct push_set set;
        struct http_answer answer;
        buffer_init(&body, 65536);
        for (int i = 0; i < 50 && status_of(paths[kind]) != 200; i++)
            usleep(100 * 1000);
        assert_int_equal(get(paths[kind], &body, &answer), 200);
        assert_string_equal(answer.content_type, "application/octet-stream");
        assert_ok(push_set_parse(buffer_bytes(&body), &set, NULL));
        assert_int_equal(set.facts.epoch, 42);
        assert_int_equal(push_set_find(&set, SERIAL_GOOD), PUSH_SET_SAYS_GOOD);
        assert_int_equal(push_set_find(&set, SERIAL_HELD), PUSH_SET_SAYS_LISTED);
    }
    assert_non_null(
        strstr(head_of("GET /push-set/signature HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"),
               "JPKI-Epoch: 42"));
}

static void refuses_malformed_requests(void **state)
{
    (void)state;
    static const struct {
        const char *path;
        int status;
    } rows[] = {
        {"/", 404},
        {"/ocsp", 405},
        {"/ocsp/", 200},
        {"/ocsp/%00", 400},
        {"/ocsp/####", 400},
        {"/ocsp/MA", 400},
        {"/ocsp/MA==x", 400},
        {"/ocsp/AAAA", 200},
        {"/crl/", 404},
        {"/crl/signature.3137.crl", 404},
        {"/crl/signature.31372", 404},
        {"/ca/signature.31372.cer", 404},
        {"/push-set/signature.31372", 404},
        {"/crl/x.crl", 404},
        {"/push-set/", 404},
        {"/push-set/x", 404},
        {"/crl/signature.map", 404},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (strcmp(rows[i].path, "/ocsp/####") != 0) /* a fragment: never sent */
            assert_int_equal(status_of(rows[i].path), rows[i].status);
    assert_non_null(strstr(head_of("POST /ocsp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                   "Content-Type: text/plain\r\nContent-Length: 1\r\n\r\nx"),
                           "HTTP/1.1 400"));
    assert_non_null(strstr(head_of("POST /ocsp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                   "Content-Type: application/ocsp-request\r\n"
                                   "Content-Length: 5000\r\n\r\n"),
                           "HTTP/1.1 413"));
    assert_non_null(strstr(head_of("POST /ocsp HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                                   "Content-Type: application/ocsp-request\r\n"
                                   "Content-Length: 3\r\n\r\nabc"),
                           "HTTP/1.1 200")); /* an OCSP error is inside */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_try_later_then_asks_commit),
        cmocka_unit_test(openssl_agrees),
        cmocka_unit_test(openssl_tells_the_kinds_apart),
        cmocka_unit_test(answers_get),
        cmocka_unit_test(says_how_long_and_from_when),
        cmocka_unit_test(serves_the_published_files),
        cmocka_unit_test(serves_lists_of_municipalities),
        cmocka_unit_test(serves_push_sets),
        cmocka_unit_test(refuses_malformed_requests),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
