#include "web/staff.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "base/text.h"
#include "http/form.h"
#include "web/staff_events.h"
#include "web/typed.h"

#define SEARCH_MAX 256
#define NUM_SHOWN  20 /* applications, or residents, on one page */

/* --- the frame of every page --- */

void staff_answer(struct desk *desk, const char *template, json_t *data)
{
    struct page *page = &desk->page;
    struct counter_answer who CLEANUP_COUNTER_ANSWER = {0};
    line_ask(page->site->line, desk_session(desk), "session-show", json_object(), &who);
    if (who.outcome == COUNTER_REFUSED) {
        json_decref(data);
        desk_go(desk, "/staff/login", bytes_of("", 0));
        return;
    }
    if (who.outcome == COUNTER_DONE)
        json_object_set_new(data, "staff", json_incref(who.detail));
    const char *roles = counter_text(&who, "roles");
    bool is_at_counter = strstr(roles, "counter") != NULL;
    json_object_set_new(data, "is_at_counter", json_boolean(is_at_counter));
    json_object_set_new(data, "is_at_desk",
                        json_boolean(is_at_counter || strstr(roles, "hotline") != NULL));
    bool is_auditor = strstr(counter_text(&who, "roles"), "auditor") != NULL;
    if (is_auditor)
        json_object_set_new(data, "journal_url", page_link(page, "/staff/audit"));
    json_object_set_new(data, "staff_url", page_link(page, "/staff"));
    json_object_set_new(data, "logout_url", page_link(page, "/staff/logout"));
    json_object_set_new(data, "cards_url", page_link(page, "/staff/card"));
    json_object_set_new(data, "residents_url", page_link(page, "/staff/residents"));
    json_object_set_new(data, "terminals_url", page_link(page, "/staff/terminals"));
    json_object_set_new(data, "hotline_url", page_link(page, "/staff/hotline"));
    json_object_set_new(data, "appointments_url", page_link(page, "/staff/appointments"));
    json_object_set_new(data, "notices_url", page_link(page, "/staff/notices"));
    json_object_set_new(data, "forecast_url", page_link(page, "/staff/forecast"));
    json_object_set_new(data, "lang", json_string(page->language->id));
    page_answer(page, template, data);
}

bool staff_number(struct desk *desk, const char *name, int64_t *out)
{
    char text[24], *end = text;
    if (http_request_query(desk->page.request, name, text, sizeof text) && text[0] >= '0' &&
        text[0] <= '9')
        *out = strtoll(text, &end, 10);
    if (end == text || *end) {
        page_refuse(&desk->page, 400, "not-understood");
        return false;
    }
    http_form_put(&desk->page.query, name, bytes_of_text(text));
    return true;
}

json_t *staff_url(const struct page *page, const char *path, const char *name, json_t *number)
{
    char text[24];
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    snprintf(text, sizeof text, "%lld", (long long)json_integer_value(number));
    http_form_put(&query, name, bytes_of_text(text));
    return page_url(page, path, buffer_bytes(&query));
}

/* --- what is open --- */

/* Rows of application-list, each with its address and the procedure in words. */
static void put_applications(const struct page *page, json_t *rows)
{
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row) {
        enum procedure procedure;
        const char *name = json_string_value(json_object_get(row, "procedure"));
        if (name && procedure_parse(name, &procedure) == ERR_NONE)
            json_object_set_new(row, "text",
                                json_of_bytes(words_procedure(&page->language->words, procedure)));
        char state[32];
        snprintf(state, sizeof state, "staff-%s", json_string_value(json_object_get(row, "state")));
        json_object_set_new(row, "state_text", page_phrase(page, state));
        json_object_set_new(
            row, "url",
            staff_url(page, "/staff/application", "number", json_object_get(row, "number")));
    }
}

void staff_get_home(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct counter_answer who CLEANUP_COUNTER_ANSWER = {0};
    if (!desk_ask(desk, "session-show", json_object(), &who))
        return;
    if (!strstr(counter_text(&who, "roles"), "counter") &&
        !strstr(counter_text(&who, "roles"), "hotline")) {
        desk_go(desk, "/staff/audit", bytes_of("", 0));
        return;
    }
    if (!desk_ask(desk, "application-list", json_pack("{s:i}", "limit", NUM_SHOWN), &answer))
        return;
    json_t *rows = json_object_get(answer.detail, "applications");
    put_applications(&desk->page, rows);
    staff_answer(desk, "staff-home",
                 json_pack("{s:o, s:O}", "title", page_phrase(&desk->page, "staff-title"),
                           "applications", rows));
}

/* --- residents --- */

/* A number is a resident's, a date the day of birth, anything else how a name begins. */
static json_t *search_fields(const char *text)
{
    struct date born;
    int64_t number;
    if (typed_whole(text, &number))
        return json_pack("{s:I}", "resident", (json_int_t)number);
    return json_pack("{s:s, s:i}",
                     date_parse_birth(text, &born) == ERR_NONE ? "birth_date" : "name", text,
                     "limit", NUM_SHOWN);
}

static void put_resident(const struct page *page, json_t *resident)
{
    char state[48];
    snprintf(state, sizeof state, "staff-card-%s",
             json_string_value(json_object_get(resident, "card_state")));
    json_object_set_new(resident, "card_state_text", page_phrase(page, state));
    json_object_set_new(
        resident, "url",
        staff_url(page, "/staff/resident", "resident", json_object_get(resident, "resident")));
}

void staff_get_residents(struct desk *desk)
{
    char text[SEARCH_MAX] = "";
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    json_t *data = json_pack("{s:o}", "title", page_phrase(page, "staff-residents"));
    bool is_asked = http_request_query(page->request, "q", text, sizeof text) && text[0] &&
                    text_is_utf8(bytes_of_text(text));
    if (is_asked) {
        http_form_put(&page->query, "q", bytes_of_text(text));
        if (!desk_ask(desk, "resident-find", search_fields(text), &answer)) {
            json_decref(data);
            return;
        }
        size_t i;
        json_t *row, *rows = json_object_get(answer.detail, "residents");
        json_array_foreach (rows, i, row)
            put_resident(page, row);
        json_object_set(data, "residents", rows);
        json_object_set(data, "more", json_object_get(answer.detail, "more"));
    }
    json_object_set_new(data, "q", json_string(is_asked ? text : ""));
    staff_answer(desk, "staff-residents", data);
}

json_t *staff_resident(struct desk *desk, int64_t number)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!desk_ask(desk, "resident-find", json_pack("{s:I}", "resident", (json_int_t)number),
                  &answer))
        return NULL;
    json_t *resident = json_array_get(json_object_get(answer.detail, "residents"), 0);
    put_resident(&desk->page, resident);
    return json_incref(resident);
}

void staff_get_resident(struct desk *desk)
{
    int64_t number;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!staff_number(desk, "resident", &number) ||
        !desk_ask(desk, "application-list",
                  json_pack("{s:I, s:i}", "resident", (json_int_t)number, "limit", NUM_SHOWN),
                  &answer))
        return;
    json_t *resident = staff_resident(desk, number);
    json_t *events = resident ? staff_events(desk, number) : NULL;
    if (!events) {
        json_decref(resident);
        return;
    }
    json_t *rows = json_object_get(answer.detail, "applications");
    put_applications(page, rows);
    staff_answer(desk, "staff-resident",
                 json_pack("{s:O, s:o, s:O, s:o, s:o}", "title", json_object_get(resident, "name"),
                           "resident", resident, "applications", rows, "events", events,
                           "intake_url",
                           staff_url(page, "/staff/intake", "resident",
                                     json_object_get(resident, "resident"))));
}
