/* See staff_events.h. */
#include "web/staff_events.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"

static const char *text_of(json_t *row, const char *name)
{
    const char *text = json_string_value(json_object_get(row, name));
    return text ? text : "";
}

/* A phrase for a word of the row, where the page's language has one. */
static void put_phrase(const struct page *page, json_t *row, const char *kind, const char *name)
{
    char key[96], to[32];
    snprintf(key, sizeof key, "staff-%s-%s", kind, text_of(row, name));
    snprintf(to, sizeof to, "%s_text", name);
    json_object_set_new(row, to, page_phrase(page, key));
}

static void put_effects(const struct page *page, json_t *effects)
{
    size_t i;
    json_t *row;
    json_array_foreach (effects, i, row) {
        char day[DATE_TEXT];
        json_int_t since = json_integer_value(json_object_get(row, "since"));
        json_int_t serial = json_integer_value(json_object_get(row, "serial"));
        put_phrase(page, row, "what", "what");
        put_phrase(page, row, "effect", "effect");
        if (!serial)
            json_object_del(row, "serial");
        if (since)
            json_object_set_new(row, "since_day",
                                json_string(date_print(date_of_time(since), day)));
    }
}

json_t *staff_events(struct desk *desk, int64_t resident)
{
    size_t i;
    json_t *row;
    const struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!desk_ask(desk, "event-list", json_pack("{s:I}", "resident", (json_int_t)resident),
                  &answer))
        return NULL;
    json_array_foreach (json_object_get(answer.detail, "events"), i, row) {
        put_phrase(page, row, "event", "event");
        put_effects(page, json_object_get(row, "outcome"));
        json_object_set_new(row, "has_outcome",
                            json_boolean(json_array_size(json_object_get(row, "outcome"))));
    }
    json_array_foreach (json_object_get(answer.detail, "ahead"), i, row) {
        put_phrase(page, row, "event", "event");
        put_phrase(page, row, "ahead", "state");
    }
    json_t *events = json_object_get(answer.detail, "events"),
           *ahead = json_object_get(answer.detail, "ahead");
    return json_pack("{s:O, s:O, s:b, s:b}", "events", events, "ahead", ahead, "has_any_events",
                     json_array_size(events) != 0, "has_any_ahead", json_array_size(ahead) != 0);
}
