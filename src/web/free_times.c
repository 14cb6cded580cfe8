#include "web/free_times.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "web/date_words.h"

#define MONTHS_MAX (LIMIT_APPOINTMENT_DAYS / 28 + 2) /* that a search goes through */

void free_ask(const struct page *page, const struct free_day *day, struct counter_answer *out)
{
    char date[DATE_TEXT];
    line_ask(page->site->line, day->session, "appointment-free",
             json_pack("{s:s, s:s, s:s}", "office", day->office, "procedure",
                       procedure_name(day->procedure), "date", date_print(day->date, date)),
             out);
}

bool free_has_starts(const struct counter_answer *answer)
{
    return json_array_size(json_object_get(answer->detail, "starts")) > 0;
}

/* --- the next one --- */

static bool date_of_json(json_t *text, struct date *out)
{
    return json_is_string(text) && date_parse(json_string_value(text), out) == ERR_NONE;
}

static struct date first_of_next(struct date date)
{
    return date_add_months((struct date){date.year, date.month, 1}, 1);
}

static bool is_bookable(const struct counter_answer *answer, struct date date)
{
    struct date last;
    return date_of_json(json_object_get(answer->detail, "last_day"), &last) &&
           date_compare(date, last) <= 0;
}

/* A day behind that one which has a start, or the first of the next month. */
static struct date day_behind(const struct counter_answer *answer, struct date date)
{
    size_t i;
    json_t *day;
    struct date found;
    json_array_foreach (json_object_get(answer->detail, "days"), i, day)
        if (date_of_json(day, &found) && date_compare(found, date) > 0)
            return found;
    return first_of_next(date);
}

void free_find(const struct page *page, struct free_day *day, struct counter_answer *out)
{
    free_ask(page, day, out);
    for (int i = 0; i < 2 * MONTHS_MAX && out->outcome == COUNTER_DONE && !free_has_starts(out);
         i++) {
        struct date next = day_behind(out, day->date);
        if (!is_bookable(out, next))
            return;
        counter_answer_done(out);
        day->date = next;
        free_ask(page, day, out);
    }
}

/* --- in words --- */

json_t *free_starts(const struct page *page, const struct counter_answer *answer, struct date date,
                    int64_t chosen)
{
    size_t i;
    json_t *start, *list = json_array(), *day = date_words_json(page, "date", date);
    json_array_foreach (json_object_get(answer->detail, "starts"), i, start) {
        json_t *time = json_object_get(start, "time");
        const char *at = json_string_value(json_object_get(start, "at"));
        json_array_append_new(list, json_pack("{s:O, s:o, s:b}", "time", time, "text",
                                              json_sprintf("%s %s", json_string_value(day), at),
                                              "is_chosen", json_integer_value(time) == chosen));
    }
    json_decref(day);
    return list;
}

static void put_date(json_t *month, const char *name, struct date date)
{
    char text[DATE_TEXT];
    json_object_set_new(month, name, json_string(date_print(date, text)));
}

json_t *free_month(const struct page *page, const struct counter_answer *answer, struct date date)
{
    size_t i;
    json_t *day, *days = json_array();
    struct date found, today = clock_today(), first = {date.year, date.month, 1},
                       next = first_of_next(date);
    json_array_foreach (json_object_get(answer->detail, "days"), i, day)
        if (date_of_json(day, &found))
            json_array_append_new(days, json_pack("{s:O, s:o}", "date", day, "text",
                                                  date_words_json(page, "day", found)));
    json_t *month =
        json_pack("{s:o, s:o}", "month", date_words_json(page, "month", date), "days", days);
    if (date_compare(first, today) > 0)
        put_date(month, "before", date_add_months(first, -1));
    if (is_bookable(answer, next))
        put_date(month, "after", next);
    return month;
}
