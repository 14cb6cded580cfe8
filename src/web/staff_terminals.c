#include "web/staff_terminals.h"

#include <stdio.h>
#include <string.h>

#include "web/staff.h"

#define WATCH_SECONDS 2   /* between two looks of the watching page */
#define WATCH_QUIET   300 /* after so many seconds without a change it looks no more by itself */
#define SILENT        15  /* seconds after which a terminal is told to be away */

static json_t *phrase_of(const struct page *page, const char *group, const char *word)
{
    char key[64];
    snprintf(key, sizeof key, "staff-%s-%s", group, word);
    return page_phrase(page, key);
}

static bool is_word(json_t *row, const char *name, const char *word)
{
    const char *text = json_string_value(json_object_get(row, name));
    return text && strcmp(text, word) == 0;
}

/* One row of terminal-list, in words. */
static void put_terminal(const struct page *page, json_t *row)
{
    json_t *application = json_object_get(row, "application");
    const char *screen = json_string_value(json_object_get(row, "screen"));
    const char *kind = json_string_value(json_object_get(row, "kind"));
    json_object_set_new(row, "is_silent",
                        json_boolean(json_integer_value(json_object_get(row, "silent")) > SILENT));
    json_object_set_new(row, "is_busy", json_boolean(application != NULL));
    if (screen)
        json_object_set_new(row, "screen_text",
                            phrase_of(page, "screen", screen[0] ? screen : "called"));
    if (kind)
        json_object_set_new(row, "kind_text", phrase_of(page, "kind", kind));
    if (application)
        json_object_set_new(row, "watch_url",
                            staff_url(page, "/staff/terminal", "number", application));
}

static bool ask_terminals(struct desk *desk, struct counter_answer *out)
{
    size_t i;
    json_t *row;
    if (!desk_ask(desk, "terminal-list", json_object(), out))
        return false;
    json_array_foreach (json_object_get(out->detail, "terminals"), i, row)
        put_terminal(&desk->page, row);
    return true;
}

void staff_get_terminals(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!ask_terminals(desk, &answer))
        return;
    staff_answer(desk, "staff-terminals",
                 json_pack("{s:o, s:s, s:O, s:o, s:o}", "title",
                           page_phrase(page, "staff-terminals"), "site_address", page->site->url,
                           "terminals", json_object_get(answer.detail, "terminals"), "pair_url",
                           page_link(page, "/staff/terminal/pair"), "part_url",
                           page_link(page, "/staff/terminal/part")));
}

/* --- at an application --- */

/* The row of the terminal that is called to it; NULL: none is. Borrowed. */
static json_t *row_of(json_t *rows, int64_t number)
{
    size_t i;
    json_t *row;
    json_array_foreach (rows, i, row)
        if (json_integer_value(json_object_get(row, "application")) == number)
            return row;
    return NULL;
}

bool staff_put_terminals(struct desk *desk, json_t *application)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    int64_t number = json_integer_value(json_object_get(application, "number"));
    if (!ask_terminals(desk, &answer))
        return false;
    json_t *rows = json_object_get(answer.detail, "terminals"), *called = row_of(rows, number);
    json_object_set(application, "terminals", rows);
    json_object_set_new(application, "call_url", page_link(page, "/staff/terminal/call"));
    json_object_set_new(application, "terminals_url", page_link(page, "/staff/terminals"));
    if (called)
        json_object_set(application, "watch_url", json_object_get(called, "watch_url"));
    return true;
}

/* Nothing is left to do at it: the staff go on, or all is done. */
static bool is_over(json_t *row)
{
    return !row || is_word(row, "screen", "staff") || is_word(row, "screen", "done");
}

void staff_get_terminal(struct desk *desk)
{
    int64_t number;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!staff_number(desk, "number", &number) || !ask_terminals(desk, &answer))
        return;
    json_t *row = row_of(json_object_get(answer.detail, "terminals"), number);
    if (is_over(row)) {
        desk_go_number(desk, "/staff/application", number);
        return;
    }
    bool is_fresh = json_integer_value(json_object_get(row, "since")) < WATCH_QUIET;
    json_object_set_new(row, "title", page_count(page, "staff-application", (int)number));
    json_object_set_new(row, "number", json_integer(number));
    json_object_set_new(row, "is_fresh", json_boolean(is_fresh));
    json_object_set_new(row, "may_reset",
                        json_boolean(is_word(row, "screen", "pin") ||
                                     is_word(row, "screen", "last-try") ||
                                     is_word(row, "screen", "locked")));
    json_object_set_new(row, "reset_url", page_link(page, "/staff/reset-join"));
    json_object_set_new(row, "leave_url", page_link(page, "/staff/terminal/leave"));
    json_object_set_new(
        row, "application_url",
        staff_url(page, "/staff/application", "number", json_object_get(row, "number")));
    if (is_fresh)
        http_response_header(page->response, "Refresh", "%d", WATCH_SECONDS);
    staff_answer(desk, "staff-terminal", json_incref(row));
}
