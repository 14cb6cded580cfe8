/* See audit.h; the figures are in audit_figures.c. */
#include "web/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/form.h"
#include "web/staff.h"
#include "web/typed.h"

#define ASKED_MAX 96

/* --- what is looked for --- */

/* What the address says: from, to, actor, act, after. */
struct asked {
    char from[ASKED_MAX], to[ASKED_MAX], actor[ASKED_MAX], entry[ASKED_MAX], after[ASKED_MAX];
};

static void ask_one(struct desk *desk, const char *name, char out[static ASKED_MAX])
{
    if (!http_request_query(desk->page.request, name, out, ASKED_MAX) ||
        !text_is_utf8(bytes_of_text(out)))
        out[0] = '\0';
}

static struct asked asked_of(struct desk *desk)
{
    struct asked asked;
    ask_one(desk, "from", asked.from);
    ask_one(desk, "to", asked.to);
    ask_one(desk, "actor", asked.actor);
    ask_one(desk, "entry", asked.entry);
    ask_one(desk, "after", asked.after);
    return asked;
}

/* Without the place reached: what leads to the same search. */
static void put_query(const struct asked *asked, struct buffer *out)
{
    http_form_put(out, "from", bytes_of_text(asked->from));
    http_form_put(out, "to", bytes_of_text(asked->to));
    http_form_put(out, "actor", bytes_of_text(asked->actor));
    http_form_put(out, "entry", bytes_of_text(asked->entry));
}

/* NULL: a day that is none, or an end before the beginning. */
static json_t *fields_of(const struct asked *asked, const char *after, const char *note)
{
    struct date from, to;
    int64_t number;
    json_t *fields = json_object();
    bool is_good = !asked->to[0] || asked->from[0];
    if (asked->from[0]) {
        is_good = date_parse(asked->from, &from) == ERR_NONE;
        to = from;
        is_good = is_good && (!asked->to[0] || date_parse(asked->to, &to) == ERR_NONE);
        int days = is_good ? date_to_days(to) - date_to_days(from) + 1 : 0;
        is_good = days > 0;
        json_object_set_new(fields, "date", json_string(asked->from));
        json_object_set_new(fields, "count", json_integer(days));
    }
    if (asked->actor[0])
        json_object_set_new(fields, "name", json_string(asked->actor));
    if (asked->entry[0])
        json_object_set_new(fields, "entry", json_string(asked->entry));
    if (after[0] && typed_whole(after, &number))
        json_object_set_new(fields, "after", json_integer(number));
    if (note)
        json_object_set_new(fields, "note", json_string(note));
    if (is_good)
        return fields;
    json_decref(fields);
    return NULL;
}

static json_t *search_url(const struct page *page, const char *path, const struct asked *asked,
                          const char *name, const char *value)
{
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    put_query(asked, &query);
    http_form_put(&query, name, bytes_of_text(value));
    return page_url(page, path, buffer_bytes(&query));
}

/* --- the search --- */

static void put_entries(const struct page *page, json_t *entries)
{
    size_t i;
    json_t *row;
    json_array_foreach (entries, i, row)
        json_object_set_new(
            row, "url",
            staff_url(page, "/staff/audit/entry", "number", json_object_get(row, "number")));
}

static void put_links(struct desk *desk, const struct asked *asked,
                      const struct counter_answer *answer, json_t *data)
{
    const struct page *page = &desk->page;
    char last[24];
    snprintf(last, sizeof last, "%lld", (long long)counter_number(answer, "last"));
    json_object_set_new(data, "csv_url",
                        search_url(page, "/staff/audit/export", asked, "format", "csv"));
    json_object_set_new(data, "jsonl_url",
                        search_url(page, "/staff/audit/export", asked, "format", "jsonl"));
    if (json_is_true(json_object_get(answer->detail, "more")))
        json_object_set_new(data, "more_url",
                            search_url(page, "/staff/audit", asked, "after", last));
}

