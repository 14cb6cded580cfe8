/* An appointment that is there already: shown to whoever has number and code, moved, cancelled, put
 * into a calendar. */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "guide/invitation.h"
#include "web/act_form.h"
#include "web/appointment.h"
#include "web/appointment_walk.h"
#include "web/places.h"
#include "web/typed.h"

#define CHANGE "/appointment/change"

static void put_urls(const struct page *page, json_t *data)
{
    static const struct {
        const char *name, *path;
    } urls[] = {
        {"book_url", "/appointment"},
        {"change_url", CHANGE},
        {"move_url", "/appointment/move"},
        {"cancel_url", "/appointment/cancel"},
        {"calendar_url", "/appointment/calendar"},
    };
    for (size_t i = 0; i < COUNT_OF(urls); i++)
        json_object_set_new(data, urls[i].name, page_link(page, urls[i].path));
}

/* --- number and code --- */

static void put_typed(const struct page *page, const char *name, json_t *data)
{
    char text[TYPED_MAX] = "";
    if (page->request->method == HTTP_POST)
        (void)typed_text(page, name, text);
    json_object_set_new(data, name, json_string(text));
}

/* Why not, with the reason's code, or NULL. refused is taken over. */
static void answer_entry(struct page *page, int status, const char *reason, json_t *refused)
{
    json_t *data = json_pack("{s:o, s:o}", "title", page_phrase(page, "appointment-change-title"),
                             "offices", places_json(page, PLACE_OFFICE, PROCEDURE_NEW));
    put_typed(page, "number", data);
    put_typed(page, "code", data);
    if (refused) {
        json_object_set_new(data, "refused", refused);
        json_object_set_new(data, "reason", json_string(reason));
    }
    put_urls(page, data);
    page->response->status = status;
    page_answer(page, "appointment-change", data);
}

void appointment_get_change(struct page *page)
{
    page->is_private = true;
    answer_entry(page, 200, NULL, NULL);
}

/* --- one appointment --- */

static void answer_shown(struct page *page, const struct counter_answer *shown, const char *notice,
                         const struct counter_answer *refused)
{
    char code[TYPED_MAX];
    json_t *data = json_incref(shown->detail);
    wish_put_words(page, data);
    put_urls(page, data);
    json_object_set_new(data, "title", page_phrase(page, "appointment-shown"));
    if (typed_code(page, code))
        json_object_set_new(data, "code", json_string(code));
    if (notice)
        json_object_set_new(data, "notice", page_phrase(page, notice));
    if (refused) {
        page->response->status = 409;
        json_object_set_new(data, "refused", page_sentence(page, refused));
        json_object_set_new(data, "reason", json_string(counter_text(refused, "code")));
    }
    wish_put_move(page, NULL, shown, data);
    page_answer(page, "appointment-shown", data);
}

/* --- asking --- */

static bool has_code(const struct counter_answer *answer, const char *code)
{
    return strcmp(counter_text(answer, "code"), code) == 0;
}

/* Whoever guesses codes has to wait. */
static void ask(struct page *page, const char *path, struct counter_answer *out)
{
    const struct act_form *form = act_form_find(path);
    if (page_is_too_fast(page, PACE_WRONG_CODE, out))
        return;
    line_ask(page->site->line, NULL, form->act, act_form_fields(page, form), out);
    if (has_code(out, "wrong-code"))
        page_count_pace(page, PACE_WRONG_CODE);
}

/* Whoever does not get as far as the appointment. */
static bool is_stranger(const struct counter_answer *answer)
{
    return answer->outcome == COUNTER_FAILED || has_code(answer, "wrong-code") ||
           has_code(answer, "by-telephone") || has_code(answer, "too-fast");
}

static void answer_refused(struct page *page, const struct counter_answer *answer)
{
    if (page_is_malformed(answer))
        answer_entry(page, 400, "malformed", page_phrase(page, "appointment-code-fault"));
    else if (answer->outcome == COUNTER_FAILED)
        page_refuse(page, 503, "appointment-away");
    else
        answer_entry(page, has_code(answer, "too-fast") ? 429 : 409, counter_text(answer, "code"),
                     page_sentence(page, answer));
}

