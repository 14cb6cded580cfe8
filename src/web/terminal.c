#include "web/terminal.h"

#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"

#define ID_LEN 64 /* hexadecimal digits */
#define SCHEME "Bearer "

/* What it may ask at all; what it may ask now is commit's to say. */
static const struct {
    const char *act;
    bool is_first; /* asked before it has an id */
} acts[] = {
    {"terminal-begin", true}, {"terminal-look", false},
    {"nonce", false},         {"card-present", false},
    {"permit", false},        {"pin", false},
    {"issue", false},         {"certificate", false},
    {"receipt", false},       {"certificate-reenter", false},
};

static bool act_is_asked(const char *act, bool is_first)
{
    for (size_t i = 0; act && i < COUNT_OF(acts); i++)
        if (strcmp(acts[i].act, act) == 0)
            return acts[i].is_first == is_first;
    return false;
}

/* The id in Authorization; NULL: there is none. False: it is malformed. */
static bool read_id(const struct http_request *request, const char **out)
{
    const char *value = http_request_header(request, "Authorization");
    *out = NULL;
    if (!value)
        return true;
    if (strncmp(value, SCHEME, strlen(SCHEME)) != 0)
        return false;
    *out = value + strlen(SCHEME);
    return strlen(*out) == ID_LEN && strspn(*out, "0123456789abcdef") == ID_LEN;
}

/* The body: exactly an act and its fields. */
static json_t *read_body(const struct http_request *request)
{
    if (strcmp(request->content_type, "application/json") != 0)
        return NULL;
    json_t *body = json_loadb((const char *)request->body.data, request->body.len,
                              JSON_REJECT_DUPLICATES, NULL);
    bool is_good = json_object_size(body) == 2 && json_is_string(json_object_get(body, "act")) &&
                   json_is_object(json_object_get(body, "fields"));
    if (!is_good)
        json_decref(body);
    return is_good ? body : NULL;
}

static void answer_json(struct http_response *response, int status, const char *name,
                        json_t *detail)
{
    json_t *json = json_pack("{s:O?}", name, detail);
    char *text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    json_decref(json);
    if (!text) {
        http_response_text(response, 500, "out of memory");
        return;
    }
    response->status = status;
    response->content_type = "application/json";
    buffer_put_format(&response->body, "%s\n", text);
    http_response_header(response, "Cache-Control", "no-store");
    explicit_bzero(text, strlen(text));
    free(text);
}

static void answer_error(struct http_response *response, int status, const char *code)
{
    json_t *detail = json_pack("{s:s, s:s}", "code", code, "text", code);
    answer_json(response, status, "error", detail);
    json_decref(detail);
}

static void tell(struct http_response *response, const struct counter_answer *answer)
{
    const char *code = counter_text(answer, "code");
    if (answer->outcome == COUNTER_DONE)
        answer_json(response, 200, "answer", answer->detail);
    else if (answer->outcome == COUNTER_REFUSED)
        answer_json(response, strcmp(code, "no-terminal") == 0 ? 401 : 409, "refused",
                    answer->detail);
    else if (answer->detail)
        answer_json(response, page_is_malformed(answer) ? 400 : 503, "error", answer->detail);
    else
        answer_error(response, 503, "no-centre");
}

/* Who begins, and who guesses, has a pace. */
static void ask(const struct site *site, struct page *page, const char *id, json_t *body)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const char *act = json_string_value(json_object_get(body, "act"));
    json_t *fields = json_object_get(body, "fields");
    if (page_is_too_fast(page, id ? PACE_WRONG_TOKEN : PACE_TERMINAL, &answer)) {
        answer_json(page->response, 429, "refused", answer.detail);
        return;
    }
    if (id) {
        line_ask_terminal(site->line, id, act, json_incref(fields), &answer);
    } else {
        line_ask(site->line, NULL, act, json_incref(fields), &answer);
        page_count_pace(page, PACE_TERMINAL);
    }
    if (id && strcmp(counter_text(&answer, "code"), "no-terminal") == 0)
        page_count_pace(page, PACE_WRONG_TOKEN);
    tell(page->response, &answer);
}

void terminal_post(void *context, const struct http_request *request,
                   struct http_response *response)
{
    struct page page CLEANUP_PAGE = page_begin(context, "/terminal", request, response);
    const char *id;
    json_t *body = read_body(request);
    bool is_good = read_id(request, &id) && body &&
                   act_is_asked(json_string_value(json_object_get(body, "act")), !id);
    if (is_good)
        ask(page.site, &page, id, body);
    else
        answer_error(response, 400, "malformed");
    json_decref(body);
}
