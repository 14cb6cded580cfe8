#include "web/staff_notices.h"

#include <stdio.h>

#include "base/limits.h"
#include "http/form.h"
#include "web/act_form.h"
#include "web/date_words.h"
#include "web/staff.h"
#include "web/staff_paper.h"
#include "web/typed.h"

#define PAGE      "/staff/notices"
#define PAPERS    "/staff/notices.pdf"
#define RETURNED  "/staff/notice/returned"
#define NUM_SHOWN LIMIT_PAPER_LETTERS /* on one page, and in one PDF */

/* --- what the address says --- */

/* The fields of notice-list; which become the query of this page in another language, too. */
static json_t *list_fields(struct page *page)
{
    char text[TYPED_MAX];
    int64_t after;
    json_t *fields = json_pack("{s:i}", "limit", NUM_SHOWN);
    if (http_request_query(page->request, "date", text, sizeof text) && text[0]) {
        http_form_put(&page->query, "date", bytes_of_text(text));
        json_object_set_new(fields, "date", json_string(text));
    }
    if (http_request_query(page->request, "after", text, sizeof text) &&
        typed_whole(text, &after)) {
        http_form_put(&page->query, "after", bytes_of_text(text));
        json_object_set_new(fields, "after", json_integer(after));
    }
    return fields;
}

static void put_place(struct buffer *query, const char *date, const char *after)
{
    http_form_put(query, "date", bytes_of_text(date));
    if (after[0])
        http_form_put(query, "after", bytes_of_text(after));
}

static json_t *day_url(const struct page *page, const char *path, const char *date,
                       const char *after)
{
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    put_place(&query, date, after);
    return page_url(page, path, buffer_bytes(&query));
}

/* --- words --- */

static void put_date(const struct page *page, json_t *row, const char *name)
{
    char text_name[48];
    struct date date;
    const char *text = json_string_value(json_object_get(row, name));
    if (!text || date_parse(text, &date) != ERR_NONE)
        return;
    snprintf(text_name, sizeof text_name, "%s_text", name);
    json_object_set_new(row, text_name, date_words_json(page, "date", date));
}

static void put_phrase(const struct page *page, json_t *row, const char *name)
{
    char key[64], text_name[48];
    snprintf(key, sizeof key, "staff-notice-%s", json_string_value(json_object_get(row, name)));
    snprintf(text_name, sizeof text_name, "%s_text", name);
    json_object_set_new(row, text_name, page_phrase(page, key));
}

static void put_letters(const struct page *page, json_t *letters)
{
    size_t i;
    json_t *row;
    json_array_foreach (letters, i, row) {
        bool is_here = json_is_true(json_object_get(row, "is_resident"));
        bool is_back = json_string_length(json_object_get(row, "returned")) > 0;
        put_phrase(page, row, "notice");
        put_date(page, row, "tells");
        put_date(page, row, "returned");
        json_object_set_new(row, "is_returned", json_boolean(is_back));
        if (is_here)
            json_object_set_new(
                row, "paper_url",
                staff_url(page, "/staff/notice/paper", "number", json_object_get(row, "number")));
    }
}

static void put_counts(const struct page *page, json_t *counts)
{
    size_t i;
    json_t *row;
    json_array_foreach (counts, i, row)
        put_phrase(page, row, "notice");
}

/* Of what came to each certificate, why there was no notice. */
static json_t *reasons_of(const struct page *page, json_t *outcomes, json_t *counts)
{
    size_t i, k;
    json_t *row, *count, *list = json_array();
    json_array_foreach (outcomes, i, row) {
        bool is_notice = false;
        json_array_foreach (counts, k, count)
            is_notice = is_notice || json_equal(json_object_get(row, "outcome"),
                                                json_object_get(count, "notice"));
        if (is_notice)
            continue;
        put_phrase(page, row, "outcome");
        json_array_append(list, row);
    }
    return list;
}

