#include "web/appointment_form.h"

#include <stdio.h>
#include <string.h>

#include "web/act_form.h"
#include "web/typed.h"

static bool name_is_right(const struct page *page)
{
    char text[TYPED_MAX];
    return typed_text(page, "name", text);
}

static bool birth_date_is_right(const struct page *page)
{
    char text[DATE_TEXT];
    return typed_birth_date(page, text);
}

static bool telephone_is_right(const struct page *page)
{
    char text[TYPED_MAX];
    return typed_telephone(page, text);
}

static bool note_is_right(const struct page *page)
{
    char text[TYPED_MAX];
    return !page_form_has(page, "note") || typed_text(page, "note", text);
}

static bool time_is_right(const struct page *page)
{
    int64_t time;
    return typed_number(page, "time", &time);
}

/* What a form has besides what was chosen; behind the name, "-fault" is its phrase and its item. */
static const struct {
    const char *name;
    bool (*is_right)(const struct page *page);
} typed_rows[] = {
    {"time", time_is_right},           {"name", name_is_right}, {"birth-date", birth_date_is_right},
    {"telephone", telephone_is_right}, {"note", note_is_right},
};

bool appointment_form_check(const struct page *page)
{
    bool is_right = true;
    for (size_t i = 0; i < COUNT_OF(typed_rows); i++)
        is_right = is_right && typed_rows[i].is_right(page);
    return is_right;
}

void appointment_form_put_faults(const struct page *page, json_t *form)
{
    char key[32], phrase[64];
    for (size_t i = 0; i < COUNT_OF(typed_rows); i++) {
        if (typed_rows[i].is_right(page))
            continue;
        snprintf(key, sizeof key, "%s-fault", typed_rows[i].name);
        snprintf(phrase, sizeof phrase, "appointment-%s", key);
        json_object_set_new(form, key, page_phrase(page, phrase));
    }
}

static const char *const typed_names[] = {"name", "year", "month", "day", "telephone", "note"};

json_t *appointment_form_json(const struct page *page, const struct wish *wish,
                              const struct counter_answer *answer, struct date date)
{
    int64_t time = 0;
    char text[DATE_TEXT];
    bool is_posted = page->request->method == HTTP_POST;
    if (is_posted && !typed_number(page, "time", &time))
        time = 0;
    json_t *form =
        json_pack("{s:o, s:s, s:s, s:s, s:o, s:o, s:o}", "book_url", page_link(page, page->path),
                  "procedure", procedure_name(wish->procedure), "office", wish->office->code,
                  "date", date_print(wish->date, text), "once", act_form_once(), "starts",
                  free_starts(page, answer, date, time), "reckonings", typed_reckonings_json(page));
    for (size_t i = 0; is_posted && i < COUNT_OF(typed_names); i++)
        typed_put(page, typed_names[i], form);
    return form;
}
