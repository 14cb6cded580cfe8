#include "agent/login.h"

#include <string.h>

#include "agent/door.h"
#include "base/clock.h"
#include "base/encoding.h"
#include "client/login_sign.h"
#include "http/form.h"
#include "law/pin.h"
#include "reader/pcsc.h"

#define PIN_FIELD_MAX 64 /* of whatever was typed */

static const struct pin_use use = {KIND_AUTHENTICATION, .needs_certificate = true};

/* --- what is shown --- */

/* The question lives on under a new token: the page that is shown is good once. */
static json_t *question_json(struct agent *agent, const struct question *question,
                             const char *title, const char *problem)
{
    char token[QUESTION_TOKEN];
    question_keep(&agent->questions, question, token);
    json_t *json =
        json_pack("{s:o, s:s, s:s, s:s}", "title", page_word(agent, title), "token", token,
                  "origin", question->page.origin, "site_url", question->page.origin);
    if (problem)
        json_object_set_new(json, "problem", json_string(problem));
    return json;
}

/* The card does not let a PIN be asked for: what is the matter, and another look. */
static void show_obstacle(struct agent *agent, const struct question *question,
                          const struct pin_result *result, const char *problem,
                          struct http_response *response)
{
    const struct pin_words *words = pin_words_of(result->answer);
    json_t *json = question_json(agent, question, "refused-title", problem);
    json_object_set_new(json, "sentence",
                        json_string(sentence_in(words->sentence, agent->settings.language)));
    json_object_set_new(json, "is_refusal", json_true());
    json_object_set_new(json, "may_look_again", json_true());
    agent->settings.tell(question->page.origin, words->name);
    page_answer(agent, "message", json, response);
}

/* What a site asks, with what the card says of its PIN now. problem: why it is shown once more. */
static void show_question(struct agent *agent, const struct question *question, const char *problem,
                          struct http_response *response)
{
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct pin_result result = {.answer = PIN_CANNOT_TELL};
    if (pcsc_open(agent->settings.reader, &channel, &result.fault) == ERR_NONE)
        card_pin_look(&channel, &use, &result);
    if (result.answer != PIN_MAY_BE_ASKED) {
        show_obstacle(agent, question, &result, problem, response);
        return;
    }
    json_t *json = question_json(agent, question, problem ? "tries-title" : "ask-title", problem);
    json_object_set_new(json, "tries", json_integer(result.tries));
    json_object_set_new(json, "phrase_file", json_string(agent->phrase->path));
    page_answer(agent, "ask", json, response);
}

/* --- a site asks --- */

/* A field's text: a C string without a zero or a control character inside. */
static const char *field_text(struct bytes form, const char *name, struct buffer *out)
{
    if (http_form_find(form, name, out) != ERR_NONE)
        return NULL;
    const char *text = buffer_text(out);
    return text && strlen(text) == out->len && !http_has_controls(text) ? text : NULL;
}

/* What client/login says of a form, as a refusal. An origin without a host name cannot stand in a
 * Content-Security-Policy (CSP 3 2.3.1), so that no page of ours could lead back to it. */
static const struct refusal *question_read(const struct http_request *request, const char *origin,
                                           struct login_page *out)
{
    struct buffer nonce CLEANUP_BUFFER, url CLEANUP_BUFFER;
    buffer_init(&nonce, 2 * LOGIN_NONCE);
    buffer_init(&url, LOGIN_URL_MAX);
    const char *nonce_text = field_text(request->body, "nonce", &nonce);
    const char *url_text = field_text(request->body, "return", &url);
    enum err err = strchr(origin, '[') ? ERR_USAGE : ERR_PEER;
    if (err == ERR_PEER && nonce_text && url_text)
        err = login_page_make(origin, nonce_text, url_text, out, NULL);
    if (err == ERR_NONE)
        return NULL;
    return &refusals[err == ERR_USAGE    ? REFUSED_ORIGIN
                     : err == ERR_DENIED ? REFUSED_RETURN
                                         : REFUSED_FORM];
}

void login_asked(void *context, const struct http_request *request, struct http_response *response)
{
    struct agent *agent = context;
    struct question question = {.asked = clock_boot()};
    const char *origin = NULL;
    const struct refusal *refusal = door_check_site(request, agent->settings.port, &origin);
    if (!refusal)
        refusal = question_read(request, origin, &question.page);
    if (refusal) {
        page_refuse(agent, refusal, response);
        return;
    }
    agent->settings.tell(question.page.origin, "asks");
    show_question(agent, &question, NULL, response);
}

/* --- the resident answers --- */

