#include "web/staff_appointments.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/form.h"
#include "web/appointment_form.h"
#include "web/date_words.h"
#include "web/places.h"
#include "web/staff.h"
#include "web/typed.h"

#define DAY "/staff/appointments"

/* --- rows --- */

static void put_row(const struct page *page, bool has_day, json_t *row)
{
    wish_put_words(page, row);
    json_object_set_new(
        row, "url",
        staff_url(page, "/staff/appointment", "number", json_object_get(row, "number")));
    json_object_set_new(
        row, "when_text",
        json_sprintf("%s %s–%s",
                     has_day ? json_string_value(json_object_get(row, "date_text")) : "",
                     json_string_value(json_object_get(row, "at")),
                     json_string_value(json_object_get(row, "until"))));
}

static json_t *rows_json(const struct page *page, const struct counter_answer *answer, bool has_day)
{
    size_t i;
    json_t *row, *rows = json_object_get(answer->detail, "appointments");
    json_array_foreach (rows, i, row)
        put_row(page, has_day, row);
    return json_incref(rows);
}

/* --- a day --- */

static json_t *day_url(const struct page *page, const char *office, struct date date)
{
    char text[DATE_TEXT];
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    http_form_put(&query, "office", bytes_of_text(office));
    http_form_put(&query, "date", bytes_of_text(date_print(date, text)));
    return page_url(page, DAY, buffer_bytes(&query));
}

static void put_day(struct page *page, const struct wish *wish, json_t *data)
{
    char text[DATE_TEXT];
    const char *office = wish->office->code;
    http_form_put(&page->query, "office", bytes_of_text(office));
    http_form_put(&page->query, "date", bytes_of_text(date_print(wish->date, text)));
    json_object_set_new(data, "title", date_words_json(page, "staff-appointments-of", wish->date));
    json_object_set_new(data, "office_text", place_label(page, office));
    json_object_set_new(data, "date", json_string(text));
    json_object_set_new(data, "offices", wish_offices(page, wish));
    json_object_set_new(data, "before_url", day_url(page, office, date_add_days(wish->date, -1)));
    json_object_set_new(data, "after_url", day_url(page, office, date_add_days(wish->date, 1)));
    json_object_set_new(data, "book_url", page_link(page, "/staff/book"));
}

void staff_get_appointments(struct desk *desk)
{
    char text[DATE_TEXT];
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    const struct appointments *town = &page->site->appointments;
    struct wish wish = wish_read(page);
    json_t *data = json_pack("{s:o, s:b}", "title", page_phrase(page, "staff-appointments"),
                             "is_taken", town->num_offices > 0);
    if (!wish.office && town->num_offices)
        wish.office = &town->offices[0];
    if (!wish.date.year)
        wish.date = clock_today();
    if (wish.office) {
        if (!desk_ask_list(desk, "appointment-list",
                           json_pack("{s:s, s:s}", "office", wish.office->code, "date",
                                     date_print(wish.date, text)),
                           "appointments", &answer)) {
            json_decref(data);
            return;
        }
        json_object_set_new(data, "appointments", rows_json(page, &answer, false));
        put_day(page, &wish, data);
    }
    staff_answer(desk, "staff-appointments", data);
}

/* --- a caller --- */

/* What is known of the caller, as the fields of appointment-find; what was typed goes into data. */
static json_t *caller_fields(struct page *page, json_t *data)
{
    static const char *const names[] = {"number", "name", "birth_date"};
    char text[TYPED_MAX];
    json_t *fields = json_object();
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        if (!http_request_query(page->request, names[i], text, sizeof text) ||
            !text_is_short(bytes_of_text(text)))
            continue;
        int64_t number = 0;
        bool is_number = i == 0 && typed_whole(text, &number);
        http_form_put(&page->query, names[i], bytes_of_text(text));
        json_object_set_new(data, names[i], json_string(text));
        json_object_set_new(fields, names[i], is_number ? json_integer(number) : json_string(text));
    }
    return fields;
}

void staff_get_caller(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    json_t *data = json_pack("{s:o}", "title", page_phrase(page, "staff-caller"));
    json_t *fields = caller_fields(page, data);
    bool is_asked = json_object_size(fields) > 0;
    json_object_set_new(data, "is_asked", json_boolean(is_asked));
    if (!is_asked)
        json_decref(fields);
    else if (desk_ask(desk, "appointment-find", fields, &answer))
        json_object_set_new(data, "appointments", rows_json(page, &answer, true));
    else {
        json_decref(data);
        return;
    }
    staff_answer(desk, "staff-caller", data);
}

/* --- one --- */

void staff_get_appointment(struct desk *desk)
{
    int64_t number;
    struct date date;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!staff_number(desk, "number", &number) ||
        !desk_ask(desk, "appointment-show", json_pack("{s:I}", "number", (json_int_t)number),
                  &answer))
        return;
    json_t *data = answer.detail;
    const char *by = counter_text(&answer, "booked_by");
    wish_put_words(page, data);
    wish_put_move(page, desk_session(desk), &answer, data);
    json_object_set_new(data, "title", page_count(page, "staff-appointment", (int)number));
    json_object_set_new(data, "booked_by_text",
                        strcmp(by, "public") == 0 ? page_phrase(page, "staff-public")
                                                  : json_string(by));
    json_object_set_new(data, "move_url", page_link(page, "/staff/move"));
    json_object_set_new(data, "cancel_url", page_link(page, "/staff/cancel"));
    if (date_parse(counter_text(&answer, "date"), &date) == ERR_NONE)
        json_object_set_new(data, "day_url", day_url(page, counter_text(&answer, "office"), date));
    staff_answer(desk, "staff-appointment", json_incref(data));
}

/* --- booking --- */

void staff_get_booking(struct desk *desk)
{
    struct wish wish = wish_read(&desk->page);
    json_t *data = wish_walk(&desk->page, desk_session(desk), &wish);
    json_object_set_new(data, "title", page_phrase(&desk->page, "staff-book"));
    staff_answer(desk, "staff-book", data);
}

void staff_post_booking(struct desk *desk)
{
    struct wish wish = wish_read(&desk->page);
    if (!page_may_post(&desk->page))
        return;
    if (appointment_form_check(&desk->page)) {
        desk_post(desk);
        return;
    }
    json_t *data = wish_again(&desk->page, desk_session(desk), &wish, NULL);
    json_object_set_new(data, "title", page_phrase(&desk->page, "staff-book"));
    desk->page.response->status = 400;
    staff_answer(desk, "staff-book", data);
}
