/* Booking, and what is shown once it is done. */
#include "web/appointment.h"

#include <string.h>

#include "base/limits.h"
#include "http/form.h"
#include "web/act_form.h"
#include "web/appointment_form.h"
#include "web/places.h"

/* Nobody needs an appointment, and there are other ways to one. page:S17 page:S18 */
static void answer(struct page *page, json_t *data)
{
    json_object_set_new(data, "is_taken", json_boolean(page->site->appointments.num_offices > 0));
    json_object_set_new(data, "offices", places_json(page, PLACE_OFFICE, PROCEDURE_NEW));
    json_object_set_new(data, "change_url", page_link(page, "/appointment/change"));
    page_answer(page, "appointment", data);
}

void appointment_get(struct page *page)
{
    struct wish wish = wish_read(page);
    page->is_private = true;
    answer(page, wish_walk(page, NULL, &wish));
}

/* --- what is booked --- */

/* What to bring, for that procedure: the guide asks for the rest. */
static json_t *bring_url(const struct page *page, const char *procedure)
{
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    http_form_put(&query, "what", bytes_of_text(procedure));
    return page_url(page, "/guide", buffer_bytes(&query));
}

static void answer_booked(struct page *page, const struct counter_answer *booked)
{
    json_t *data = json_incref(booked->detail);
    const char *code = counter_text(booked, "code");
    wish_put_words(page, data);
    json_object_set_new(data, "code_text", json_sprintf("%.5s-%s", code, code + strnlen(code, 5)));
    json_object_set_new(data, "title", page_phrase(page, "appointment-booked"));
    json_object_set_new(data, "bring_url", bring_url(page, counter_text(booked, "procedure")));
    json_object_set_new(data, "change_url", page_link(page, "/appointment/change"));
    json_object_set_new(data, "calendar_url", page_link(page, "/appointment/calendar"));
    page_answer(page, "appointment-booked", data);
}

static void answer_again(struct page *page, int status, const struct counter_answer *answered)
{
    struct wish wish = wish_read(page);
    page->response->status = status;
    answer(page, wish_again(page, NULL, &wish, answered));
}

void appointment_post(struct page *page)
{
    struct counter_answer booked CLEANUP_COUNTER_ANSWER = {0};
    const struct act_form *form = act_form_find(page->path);
    page->is_private = true;
    if (!page_may_post(page))
        return;
    if (!appointment_form_check(page)) {
        answer_again(page, 400, NULL);
        return;
    }
    if (page_is_too_fast(page, PACE_BOOKING, &booked)) {
        answer_again(page, 429, &booked);
        return;
    }
    page_count_pace(page, PACE_BOOKING);
    line_ask(page->site->line, NULL, form->act, act_form_fields(page, form), &booked);
    if (booked.outcome == COUNTER_DONE)
        answer_booked(page, &booked);
    else if (booked.outcome == COUNTER_REFUSED)
        answer_again(page, 409, &booked);
    else if (page_is_malformed(&booked))
        answer_again(page, 400, &booked);
    else
        page_refuse(page, 503, "appointment-away");
}