void audit_get(struct desk *desk)
{
    struct page *page = &desk->page;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct asked asked = asked_of(desk);
    json_t *fields = fields_of(&asked, asked.after, NULL);
    put_query(&asked, &page->query);
    if (!fields) {
        page_refuse(page, 400, "not-understood");
        return;
    }
    if (!desk_ask(desk, "journal-find", fields, &answer))
        return;
    json_t *entries = json_object_get(answer.detail, "entries");
    put_entries(page, entries);
    json_t *data = json_pack("{s:o, s:O, s:s, s:s, s:s, s:s, s:o, s:o}", "title",
                             page_phrase(page, "staff-audit"), "entries", entries, "from",
                             asked.from, "to", asked.to, "actor", asked.actor, "entry", asked.entry,
                             "chain_url", page_link(page, "/staff/audit/chain"), "figures_url",
                             page_link(page, "/staff/audit/figures"));
    put_links(desk, &asked, &answer, data);
    staff_answer(desk, "audit", data);
}

/* --- one entry --- */

/* Everything in it as name and text, however deep. */
static void put_facts(json_t *facts, const char *before, json_t *value)
{
    const char *name;
    json_t *inner;
    json_object_foreach (value, name, inner) {
        char path[256];
        snprintf(path, sizeof path, "%s%s%s", before, before[0] ? "." : "", name);
        if (json_is_object(inner)) {
            put_facts(facts, path, inner);
            continue;
        }
        char *text = json_is_string(inner) ? NULL : json_dumps(inner, JSON_ENCODE_ANY);
        json_array_append_new(facts, json_pack("{s:s, s:s}", "name", path, "text",
                                               json_is_string(inner) ? json_string_value(inner)
                                               : text                ? text
                                                                     : ""));
        free(text);
    }
}

void audit_get_entry(struct desk *desk)
{
    int64_t number;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!staff_number(desk, "number", &number) ||
        !desk_ask(desk, "journal-show", json_pack("{s:I}", "number", (json_int_t)number), &answer))
        return;
    json_t *entry = json_object_get(answer.detail, "entry"), *facts = json_array();
    put_facts(facts, "", json_object_get(entry, "data"));
    staff_answer(desk, "audit-entry",
                 json_pack("{s:o, s:O, s:o, s:o}", "title",
                           page_phrase(&desk->page, "staff-audit-entry"), "entry", entry, "facts",
                           facts, "audit_url", page_link(&desk->page, "/staff/audit")));
}

/* --- the chain --- */

void audit_get_chain(struct desk *desk)
{
    int64_t from = 1;
    bool is_good = true, has_more = true;
    char text[24], head[65] = "";
    struct page *page = &desk->page;
    if (http_request_query(page->request, "from", text, sizeof text) &&
        (!typed_whole(text, &from) || from < 1)) {
        page_refuse(page, 400, "not-understood");
        return;
    }
    int64_t begin = from;
    for (int i = 0; i < LIMIT_CHECK_ACTS && is_good && has_more; i++) {
        struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
        if (!desk_ask(desk, "journal-check", json_pack("{s:I}", "from", (json_int_t)from), &answer))
            return;
        from = counter_number(&answer, "next");
        is_good = json_is_true(json_object_get(answer.detail, "good"));
        has_more = json_is_true(json_object_get(answer.detail, "more"));
        snprintf(head, sizeof head, "%s", counter_text(&answer, "head"));
        if (has_more) /* the next part begins with the last entry, so that it follows from it */
            from--;
    }
    json_t *data =
        json_pack("{s:o, s:b, s:I, s:I, s:s, s:o}", "title", page_phrase(page, "staff-audit-chain"),
                  "good", is_good, "begin", (json_int_t)begin, "next", (json_int_t)from, "head",
                  head, "audit_url", page_link(page, "/staff/audit"));
    json_object_set_new(data, "last", json_integer(from - (has_more && is_good ? 0 : 1)));
    if (is_good && has_more)
        json_object_set_new(
            data, "more_url",
            staff_url(page, "/staff/audit/chain", "from", json_object_get(data, "next")));
    staff_answer(desk, "audit-chain", data);
}