/* What was asked for is refused: the appointment as it stands, and why. */
static void answer_unchanged(struct page *page, const struct counter_answer *refused)
{
    struct counter_answer shown CLEANUP_COUNTER_ANSWER = {0};
    ask(page, CHANGE, &shown);
    if (shown.outcome == COUNTER_DONE)
        answer_shown(page, &shown, NULL, refused);
    else
        answer_refused(page, &shown);
}

static const struct {
    const char *path, *notice;
} changes[] = {
    {CHANGE, NULL},
    {"/appointment/move", "appointment-moved"},
    {"/appointment/cancel", "appointment-canceled"},
};

void appointment_post_change(struct page *page)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    size_t change = 0;
    while (strcmp(changes[change].path, page->path) != 0)
        change++;
    page->path = CHANGE; /* in another language, too */
    page->is_private = true;
    if (!page_may_post(page))
        return;
    ask(page, changes[change].path, &answer);
    if (answer.outcome == COUNTER_DONE)
        answer_shown(page, &answer, changes[change].notice, NULL);
    else if (is_stranger(&answer))
        answer_refused(page, &answer);
    else
        answer_unchanged(page, &answer);
}

/* --- iCalendar --- */

/* The host of an address, without its port. */
static void host_of(const char *url, char out[static SITE_URL])
{
    const char *host = strstr(url, "://");
    host = host ? host + strlen("://") : url;
    size_t len = strcspn(host, ":/");
    snprintf(out, SITE_URL, "%.*s", (int)len, host);
}

/* Takes over the text. */
static void put_json(struct buffer *out, json_t *text)
{
    buffer_put_text(out, text ? json_string_value(text) : "");
    json_decref(text);
}

static void put_invitation(const struct page *page, const struct counter_answer *shown)
{
    char host[SITE_URL];
    int64_t number = counter_number(shown, "number");
    struct buffer summary CLEANUP_BUFFER, note CLEANUP_BUFFER;
    buffer_init(&summary, LIMIT_CONFIG_FILE);
    buffer_init(&note, LIMIT_CONFIG_FILE);
    put_json(&summary, page_phrase(page, "appointment-title"));
    buffer_put_format(&summary, ": %s", counter_text(shown, "procedure_text"));
    put_json(&note, page_count(page, "appointment-calendar-note", (int)number));
    buffer_put_format(&note, "\n%s", page->site->url);
    put_json(&note, page_link(page, CHANGE));
    host_of(page->site->url, host);
    const struct invitation invitation = {
        .number = number,
        .begins = counter_number(shown, "begins"),
        .ends = counter_number(shown, "ends"),
        .made = clock_now(),
        .changes = counter_number(shown, "changes"),
        .is_cancelled = strcmp(counter_text(shown, "state"), "cancelled") == 0,
        .host = host,
        .summary = buffer_bytes(&summary),
        .place = bytes_of_text(counter_text(shown, "office_text")),
        .note = buffer_bytes(&note),
    };
    invitation_encode(&invitation, &page->response->body);
}

void appointment_post_calendar(struct page *page)
{
    struct counter_answer shown CLEANUP_COUNTER_ANSWER = {0};
    const char *path = page->path;
    page->path = CHANGE;
    page->is_private = true;
    if (!page_may_post(page))
        return;
    ask(page, path, &shown);
    if (shown.outcome != COUNTER_DONE) {
        answer_refused(page, &shown);
        return;
    }
    wish_put_words(page, shown.detail);
    page->response->content_type = "text/calendar; charset=utf-8";
    http_response_header(page->response, "Cache-Control", "no-store");
    http_response_header(page->response, "Content-Disposition",
                         "attachment; filename=\"appointment-%lld.ics\"",
                         (long long)counter_number(&shown, "number"));
    put_invitation(page, &shown);
}
