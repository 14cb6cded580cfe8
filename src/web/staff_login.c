#include "web/staff_login.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "http/form.h"
#include "login/handle.h"
#include "web/cookie.h"
#include "web/staff.h"

#define CODE_MAX    64
#define COOKIE      "staff-login"
#define LOGIN_TEXT  65 /* 64 hexadecimal digits and a zero */
#define NUM_HANDLES 64
#define SECONDS     300

/* --- what the agent brought --- */

struct card_logins {
    pthread_mutex_t lock;
    struct handles *handles;
};

enum err card_logins_new(struct card_logins **out)
{
    struct card_logins *logins = calloc(1, sizeof *logins);
    if (!logins)
        return ERR_MEMORY;
    pthread_mutex_init(&logins->lock, NULL);
    enum err err = handles_new(NUM_HANDLES, &logins->handles);
    if (err != ERR_NONE)
        free(logins);
    else
        *out = logins;
    return err;
}

void card_logins_free(struct card_logins *logins)
{
    if (!logins)
        return;
    handles_free(logins->handles);
    pthread_mutex_destroy(&logins->lock);
    free(logins);
}

static int64_t seconds_now(void)
{
    return clock_monotonic() / 1000;
}

static bool nonce_and_token(const struct page *page, struct buffer *nonce, struct buffer *token)
{
    struct buffer text CLEANUP_BUFFER;
    struct bytes form = page->request->body;
    buffer_init(&text, 2 * LOGIN_NONCE);
    buffer_init(nonce, LOGIN_NONCE);
    buffer_init(token, LOGIN_TOKEN_MAX);
    return strcasecmp(page->request->content_type, HTTP_FORM) == 0 &&
           http_form_find(form, "nonce", &text) == ERR_NONE &&
           base64_decode(buffer_bytes(&text), nonce) == ERR_NONE && nonce->len == LOGIN_NONCE &&
           http_form_find(form, "token", token) == ERR_NONE && token->len > 0;
}

/* Nothing is decided here, and whose browser it is cannot be known: it sends no cookie along. */
void staff_post_from_agent(struct desk *desk)
{
    char handle[HANDLE_TEXT];
    struct buffer nonce CLEANUP_BUFFER, token CLEANUP_BUFFER, query CLEANUP_BUFFER;
    struct page *page = &desk->page;
    struct card_logins *logins = page->site->card_logins;
    buffer_init(&query, LIMIT_HTTP_BODY);
    if (!nonce_and_token(page, &nonce, &token)) {
        page_refuse(page, 400, "not-understood");
        return;
    }
    pthread_mutex_lock(&logins->lock);
    enum err err = handle_keep(logins->handles, buffer_bytes(&nonce), buffer_bytes(&token),
                               seconds_now(), handle);
    pthread_mutex_unlock(&logins->lock);
    if (err != ERR_NONE) {
        page_refuse(page, 503, "staff-not-done");
        return;
    }
    http_form_put(&query, "handle", bytes_of_text(handle));
    desk_go(desk, page->path, buffer_bytes(&query));
}

static void put_hex(json_t *fields, const char *name, struct bytes value)
{
    char hex[2 * LIMIT_CERTIFICATE + 1];
    json_object_set_new(fields, name, json_string(hex_print(value.data, value.len, hex)));
}

static json_t *fields_of(const char *login, struct bytes nonce, struct bytes text)
{
    struct login_token token;
    struct buffer room CLEANUP_BUFFER;
    buffer_init(&room, LOGIN_TOKEN_MAX);
    if (login_token_parse(text, &room, &token, NULL) != ERR_NONE ||
        token.cert.len > LIMIT_CERTIFICATE || token.signature.len > LIMIT_SIGNATURE)
        return NULL;
    json_t *fields = json_pack("{s:s}", "login", login);
    put_hex(fields, "login_nonce", nonce);
    put_hex(fields, "certificate", token.cert);
    put_hex(fields, "signature", token.signature);
    return fields;
}