static json_t *days_json(const struct page *page, const struct counter_answer *answer)
{
    size_t i;
    json_t *day, *list = json_array();
    json_array_foreach (json_object_get(answer->detail, "days"), i, day) {
        json_t *row = json_pack("{s:O}", "date", day);
        put_date(page, row, "date");
        json_object_set_new(row, "is_chosen",
                            json_boolean(json_equal(day, json_object_get(answer->detail, "date"))));
        json_array_append_new(list, row);
    }
    return list;
}

/* --- the page --- */

static void put_next(const struct page *page, const struct counter_answer *answer, json_t *data)
{
    char after[24];
    json_t *letters = json_object_get(answer->detail, "letters");
    json_t *last = json_array_get(letters, json_array_size(letters) - 1);
    if (!json_is_true(json_object_get(answer->detail, "more")))
        return;
    snprintf(after, sizeof after, "%lld",
             (long long)json_integer_value(json_object_get(last, "number")));
    json_object_set_new(data, "next_url", day_url(page, PAGE, counter_text(answer, "date"), after));
}

void staff_get_notices(struct desk *desk)
{
    char after[24];
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!desk_ask(desk, "notice-list", list_fields(page), &answer))
        return;
    json_t *data = json_incref(answer.detail), *counts = json_object_get(data, "counts");
    if (!http_request_query(page->request, "after", after, sizeof after))
        after[0] = '\0';
    put_letters(page, json_object_get(data, "letters"));
    put_counts(page, counts);
    json_object_set_new(data, "reasons",
                        reasons_of(page, json_object_get(data, "outcomes"), counts));
    json_object_set_new(data, "day_rows", days_json(page, &answer));
    json_object_set_new(data, "title", page_phrase(page, "staff-notices"));
    json_object_set_new(data, "after", json_string(after));
    json_object_set_new(data, "returned_url", page_link(page, RETURNED));
    json_object_set_new(data, "papers_url",
                        day_url(page, PAPERS, counter_text(&answer, "date"), after));
    put_date(page, data, "date");
    put_next(page, &answer, data);
    staff_answer(desk, "staff-notices", data);
}

void staff_get_notice_paper(struct desk *desk)
{
    int64_t number;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (staff_number(desk, "number", &number) &&
        desk_ask(desk, "notice-paper", json_pack("{s:I}", "number", (json_int_t)number), &answer))
        staff_paper_answer(desk, counter_text(&answer, "paper"),
                           json_object_get(answer.detail, "items"));
}

/* The letters of a page, one behind the other; NULL: the page is answered. */
static json_t *letters_ask(struct desk *desk, json_t *rows)
{
    size_t i;
    json_t *row, *list = json_array();
    json_array_foreach (rows, i, row) {
        struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
        if (!json_is_true(json_object_get(row, "is_resident")))
            continue;
        if (!desk_ask(desk, "notice-paper",
                      json_pack("{s:O}", "number", json_object_get(row, "number")), &answer)) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, staff_paper_letter(desk->page.site, &answer));
    }
    return list;
}

void staff_get_notice_papers(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!desk_ask(desk, "notice-list", list_fields(page), &answer))
        return;
    json_t *letters = letters_ask(desk, json_object_get(answer.detail, "letters"));
    if (letters && json_array_size(letters) == 0)
        page_refuse(page, 404, "nothing-here");
    else if (letters)
        staff_paper_draw(desk, json_pack("{s:s, s:{}, s:b, s:O}", "paper", "letters", "items",
                                         "sample", page->site->is_sample, "letters", letters));
    json_decref(letters);
}

/* Leads back to where the letter stood. */
void staff_post_notice_returned(struct desk *desk)
{
    char after[24];
    struct buffer query CLEANUP_BUFFER;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const struct page *page = &desk->page;
    buffer_init(&query, LIMIT_HTTP_BODY);
    if (!page_may_post(&desk->page) ||
        !desk_ask(desk, "notice-returned", act_form_fields(page, act_form_find(RETURNED)), &answer))
        return;
    if (!page_form_text(page, "after", after, sizeof after))
        after[0] = '\0';
    put_place(&query, counter_text(&answer, "date"), after);
    desk_go(desk, PAGE, buffer_bytes(&query));
}