/* --- a file --- */

static const char *const columns[] = {"number", "time", "act",   "outcome",
                                      "actor",  "role", "second"};

/* Quoted; a cell that a spreadsheet would take for a formula begins with an apostrophe. */
static void put_csv(struct buffer *out, json_t *row)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++) {
        json_t *value = json_object_get(row, columns[i]);
        buffer_put_text(out, i ? "," : "");
        if (json_is_integer(value)) {
            buffer_put_format(out, "%lld", (long long)json_integer_value(value));
            continue;
        }
        const char *text = json_string_value(value);
        buffer_put_text(out, text && strchr("=+-@", text[0]) && text[0] ? "\"'" : "\"");
        for (const char *at = text ? text : ""; *at; at++) {
            buffer_put_u8(out, (uint8_t)*at);
            if (*at == '"')
                buffer_put_u8(out, '"');
        }
        buffer_put_text(out, "\"");
    }
    buffer_put_text(out, "\r\n");
}

static void put_json(struct buffer *out, json_t *row)
{
    char *text = json_dumps(row, JSON_COMPACT);
    buffer_put_text(out, text ? text : "");
    buffer_put_text(out, "\n");
    free(text);
}

static void put_header(struct buffer *out)
{
    for (size_t i = 0; i < COUNT_OF(columns); i++)
        buffer_put_format(out, "%s%s", i ? "," : "", columns[i]);
    buffer_put_text(out, "\r\n");
}

/* Page after page, each an act with its entry; false: the page is answered. */
static bool export_all(struct desk *desk, const struct asked *asked, bool is_csv,
                       struct buffer *out, bool *has_more)
{
    char after[ASKED_MAX];
    size_t num = 0;
    snprintf(after, sizeof after, "%s", asked->after);
    *has_more = true;
    for (int acts = 0; *has_more && num < LIMIT_EXPORT && acts < LIMIT_CHECK_ACTS; acts++) {
        size_t i;
        json_t *row;
        struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
        json_t *fields = fields_of(asked, after, is_csv ? "export csv" : "export jsonl");
        if (!fields) {
            page_refuse(&desk->page, 400, "not-understood");
            return false;
        }
        if (!desk_ask(desk, "journal-find", fields, &answer))
            return false;
        json_array_foreach (json_object_get(answer.detail, "entries"), i, row) {
            is_csv ? put_csv(out, row) : put_json(out, row);
            num++;
        }
        *has_more = json_is_true(json_object_get(answer.detail, "more"));
        snprintf(after, sizeof after, "%lld", (long long)counter_number(&answer, "last"));
    }
    return true;
}

void audit_get_export(struct desk *desk)
{
    char format[16] = "";
    bool has_more;
    struct buffer out CLEANUP_BUFFER;
    struct http_response *response = desk->page.response;
    struct asked asked = asked_of(desk);
    buffer_init(&out, LIMIT_EXPORT * 1024);
    (void)!http_request_query(desk->page.request, "format", format, sizeof format);
    bool is_csv = strcmp(format, "csv") == 0;
    if (!is_csv && strcmp(format, "jsonl") != 0) {
        page_refuse(&desk->page, 400, "not-understood");
        return;
    }
    if (is_csv)
        put_header(&out);
    if (!export_all(desk, &asked, is_csv, &out, &has_more))
        return;
    response->content_type = is_csv ? "text/csv; charset=utf-8" : "application/jsonl";
    http_response_header(response, "Cache-Control", "no-store");
    http_response_header(response, "Content-Disposition", "attachment; filename=\"journal.%s\"",
                         format);
    if (has_more)
        http_response_header(response, "X-More", "1");
    buffer_put_bytes(&response->body, buffer_bytes(&out));
}
