#include "login/site.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/file.h"
#include "crypto/random.h"
#include "http/client.h"
#include "http/form.h"

#define NUM_CHALLENGES 1024
#define NUM_HANDLES    256
#define STATUS_TIMEOUT 5000

/* --- where status comes from --- */

/* The address is the site's own configuration: a certificate does not say whom to believe. */
static enum err bring_ocsp(void *context, const char *address, struct bytes request,
                           struct buffer *out, struct fault *fault)
{
    (void)address;
    const struct site *site = context;
    if (!site->ocsp)
        return fault_set(fault, ERR_UNSUPPORTED, "ocsp", "no responder is configured");
    struct http_fetch fetch = {.url = site->ocsp,
                               .content_type = "application/ocsp-request",
                               .body = request,
                               .is_post = true,
                               .timeout = STATUS_TIMEOUT};
    struct http_answer answer;
    enum err err = http_fetch(&fetch, out, &answer, fault);
    if (err == ERR_NONE && answer.status != 200)
        return fault_set(fault, ERR_PEER, "ocsp", "status %d", answer.status);
    return err;
}

static enum err bring_crl(void *context, struct buffer *out, struct fault *fault)
{
    const struct site *site = context;
    if (!site->crl)
        return fault_set(fault, ERR_UNSUPPORTED, "crl", "no list is configured");
    return file_read(site->crl, out, fault);
}

enum err site_init(struct site *site, uint16_t port)
{
    *site = (struct site){0};
    snprintf(site->origin, sizeof site->origin, "http://127.0.0.1:%u", port);
    random_bytes(site->pseudonym_key, sizeof site->pseudonym_key);
    site->login = (struct login_site){
        .origin = site->origin,
        .pseudonym_key = site->pseudonym_key,
        .source = {.ocsp = bring_ocsp, .crl = bring_crl, .context = site},
    };
    enum err err = handles_new(NUM_HANDLES, &site->handles);
    return err != ERR_NONE ? err : challenges_new(NUM_CHALLENGES, &site->login.challenges);
}

void site_done(struct site *site)
{
    handles_free(site->handles);
    challenges_free(site->login.challenges);
    explicit_bzero(site->pseudonym_key, sizeof site->pseudonym_key);
}

/* --- answers --- */

static void respond_json(struct http_response *response, int status, json_t *json)
{
    response->status = status;
    response->content_type = "application/json";
    http_response_header(response, "Cache-Control", "no-store");
    char *text = json_dumps(json, JSON_COMPACT);
    buffer_put_text(&response->body, text ? text : "{}");
    buffer_put_text(&response->body, "\n");
    free(text);
    json_decref(json);
}

static void respond_verdict(struct http_response *response, enum verdict_answer answer,
                            const char *reason, const char *sentence, const char *pseudonym)
{
    static const int statuses[] = {
        [VERDICT_CANNOT_TELL] = 503, [VERDICT_VALID] = 200, [VERDICT_INVALID] = 403};
    fprintf(stderr, "login: %s: %s\n", verdict_name(answer), reason);
    json_t *json = json_pack("{s:s, s:s, s:s}", "verdict", verdict_name(answer), "reason", reason,
                             "sentence", sentence);
    if (pseudonym[0])
        json_object_set_new(json, "pseudonym", json_string(pseudonym));
    respond_json(response, statuses[answer], json);
}

/* The site is for loopback: on https the cookie would be Secure as well. */
static void set_cookie(struct http_response *response, const struct site_session *session)
{
    http_response_header(response, "Set-Cookie",
                         SESSION_COOKIE "=%s; Path=/; HttpOnly; SameSite=Lax", session->id);
}

static struct site_session *session_of(struct site *site, const struct http_request *request)
{
    return site_session_find(&site->sessions, http_request_header(request, "Cookie"));
}

/* --- pages --- */

/* What a browser gets: a form that brings the question to the agent on its own computer. Nonce and
 * addresses are such as need no escaping. */
static void respond_page(const struct site *site, const char *nonce, const char *url,
                         struct http_response *response)
{
    response->content_type = "text/html; charset=utf-8";
    http_response_header(response, "Cache-Control", "no-store");
    http_response_header(response, "Referrer-Policy", "origin");
    buffer_put_format(&response->body,
                      "<!DOCTYPE html>\n<html lang=\"en\">\n<title>Sample site</title>\n"
                      "<form method=\"post\" action=\"http://%s/login\">\n"
                      "<input type=\"hidden\" name=\"nonce\" value=\"%s\">\n"
                      "<input type=\"hidden\" name=\"return\" value=\"%s\">\n"
                      "<button>Log in with the card</button>\n</form>\n</html>\n",
                      site->agent, nonce, url);
}

