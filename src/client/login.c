#include "client/login.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "base/text.h"
#include "crypto/login_message.h"
#include "http/form.h"

#define JSON_TYPE "application/json"

static void json_cleanup(json_t **json)
{
    json_decref(*json);
}
#define CLEANUP_JSON CLEANUP(json_cleanup)

/* The body of an answer as a JSON object. */
static enum err json_read(const struct http_answer *answer, struct bytes body, json_t **out,
                          struct fault *fault)
{
    size_t type = strlen(JSON_TYPE);
    if (strncasecmp(answer->content_type, JSON_TYPE, type) != 0 ||
        strchr("; ", answer->content_type[type]) == NULL)
        return fault_set(fault, ERR_PEER, "PROTOCOL.login", "the answer is not JSON");
    json_t *json = json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(json)) {
        json_decref(json);
        return fault_set(fault, ERR_PEER, "PROTOCOL.login", "the answer is broken JSON");
    }
    *out = json;
    return ERR_NONE;
}

static const char *json_text(const json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    return text ? text : "";
}

/* PROTOCOL.login 2 */
static enum err nonce_read(const char *text, uint8_t nonce[static LOGIN_NONCE], struct fault *fault)
{
    struct buffer decoded CLEANUP_BUFFER;
    buffer_init(&decoded, LOGIN_NONCE);
    if (base64_decode(bytes_of_text(text), &decoded) != ERR_NONE || decoded.len != LOGIN_NONCE)
        return fault_set(fault, ERR_PEER, "PROTOCOL.login 2", "no nonce of %d bytes", LOGIN_NONCE);
    memcpy(nonce, decoded.data, LOGIN_NONCE);
    return ERR_NONE;
}

/* The check that origin binding stands on: a page may only be answered at its own origin. */
static enum err origin_check(const struct login_page *page, const char *url, const char *what,
                             struct fault *fault)
{
    char origin[LOGIN_ORIGIN_MAX];
    if (login_origin_of_url(url, origin, NULL) != ERR_NONE)
        return fault_set(fault, ERR_DENIED, "PROTOCOL.login 6", "the %s has no origin", what);
    if (strcmp(origin, page->origin) != 0)
        return fault_set(fault, ERR_DENIED, "PROTOCOL.login 6", "the %s is at %s", what, origin);
    return ERR_NONE;
}

/* RFC 3986 2: whatever else stands there, a browser or a library would read in its own way. */
static bool is_plain_url(const char *url)
{
    for (const char *at = url; *at; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return url[0];
}

static enum err question_take(const char *nonce, const char *url, struct login_page *page,
                              struct fault *fault)
{
    enum err err = nonce_read(nonce, page->nonce, fault);
    if (err != ERR_NONE)
        return err;
    if (!is_plain_url(url) || strlen(url) >= sizeof page->return_url)
        return fault_set(fault, ERR_PEER, "PROTOCOL.login 2", "no return address");
    snprintf(page->return_url, sizeof page->return_url, "%s", url);
    return origin_check(page, url, "return address", fault);
}

enum err login_page_make(const char *origin, const char *nonce, const char *return_url,
                         struct login_page *out, struct fault *fault)
{
    struct login_page page = {0};
    fault_name_input(fault, "login page");
    if (login_origin_of_url(origin, page.origin, fault) != ERR_NONE ||
        strcmp(origin, page.origin) != 0)
        return fault_set(fault, ERR_USAGE, "PROTOCOL.login 1", "no origin of a login page");
    enum err err = question_take(nonce, return_url, &page, fault);
    if (err == ERR_NONE)
        *out = page;
    return err;
}

enum err login_page_fetch(const char *url, struct login_page *out, struct fault *fault)
{
    struct login_page page = {0};
    fault_name_input(fault, url);
    if (login_origin_of_url(url, page.origin, fault) != ERR_NONE)
        return ERR_USAGE;
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, LIMIT_HTTP_BODY);
    struct http_fetch fetch = {.url = url, .accept = JSON_TYPE};
    struct http_answer answer;
    enum err err = http_fetch(&fetch, &body, &answer, fault);
    if (err != ERR_NONE)
        return err;
    if (answer.status != 200)
        return fault_set(fault, ERR_PEER, "PROTOCOL.login 2", "status %d", answer.status);
    json_t *json CLEANUP_JSON = NULL;
    err = json_read(&answer, buffer_bytes(&body), &json, fault);
    if (err == ERR_NONE)
        err = question_take(json_text(json, "nonce"), json_text(json, "return"), &page, fault);
    if (err != ERR_NONE)
        return err;
    memcpy(page.cookie, answer.cookie, sizeof page.cookie);
    *out = page;
    return ERR_NONE;
}

