/* Events as they are posted: read, asked one after the other, answered in the same order. What they
 * do is commit's to decide. */
#include "web/registry.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"

#define BEARER   "Bearer "
#define TOKEN    64 /* hexadecimal digits */
#define JSON     "application/json"
#define WITHDRAW "withdraw"

/* -- answers -- */

static void answer_json(struct page *page, int status, json_t *body)
{
    struct http_response *response = page->response;
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    json_decref(body);
    response->status = text ? status : 500;
    response->content_type = JSON;
    http_response_header(response, "Cache-Control", "no-store");
    buffer_put_text(&response->body, text ? text : "{}");
    buffer_put_text(&response->body, "\n");
    free(text);
}

static void refuse(struct page *page, int status, const char *code, const char *sentence)
{
    answer_json(page, status, json_pack("{s:{s:s, s:s}}", "error", "code", code, "text", sentence));
}

static void refuse_token(struct page *page)
{
    http_response_header(page->response, "WWW-Authenticate", "Bearer");
    refuse(page, 401, "token", "a sender's token is needed: Authorization: Bearer TOKEN");
}

/* -- who sends -- */

/* Exactly as it was given: 64 digits and small letters. It stands in a header, never in an address.
 */
static const char *token_of(const struct page *page)
{
    const char *value = http_request_header(page->request, "Authorization");
    if (!value || strncmp(value, BEARER, strlen(BEARER)) != 0)
        return NULL;
    value += strlen(BEARER);
    return strlen(value) == TOKEN && strspn(value, "0123456789abcdef") == TOKEN ? value : NULL;
}

static bool is_too_fast(struct page *page, enum pace_kind kind)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!page_is_too_fast(page, kind, &answer))
        return false;
    refuse(page, 429, counter_text(&answer, "code"), counter_text(&answer, "en"));
    return true;
}

static bool has_json(const struct page *page)
{
    const char *type = page->request->content_type;
    size_t len = strlen(JSON);
    return strncmp(type, JSON, len) == 0 && (type[len] == '\0' || type[len] == ';');
}

/* -- events -- */

/* One object, or a bounded list of them; NULL: something else. The caller's. */
static json_t *read_events(const struct page *page, bool *is_list)
{
    struct bytes body = page->request->body;
    size_t i;
    json_t *event,
        *events = json_loadb((const char *)body.data, body.len, JSON_REJECT_DUPLICATES, NULL);
    *is_list = json_is_array(events);
    if (json_is_object(events))
        events = json_pack("[o]", events);
    bool is_good = json_is_array(events) && json_array_size(events) &&
                   json_array_size(events) <= LIMIT_EVENTS_POSTED;
    json_array_foreach (events, i, event)
        is_good = is_good && json_is_object(event);
    if (is_good)
        return events;
    json_decref(events);
    return NULL;
}

/* An event is the act `event` with its fields; one to withdraw is named by its number. */
static const char *act_of(json_t *event, json_t **fields)
{
    json_t *number = json_object_get(event, WITHDRAW);
    *fields = json_copy(event);
    if (!number)
        return "event";
    json_object_del(*fields, WITHDRAW);
    json_object_set(*fields, "reference", number);
    return json_object_get(event, "reference") ? NULL : "event-withdraw";
}

static bool is_code(const struct counter_answer *answer, const char *code)
{
    return strcmp(counter_text(answer, "code"), code) == 0;
}

/* Whether the centre is not there, or could not do what it should: those behind it are not asked.
 */
static bool is_away(const struct counter_answer *answer)
{
    static const char *const of_event[] = {"malformed", "limit", "exists", "unsupported"};
    bool is_of_event = false;
    for (size_t i = 0; i < COUNT_OF(of_event); i++)
        is_of_event = is_of_event || is_code(answer, of_event[i]);
    return answer->outcome == COUNTER_FAILED && (!answer->detail || !is_of_event);
}

static json_t *result_of(json_t *event, const struct counter_answer *answer)
{
    static const char *const outcomes[] = {
        [COUNTER_FAILED] = "error", [COUNTER_REFUSED] = "refused", [COUNTER_DONE] = "done"};
    json_t *reference = json_object_get(event, WITHDRAW);
    json_t *result = json_object();
    if (!reference)
        reference = json_object_get(event, "reference");
    if (json_is_string(reference))
        json_object_set(result, "reference", reference);
    json_object_set(result, outcomes[answer->outcome], answer->detail);
    return result;
}

/* The status of one event; a list is answered 200, and each of it says for itself. */
static int status_of(const struct counter_answer *answer)
{
    static const int statuses[] = {
        [COUNTER_FAILED] = 400, [COUNTER_REFUSED] = 409, [COUNTER_DONE] = 200};
    return statuses[answer->outcome];
}

/* Asks one; *status is what the answer to the request becomes, 0: it goes on. False: it ends here.
 */
static bool send_event(struct page *page, const char *token, json_t *event, json_t *results,
                       int *status)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    json_t *fields;
    const char *act = act_of(event, &fields);
    if (act)
        line_ask_as_sender(page->site->line, token, act, fields, &answer);
    else {
        json_decref(fields);
        answer.detail = json_pack("{s:s, s:s}", "code", "malformed", "text",
                                  "an event is sent or withdrawn, not both");
    }
    if (is_away(&answer)) {
        *status = 503;
        return false;
    }
    if (answer.outcome == COUNTER_REFUSED && is_code(&answer, "token")) {
        *status = 401;
        return false;
    }
    json_array_append_new(results, result_of(event, &answer));
    *status = status_of(&answer);
    return true;
}

static void answer_results(struct page *page, int status, json_t *results)
{
    if (status == 401) {
        json_decref(results);
        page_count_pace(page, PACE_WRONG_TOKEN);
        refuse_token(page);
        return;
    }
    if (status == 503)
        http_response_header(page->response, "Retry-After", "2");
    answer_json(page, status, json_pack("{s:o}", "events", results));
}

void registry_post_events(struct page *page)
{
    bool is_list, goes_on = true;
    int status = 200;
    size_t i;
    json_t *event, *results = NULL;
    if (is_too_fast(page, PACE_WRONG_TOKEN) || is_too_fast(page, PACE_FEED))
        return;
    const char *token = token_of(page);
    if (!token) {
        page_count_pace(page, PACE_WRONG_TOKEN);
        refuse_token(page);
        return;
    }
    if (!has_json(page)) {
        refuse(page, 415, "content-type", "events are application/json");
        return;
    }
    json_t *events = read_events(page, &is_list);
    if (!events) {
        refuse(page, 400, "malformed", "not one event, nor a list of 1 to 50 events");
        return;
    }
    results = json_array();
    json_array_foreach (events, i, event)
        if (goes_on) {
            page_count_pace(page, PACE_FEED);
            goes_on = send_event(page, token, event, results, &status);
        }
    json_decref(events);
    answer_results(page, goes_on && is_list ? 200 : status, results);
}