static bool wants_page(const struct site *site, const struct http_request *request)
{
    const char *accept = http_request_header(request, "Accept");
    return site->agent && accept && strstr(accept, "text/html");
}

static void get_login(void *context, const struct http_request *request,
                      struct http_response *response)
{
    struct site *site = context;
    struct site_session *session = session_of(site, request);
    if (!session)
        session = site_session_begin(&site->sessions);
    uint8_t nonce[LOGIN_NONCE];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 2 * LOGIN_NONCE);
    if (challenge_issue(site->login.challenges, bytes_of_text(session->id), clock_now(), nonce) !=
        ERR_NONE) {
        http_response_text(response, 500, "no challenge");
        return;
    }
    base64_encode(bytes_of(nonce, sizeof nonce), &text);
    char url[LOGIN_ORIGIN_MAX + 16];
    snprintf(url, sizeof url, "%s/return", site->origin);
    set_cookie(response, session);
    if (wants_page(site, request))
        respond_page(site, buffer_text(&text), url, response);
    else
        respond_json(response, 200,
                     json_pack("{s:s, s:s}", "nonce", buffer_text(&text), "return", url));
}

/* Decides nothing: the browser sends no cookie here. PROTOCOL.login 5 */
static void post_return(void *context, const struct http_request *request,
                        struct http_response *response)
{
    struct site *site = context;
    struct buffer text CLEANUP_BUFFER, nonce CLEANUP_BUFFER, token CLEANUP_BUFFER;
    buffer_init(&text, 2 * LOGIN_NONCE);
    buffer_init(&nonce, LOGIN_NONCE);
    buffer_init(&token, LOGIN_TOKEN_MAX);
    char handle[HANDLE_TEXT];
    if (strcasecmp(request->content_type, HTTP_FORM) != 0 ||
        http_form_find(request->body, "nonce", &text) != ERR_NONE ||
        base64_decode(buffer_bytes(&text), &nonce) != ERR_NONE ||
        http_form_find(request->body, "token", &token) != ERR_NONE ||
        handle_keep(site->handles, buffer_bytes(&nonce), buffer_bytes(&token), clock_now(),
                    handle) != ERR_NONE) {
        http_response_text(response, 400, "The form is not a login.");
        return;
    }
    http_response_text(response, 303, "See there.");
    http_response_header(response, "Location", "/welcome?handle=%s", handle);
    http_response_header(response, "Cache-Control", "no-store");
}

static void check_and_answer(struct site *site, struct site_session *session, struct bytes nonce,
                             struct bytes token, struct http_response *response)
{
    struct login_attempt attempt = {
        .nonce = nonce, .token = token, .session = bytes_of_text(session->id), .now = clock_now()};
    struct login_result result;
    login_check(&site->login, &attempt, &result);
    if (result.answer == VERDICT_VALID)
        set_cookie(response, site_session_renew(&site->sessions, session, result.pseudonym));
    respond_verdict(response, result.answer, login_reason_name(&result),
                    login_reason_sentence(&result, language_of_locale()), result.pseudonym);
}

static void get_welcome(void *context, const struct http_request *request,
                        struct http_response *response)
{
    struct site *site = context;
    struct buffer nonce CLEANUP_BUFFER, token CLEANUP_BUFFER;
    buffer_init(&nonce, LOGIN_NONCE);
    buffer_init(&token, LOGIN_TOKEN_MAX);
    char handle[128] = "";
    enum err err = ERR_NOT_FOUND;
    if (http_request_query(request, "handle", handle, sizeof handle))
        err = handle_take(site->handles, handle, clock_now(), &nonce, &token);
    struct site_session *session = session_of(site, request);
    if (!session)
        respond_verdict(response, VERDICT_INVALID, "no-session", "there is no session", "");
    else if (err != ERR_NONE)
        respond_verdict(response, VERDICT_INVALID, "no-handle",
                        "nothing was brought here, or it came too late", "");
    else
        check_and_answer(site, session, buffer_bytes(&nonce), buffer_bytes(&token), response);
}

static void get_account(void *context, const struct http_request *request,
                        struct http_response *response)
{
    const struct site_session *session = session_of(context, request);
    if (!session || !session->subject[0]) {
        http_response_text(response, 403, "Nobody is logged in.");
        return;
    }
    respond_json(response, 200, json_pack("{s:s}", "pseudonym", session->subject));
}

const struct http_route site_routes[SITE_NUM_ROUTES] = {
    {HTTP_GET, "/login", false, 0, get_login},
    {HTTP_POST, "/return", false, 3 * LOGIN_TOKEN_MAX, post_return},
    {HTTP_GET, "/welcome", false, 0, get_welcome},
    {HTTP_GET, "/account", false, 0, get_account},
};