void login_page_digest(const struct login_page *page, uint8_t digest[static SHA256_LEN])
{
    uint8_t message[LOGIN_SIGNED_LEN];
    login_message(page->origin, bytes_of(page->nonce, sizeof page->nonce), message);
    sha256(bytes_of(message, sizeof message), digest);
}

/* PROTOCOL.login 5: no cookie here, as a browser that comes from elsewhere has none to send. */
static enum err token_post(const struct login_page *page, const struct login_token *token,
                           struct http_answer *answer, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER, nonce CLEANUP_BUFFER, form CLEANUP_BUFFER,
        body CLEANUP_BUFFER;
    buffer_init(&text, LOGIN_TOKEN_MAX);
    buffer_init(&nonce, LOGIN_TOKEN_MAX);
    buffer_init(&form, LIMIT_HTTP_BODY);
    buffer_init(&body, LIMIT_HTTP_BODY);
    base64_encode(bytes_of(page->nonce, sizeof page->nonce), &nonce);
    login_token_encode(token, &text);
    http_form_put(&form, "nonce", buffer_bytes(&nonce));
    http_form_put(&form, "token", buffer_bytes(&text));
    if (buffer_check(&text) != ERR_NONE || buffer_check(&form) != ERR_NONE)
        return fault_set(fault, ERR_LIMIT, "PROTOCOL.login 4", "the token is too long");
    struct http_fetch fetch = {.url = page->return_url,
                               .content_type = HTTP_FORM,
                               .body = buffer_bytes(&form),
                               .is_post = true};
    enum err err = http_fetch(&fetch, &body, answer, fault);
    if (err != ERR_NONE)
        return err;
    if (answer->status != 303 || !answer->location[0])
        return fault_set(fault, ERR_PEER, "PROTOCOL.login 5",
                         "status %d instead of 303 with a Location", answer->status);
    return origin_check(page, answer->location, "next address", fault);
}

/* PROTOCOL.login 5: the site's three answers. */
static const struct {
    const char *verdict;
    enum login_outcome outcome;
} verdicts[] = {
    {"valid", LOGIN_DONE}, {"invalid", LOGIN_REFUSED}, {"cannot-tell", LOGIN_CANNOT_TELL}};

static enum err answer_read(const json_t *json, struct login_answer *out, struct fault *fault)
{
    const char *verdict = json_text(json, "verdict");
    for (size_t i = 0; i < COUNT_OF(verdicts); i++) {
        if (strcmp(verdict, verdicts[i].verdict) != 0)
            continue;
        out->outcome = verdicts[i].outcome;
        text_copy_visible(bytes_of_text(json_text(json, "reason")), out->reason,
                          sizeof out->reason);
        text_copy_visible(bytes_of_text(json_text(json, "sentence")), out->sentence,
                          sizeof out->sentence);
        return ERR_NONE;
    }
    return fault_set(fault, ERR_PEER, "PROTOCOL.login 5", "the answer holds no verdict");
}

enum err login_page_answer(const struct login_page *page, const struct login_token *token,
                           struct login_answer *out, struct fault *fault)
{
    struct http_answer answer;
    enum err err = token_post(page, token, &answer, fault);
    if (err != ERR_NONE)
        return err;
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, LIMIT_HTTP_BODY);
    char next[HTTP_LOCATION];
    snprintf(next, sizeof next, "%s", answer.location);
    struct http_fetch fetch = {
        .url = next, .accept = JSON_TYPE, .cookie = page->cookie[0] ? page->cookie : NULL};
    err = http_fetch(&fetch, &body, &answer, fault);
    fault_name_input(fault, page->origin); /* the handle in the address is nobody's business */
    if (err != ERR_NONE)
        return err;
    json_t *json CLEANUP_JSON = NULL;
    err = json_read(&answer, buffer_bytes(&body), &json, fault);
    return err != ERR_NONE ? err : answer_read(json, out, fault);
}

const char *login_outcome_name(enum login_outcome outcome)
{
    static const char *const names[] = {
        [LOGIN_CANNOT_TELL] = "cannot-tell", [LOGIN_REFUSED] = "refused", [LOGIN_DONE] = "done"};
    return names[outcome];
}
