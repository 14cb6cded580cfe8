/* Cookie and refusals of the staff's pages. */
#include "web/desk.h"

#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "http/form.h"
#include "web/act_form.h"
#include "web/cookie.h"

#define COOKIE       "staff"
#define BUSY_SECONDS 2 /* until a browser may ask again */

struct desk desk_begin(const struct site *site, const char *path,
                       const struct http_request *request, struct http_response *response)
{
    struct desk desk = {.page = page_begin(site, path, request, response)};
    desk.page.is_private = true;
    if (!cookie_read(&desk.page, COOKIE, DESK_SESSION - 1, desk.session))
        desk.session[0] = '\0';
    return desk;
}

void desk_done(struct desk *desk)
{
    page_done(&desk->page);
    explicit_bzero(desk->session, sizeof desk->session);
}

/* A link on another site's page comes without it: nobody is led to look somebody up. */
void desk_cookie(struct desk *desk, const char *session)
{
    cookie_write(&desk->page, COOKIE, session, COOKIE_STRICT, 0);
}

void desk_go(struct desk *desk, const char *path, struct bytes query)
{
    json_t *url = page_url(&desk->page, path, query);
    http_response_text(desk->page.response, 303, "See there.");
    http_response_header(desk->page.response, "Location", "%s", json_string_value(url));
    http_response_header(desk->page.response, "Cache-Control", "no-store");
    json_decref(url);
}

void desk_go_number(struct desk *desk, const char *path, int64_t number)
{
    char text[24];
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    snprintf(text, sizeof text, "%lld", (long long)number);
    http_form_put(&query, "number", bytes_of_text(text));
    desk_go(desk, path, buffer_bytes(&query));
}

/* --- what commit answers --- */

static void tell_refusal(struct desk *desk, const struct counter_answer *answer)
{
    struct page *page = &desk->page;
    json_t *data = json_pack(
        "{s:o, s:o, s:s, s:s, s:o}", "title", page_phrase(page, "staff-refused"), "sentence",
        page_sentence(page, answer), "code", counter_text(answer, "code"), "statements",
        counter_text(answer, "statements"), "staff_url", page_link(page, "/staff"));
    if (counter_text(answer, "date")[0])
        json_object_set_new(data, "date", json_string(counter_text(answer, "date")));
    page->response->status = 409;
    page_answer(page, "staff-refusal", data);
}

/* Nothing happened: what came was none of its forms, or others were on their way, or it could not
 * be done, or nobody answered. */
void desk_tell_failure(struct desk *desk, const struct counter_answer *answer)
{
    struct page *page = &desk->page;
    bool is_busy = strcmp(counter_text(answer, "code"), LINE_BUSY) == 0;
    if (page_is_malformed(answer))
        page_refuse(page, 400, "not-understood");
    else if (is_busy)
        page_refuse(page, 503, "staff-busy");
    else
        page_refuse(page, 503, answer->detail ? "staff-not-done" : "staff-centre-away");
    if (is_busy)
        http_response_header(page->response, "Retry-After", "%d", BUSY_SECONDS);
}

const char *desk_session(const struct desk *desk)
{
    return desk->session[0] ? desk->session : NULL;
}

bool desk_ask(struct desk *desk, const char *act, json_t *fields, struct counter_answer *out)
{
    return desk_ask_list(desk, act, fields, NULL, out);
}

bool desk_ask_list(struct desk *desk, const char *act, json_t *fields, const char *list,
                   struct counter_answer *out)
{
    if (!desk_session(desk)) { /* what the public may ask is not asked here */
        json_decref(fields);
        desk_go(desk, "/staff/login", bytes_of("", 0));
        return false;
    }
    line_ask_list(desk->page.site->line, desk_session(desk), act, fields, list, out);
    if (out->outcome == COUNTER_DONE)
        return true;
    if (out->outcome == COUNTER_REFUSED && strcmp(counter_text(out, "code"), "session") == 0)
        desk_go(desk, "/staff/login", bytes_of("", 0));
    else if (out->outcome == COUNTER_REFUSED)
        tell_refusal(desk, out);
    else
        desk_tell_failure(desk, out);
    return false;
}

/* --- forms --- */

void desk_post(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const struct act_form *form = act_form_find(desk->page.path);
    if (page_may_post(&desk->page) &&
        desk_ask(desk, form->act, act_form_fields(&desk->page, form), &answer)) {
        if (counter_number(&answer, "number"))
            desk_go_number(desk, form->next, counter_number(&answer, "number"));
        else
            desk_go(desk, form->next, bytes_of("", 0));
    }
}