/* The fields of the act for what was kept under a handle; NULL: there is nothing (any more). */
static json_t *take(struct desk *desk, const char *handle)
{
    char login[LOGIN_TEXT];
    struct buffer nonce CLEANUP_BUFFER, token CLEANUP_BUFFER;
    struct card_logins *logins = desk->page.site->card_logins;
    buffer_init(&nonce, LOGIN_NONCE);
    buffer_init(&token, LOGIN_TOKEN_MAX);
    pthread_mutex_lock(&logins->lock);
    enum err err = handle_take(logins->handles, handle, seconds_now(), &nonce, &token);
    pthread_mutex_unlock(&logins->lock);
    bool is_browser = cookie_read(&desk->page, COOKIE, LOGIN_TEXT - 1, login);
    cookie_write(&desk->page, COOKIE, "", COOKIE_LAX, 0);
    return err == ERR_NONE && is_browser
               ? fields_of(login, buffer_bytes(&nonce), buffer_bytes(&token))
               : NULL;
}

/* --- the way to the agent --- */

static bool challenge_encode(const char *hex, struct buffer *out)
{
    uint8_t nonce[LOGIN_NONCE];
    if (hex_decode_exactly(hex, nonce, sizeof nonce) != ERR_NONE)
        return false;
    base64_encode(bytes_of(nonce, sizeof nonce), out);
    return buffer_text(out) != NULL;
}

/* A form for the agent, which comes back to that path. None, where these pages have no origin that
 * a card would sign, or the centre does not answer: then there is still the code. */
static void offer_card(struct desk *desk, const char *path, json_t *data)
{
    char origin[LOGIN_ORIGIN_MAX];
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct buffer nonce CLEANUP_BUFFER;
    buffer_init(&nonce, 2 * LOGIN_NONCE);
    if (login_origin_of_url(page->site->url, origin, NULL) != ERR_NONE)
        return;
    line_ask(page->site->line, NULL, "login-challenge", json_object(), &answer);
    if (answer.outcome != COUNTER_DONE ||
        !challenge_encode(counter_text(&answer, "login_nonce"), &nonce))
        return;
    json_t *back = page_link(page, path);
    json_object_set_new(data, "card",
                        json_pack("{s:s, s:s, s:o}", "agent_url", LOGIN_AGENT "/login", "nonce",
                                  buffer_text(&nonce), "return_url",
                                  json_sprintf("%s%s", page->site->url, json_string_value(back))));
    json_decref(back);
    /* after the way back from the agent's page, which is another site's, it is still to be sent */
    cookie_write(page, COOKIE, counter_text(&answer, "login"), COOKIE_LAX, SECONDS);
    page->leads_to_agent = true;
}

/* --- logging in and out --- */

/* refused: a sentence, or NULL; taken over. */
static void answer_login(struct desk *desk, int status, json_t *refused)
{
    struct page *page = &desk->page;
    json_t *data = json_pack("{s:o, s:o}", "title", page_phrase(page, "staff-login-title"),
                             "login_url", page_link(page, "/staff/login"));
    if (refused)
        json_object_set_new(data, "refused", refused);
    offer_card(desk, "/staff/login/card", data);
    page->response->status = status;
    page_answer(page, "staff-login", data);
}

void staff_get_login(struct desk *desk)
{
    answer_login(desk, 200, NULL);
}

/* Whoever had logged in with this browser before has not any more. */
static void keep_session(struct desk *desk, const struct counter_answer *answer)
{
    struct counter_answer ended CLEANUP_COUNTER_ANSWER = {0};
    if (desk_session(desk))
        line_ask(desk->page.site->line, desk_session(desk), "session-end", json_object(), &ended);
    desk_cookie(desk, counter_text(answer, "session"));
}

static bool is_wrong_code(const struct counter_answer *answer)
{
    return strcmp(counter_text(answer, "code"), "login-code") == 0;
}

static void ask_code(struct desk *desk, const char *code, struct counter_answer *out)
{
    if (page_is_too_fast(&desk->page, PACE_WRONG_CODE, out))
        return;
    line_ask(desk->page.site->line, NULL, "session-begin", json_pack("{s:s}", "login_code", code),
             out);
    if (is_wrong_code(out))
        page_count_pace(&desk->page, PACE_WRONG_CODE);
}

