#include "web/date_words.h"

#include <string.h>

#include "base/limits.h"

/* The word of that place, from 0 on, in a phrase of several. */
static void put_word(const struct page *page, const char *phrase, unsigned place,
                     struct buffer *out)
{
    json_t *words = page_phrase(page, phrase);
    const char *at = json_string_value(words);
    for (; place && *at; place--) {
        at += strcspn(at, " ");
        at += strspn(at, " ");
    }
    buffer_put(out, at, strcspn(at, " "));
    json_decref(words);
}

static void put_year(const struct page *page, struct date date, struct buffer *out)
{
    (void)page;
    buffer_put_format(out, "%d", date.year);
}

static void put_month(const struct page *page, struct date date, struct buffer *out)
{
    put_word(page, "months", date.month - 1u, out);
}

static void put_day(const struct page *page, struct date date, struct buffer *out)
{
    (void)page;
    buffer_put_format(out, "%u", date.day);
}

static void put_weekday(const struct page *page, struct date date, struct buffer *out)
{
    put_word(page, "weekdays", date_weekday(date), out);
}

static const struct {
    const char *name;
    void (*put)(const struct page *page, struct date date, struct buffer *out);
} parts[] = {
    {"{year}", put_year},
    {"{month}", put_month},
    {"{day}", put_day},
    {"{weekday}", put_weekday},
};

/* The part that a text begins with, written; returns how long its name is. */
static size_t put_part(const struct page *page, const char *text, struct date date,
                       struct buffer *out)
{
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (strncmp(text, parts[i].name, strlen(parts[i].name)) == 0) {
            parts[i].put(page, date, out);
            return strlen(parts[i].name);
        }
    return 0;
}

json_t *date_words_json(const struct page *page, const char *phrase, struct date date)
{
    struct buffer text CLEANUP_BUFFER;
    json_t *form = page_phrase(page, phrase);
    buffer_init(&text, LIMIT_CONFIG_FILE);
    for (const char *at = json_string_value(form); *at;) {
        size_t len = put_part(page, at, date, &text);
        if (len == 0)
            buffer_put(&text, at, len = 1);
        at += len;
    }
    json_decref(form);
    return json_of_bytes(buffer_bytes(&text));
}