/* The question that one of our pages was about; after that the page is used up. */
static const struct refusal *question_of(struct agent *agent, const struct http_request *request,
                                         struct question *out)
{
    struct buffer token CLEANUP_BUFFER;
    buffer_init(&token, QUESTION_TOKEN);
    const struct refusal *refusal = door_check_own(request, agent->settings.port);
    if (refusal)
        return refusal;
    if (http_form_find(request->body, "token", &token) != ERR_NONE)
        return &refusals[REFUSED_FORM];
    enum err err = question_take(&agent->questions, buffer_bytes(&token), clock_boot(), out);
    if (err == ERR_NONE)
        return NULL;
    return &refusals[err == ERR_TIMEOUT ? REFUSED_LATE : REFUSED_USED];
}

/* The page that brings the token to the site: its form, and nothing else, may lead there. */
static void show_done(struct agent *agent, const struct login_page *page,
                      const struct login_proof *proof, struct http_response *response)
{
    struct buffer nonce CLEANUP_BUFFER, text CLEANUP_BUFFER;
    buffer_init(&nonce, 2 * LOGIN_NONCE);
    buffer_init(&text, LOGIN_TOKEN_MAX);
    const struct login_token token = login_proof_token(proof);
    base64_encode(bytes_of(page->nonce, sizeof page->nonce), &nonce);
    login_token_encode(&token, &text);
    http_response_header(response, "Content-Security-Policy", PAGE_POLICY("%s"), page->origin);
    page_answer(agent, "done",
                json_pack("{s:o, s:s, s:s, s:s, s:s}", "title", page_word(agent, "done-title"),
                          "origin", page->origin, "return_url", page->return_url, "nonce",
                          buffer_text(&nonce), "token", buffer_text(&text)),
                response);
}

/* The card is opened anew: nothing held it while the resident typed. */
static void sign(struct agent *agent, const struct question *question, const struct secret *pin,
                 struct http_response *response)
{
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct login_proof proof CLEANUP_LOGIN_PROOF;
    struct pin_result result = {.answer = PIN_CANNOT_TELL};
    login_proof_init(&proof);
    if (pcsc_open(agent->settings.reader, &channel, &result.fault) == ERR_NONE)
        login_sign(&channel, &use, pin, &question->page, &proof, &result);
    card_channel_close(&channel);
    const struct pin_words *words = pin_words_of(result.answer);
    if (result.answer == PIN_IS_WRONG) {
        agent->settings.tell(question->page.origin, words->name);
        show_question(agent, question, sentence_in(words->sentence, agent->settings.language),
                      response);
    } else if (result.answer != PIN_IS_VERIFIED) {
        show_obstacle(agent, question, &result, NULL, response);
    } else {
        agent->settings.tell(question->page.origin, words->name);
        show_done(agent, &question->page, &proof, response);
    }
}

static enum err pin_read(const struct http_request *request, struct secret *out)
{
    struct buffer field CLEANUP_BUFFER; /* wiped with its end */
    buffer_init(&field, PIN_FIELD_MAX);
    enum err err = http_form_find(request->body, "pin", &field);
    return err == ERR_NONE ? secret_set(out, buffer_bytes(&field)) : err;
}

void login_pin(void *context, const struct http_request *request, struct http_response *response)
{
    struct agent *agent = context;
    struct question question;
    struct secret pin CLEANUP_SECRET;
    secret_init(&pin);
    const struct refusal *refusal = question_of(agent, request, &question);
    if (!refusal && pin_read(request, &pin) != ERR_NONE)
        refusal = &refusals[REFUSED_FORM];
    if (refusal) {
        page_refuse(agent, refusal, response);
        return;
    }
    struct ruling ruling = pin_check_old(use.kind, secret_bytes(&pin));
    const struct sentence why = {ruling.reason.en, ruling.reason.ja};
    if (ruling.decision == DECISION_ALLOWED)
        sign(agent, &question, &pin, response);
    else
        show_question(agent, &question, sentence_in(why, agent->settings.language), response);
}

void login_again(void *context, const struct http_request *request, struct http_response *response)
{
    struct agent *agent = context;
    struct question question;
    const struct refusal *refusal = question_of(agent, request, &question);
    if (refusal)
        page_refuse(agent, refusal, response);
    else
        show_question(agent, &question, NULL, response);
}

void login_cancel(void *context, const struct http_request *request, struct http_response *response)
{
    struct agent *agent = context;
    struct question question;
    const struct refusal *refusal = question_of(agent, request, &question);
    if (refusal) {
        page_refuse(agent, refusal, response);
        return;
    }
    agent->settings.tell(question.page.origin, "cancelled");
    page_answer(agent, "message",
                json_pack("{s:o, s:o, s:s}", "title", page_word(agent, "cancelled-title"),
                          "sentence", page_word(agent, "cancelled"), "site_url",
                          question.page.origin),
                response);
}
