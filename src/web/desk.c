/* Cookie, forms, refusals of the staff's pages. */
#include "web/desk.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/limits.h"
#include "base/login_token.h"
#include "base/text.h"
#include "http/form.h"

#define BUSY_SECONDS 2 /* until a browser may ask again */

/* The prefix makes a browser insist on Secure, on this host and on every path. */
static const char *cookie_name(const struct desk *desk)
{
    bool is_secure = strncmp(desk->page.site->url, "https:", strlen("https:")) == 0;
    return is_secure ? "__Host-staff" : "staff";
}

static void cookie_read(struct desk *desk)
{
    const char *cookie = http_request_header(desk->page.request, "Cookie"),
               *name = cookie_name(desk);
    size_t len = strlen(name);
    for (const char *at = cookie ? cookie : ""; *at; at += strspn(at, "; ")) {
        size_t size = strcspn(at, ";");
        if (size == len + DESK_SESSION && strncmp(at, name, len) == 0 && at[len] == '=')
            snprintf(desk->session, sizeof desk->session, "%.*s", DESK_SESSION - 1, at + len + 1);
        at += size;
    }
}

struct desk desk_begin(const struct site *site, const char *path,
                       const struct http_request *request, struct http_response *response)
{
    struct desk desk = {.page = page_begin(site, path, request, response)};
    desk.page.is_private = true;
    cookie_read(&desk);
    return desk;
}

void desk_done(struct desk *desk)
{
    page_done(&desk->page);
    explicit_bzero(desk->session, sizeof desk->session);
}

void desk_cookie(struct desk *desk, const char *session)
{
    const char *name = cookie_name(desk);
    http_response_header(desk->page.response, "Set-Cookie",
                         "%s=%s; Path=/; HttpOnly; SameSite=Lax%s%s", name, session,
                         name[0] == '_' ? "; Secure" : "", session[0] ? "" : "; Max-Age=0");
}

void desk_go(struct desk *desk, const char *path, struct bytes query)
{
    json_t *url = page_url(&desk->page, path, query);
    http_response_text(desk->page.response, 303, "See there.");
    http_response_header(desk->page.response, "Location", "%s", json_string_value(url));
    http_response_header(desk->page.response, "Cache-Control", "no-store");
    json_decref(url);
}

/* --- what commit answers --- */

static json_t *words_of(const char *text)
{
    struct buffer visible CLEANUP_BUFFER;
    buffer_init(&visible, LIMIT_CONFIG_FILE);
    text_put_visible(&visible, bytes_of_text(text));
    return json_of_bytes(buffer_bytes(&visible));
}

static void tell_refusal(struct desk *desk, const struct counter_answer *answer)
{
    struct page *page = &desk->page;
    const struct words *words = &page->language->words;
    struct bytes own = words_find(words, "reason", counter_text(answer, "code"));
    json_t *data = json_pack(
        "{s:o, s:o, s:s, s:s, s:o}", "title", page_phrase(page, "staff-refused"), "sentence",
        own.len ? json_of_bytes(own) : words_of(counter_sentence(answer, words->base)), "code",
        counter_text(answer, "code"), "statements", counter_text(answer, "statements"), "staff_url",
        page_url(page, "/staff", bytes_of("", 0)));
    if (counter_text(answer, "date")[0])
        json_object_set_new(data, "date", json_string(counter_text(answer, "date")));
    page->response->status = 409;
    page_answer(page, "staff-refusal", data);
}

/* Nothing happened: what came was none of its forms, or it could not be done, or nobody answered.
 */
static void tell_failure(struct desk *desk, const struct counter_answer *answer)
{
    bool is_malformed = strcmp(counter_text(answer, "code"), err_name(ERR_MALFORMED)) == 0;
    if (is_malformed)
        page_refuse(&desk->page, 400, "staff-not-understood");
    else
        page_refuse(&desk->page, 503, answer->detail ? "staff-not-done" : "staff-centre-away");
}

bool desk_send(struct desk *desk, const char *session, const char *act, json_t *fields,
               struct counter_answer *out)
{
    if (line_ask(desk->page.site->line, session, act, fields, out))
        return true;
    page_refuse(&desk->page, 503, "staff-busy");
    http_response_header(desk->page.response, "Retry-After", "%d", BUSY_SECONDS);
    return false;
}

bool desk_ask(struct desk *desk, const char *act, json_t *fields, struct counter_answer *out)
{
    if (!desk_send(desk, desk->session[0] ? desk->session : NULL, act, fields, out))
        return false;
    if (out->outcome == COUNTER_DONE)
        return true;
    const char *code = counter_text(out, "code");
    bool is_stranger =
        strcmp(code, "session") == 0 || (!desk->session[0] && strcmp(code, "role") == 0);
    if (out->outcome == COUNTER_REFUSED && is_stranger)
        desk_go(desk, "/staff/login", bytes_of("", 0));
    else if (out->outcome == COUNTER_REFUSED)
        tell_refusal(desk, out);
    else
        tell_failure(desk, out);
    return false;
}

/* --- forms --- */

/* A browser says where a request comes from in one header or the other; no page can change either.
 * What says neither is no browser, or one that cannot be trusted with a session. */
static bool is_own_form(const struct page *page)
{
    char own[LOGIN_ORIGIN_MAX];
    const char *site = http_request_header(page->request, "Sec-Fetch-Site");
    const char *origin = http_request_header(page->request, "Origin");
    if (site)
        return strcmp(site, "same-origin") == 0;
    return origin && login_origin_of_url(page->site->url, own, NULL) == ERR_NONE &&
           strcmp(origin, own) == 0;
}

bool desk_may_post(struct desk *desk)
{
    if (!is_own_form(&desk->page))
        page_refuse(&desk->page, 403, "staff-foreign-form");
    else if (strcasecmp(desk->page.request->content_type, HTTP_FORM) != 0)
        page_refuse(&desk->page, 415, "staff-not-understood");
    else
        return true;
    return false;
}

bool desk_form_text(const struct desk *desk, const char *name, char *out, size_t size)
{
    struct buffer value CLEANUP_BUFFER;
    buffer_init(&value, size - 1);
    if (http_form_find(desk->page.request->body, name, &value) != ERR_NONE || value.len == 0 ||
        !text_is_utf8(buffer_bytes(&value)) || memchr(value.data, '\0', value.len))
        return false;
    memcpy(out, value.data, value.len);
    out[value.len] = '\0';
    return true;
}