void staff_post_login(struct desk *desk)
{
    char code[CODE_MAX];
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!page_may_post(page))
        return;
    if (!page_form_text(page, "code", code, sizeof code)) {
        answer_login(desk, 400, page_phrase(page, "staff-login-no-code"));
        return;
    }
    ask_code(desk, code, &answer);
    explicit_bzero(code, sizeof code);
    if (answer.outcome == COUNTER_DONE) {
        desk_go(desk, "/staff", bytes_of("", 0));
        keep_session(desk, &answer);
    } else if (answer.outcome == COUNTER_REFUSED) {
        bool is_too_fast = strcmp(counter_text(&answer, "code"), "too-fast") == 0;
        answer_login(desk, is_too_fast ? 429 : 403,
                     is_wrong_code(&answer) ? page_phrase(page, "staff-login-wrong-code")
                                            : page_sentence(page, &answer));
    } else {
        desk_tell_failure(desk, &answer);
    }
}

/* The next page must be asked for by this one: whoever was led here by the agent's, another site's,
 * would come without the session. */
static void answer_welcome(struct desk *desk, const struct counter_answer *who)
{
    struct page *page = &desk->page;
    json_t *url = page_link(page, "/staff");
    http_response_header(page->response, "Refresh", "0; url=%s", json_string_value(url));
    page_answer(page, "staff-welcome",
                json_pack("{s:o, s:s, s:o}", "title", page_phrase(page, "staff-welcome"), "label",
                          counter_text(who, "label"), "staff_url", url));
}

void staff_get_card_login(struct desk *desk)
{
    char handle[HANDLE_TEXT] = "";
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    (void)!http_request_query(page->request, "handle", handle, sizeof handle);
    json_t *fields = take(desk, handle);
    if (!fields) {
        answer_login(desk, 403, page_phrase(page, "staff-login-again"));
        return;
    }
    line_ask(page->site->line, NULL, "card-login", fields, &answer);
    if (answer.outcome == COUNTER_DONE) {
        keep_session(desk, &answer);
        answer_welcome(desk, &answer);
    } else if (answer.outcome == COUNTER_REFUSED) {
        answer_login(desk, 403, page_sentence(page, &answer));
    } else {
        desk_tell_failure(desk, &answer);
    }
}

void staff_post_logout(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!page_may_post(&desk->page))
        return;
    line_ask(desk->page.site->line, desk->session, "session-end", json_object(), &answer);
    if (answer.outcome == COUNTER_FAILED) {
        desk_tell_failure(desk, &answer);
        return;
    }
    desk_go(desk, "/staff/login", bytes_of("", 0));
    desk_cookie(desk, "");
}

/* --- one's own cards --- */

void staff_get_cards(struct desk *desk)
{
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!desk_ask(desk, "staff-card-list", json_object(), &answer))
        return;
    size_t i;
    json_t *row, *cards = json_object_get(answer.detail, "cards"), *has_good = json_false();
    json_array_foreach (cards, i, row)
        if (json_is_true(json_object_get(row, "is_good")))
            has_good = json_true();
    json_t *data =
        json_pack("{s:o, s:O, s:o, s:o}", "title", page_phrase(page, "staff-cards"), "cards", cards,
                  "has_good", has_good, "end_url", page_link(page, "/staff/card/end"));
    offer_card(desk, "/staff/card/new", data);
    staff_answer(desk, "staff-cards", data);
}

/* From the agent's page the session does not come along: the button here brings it. */
void staff_get_new_card(struct desk *desk)
{
    char handle[HANDLE_TEXT] = "";
    struct page *page = &desk->page;
    (void)!http_request_query(page->request, "handle", handle, sizeof handle);
    page_answer(page, "staff-new-card",
                json_pack("{s:o, s:s, s:o}", "title", page_phrase(page, "staff-card-add"), "handle",
                          handle, "add_url", page_link(page, "/staff/card/add")));
}

void staff_post_new_card(struct desk *desk)
{
    char handle[HANDLE_TEXT] = "";
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!page_may_post(page))
        return;
    (void)!page_form_text(page, "handle", handle, sizeof handle);
    json_t *fields = take(desk, handle);
    if (!fields)
        page_refuse(page, 403, "staff-login-again");
    else if (desk_ask(desk, "staff-card-add", fields, &answer))
        desk_go(desk, "/staff/card", bytes_of("", 0));
}
