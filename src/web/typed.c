#include "web/typed.h"

#include <stdlib.h>
#include <string.h>

#include "base/telephone.h"
#include "base/limits.h"
#include "base/text.h"
#include "http/form.h"

bool typed_text(const struct page *page, const char *name, char out[static TYPED_MAX])
{
    if (!page_form_text(page, name, out, TYPED_MAX))
        out[0] = '\0';
    return text_is_short(bytes_of_text(out));
}

void typed_put(const struct page *page, const char *name, json_t *object)
{
    char text[TYPED_MAX];
    (void)typed_text(page, name, text);
    json_object_set_new(object, name, json_string(text));
}

/* --- narrow letters --- */

static uint32_t narrow(uint32_t c)
{
    return text_is_hyphen(c) ? '-' : text_narrow(c);
}

/* Reads a field in narrow letters, without blanks and what else is dropped. */
static bool narrow_text(const struct page *page, const char *name, const char *dropped,
                        char out[static TYPED_MAX])
{
    char typed[TYPED_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, TYPED_MAX - 1);
    bool is_short = typed_text(page, name, typed);
    struct reader reader = reader_of(bytes_of_text(typed));
    for (uint32_t c; text_next(&reader, &c);) {
        c = narrow(c);
        if (!text_is_blank(c) && (c > 0x7f || !strchr(dropped, (int)c)))
            text_put(&text, c);
    }
    memcpy(out, text.data ? (const char *)text.data : "", text.len);
    out[text.len] = '\0';
    return is_short && text.len > 0;
}

bool typed_telephone(const struct page *page, char out[static TYPED_MAX])
{
    return narrow_text(page, "telephone", "()", out) && telephone_is_valid(bytes_of_text(out));
}

bool typed_whole(const char *text, int64_t *out)
{
    size_t len = strlen(text);
    if (len == 0 || len > 18 || strspn(text, "0123456789") != len)
        return false;
    *out = strtoll(text, NULL, 10);
    return true;
}

bool typed_number(const struct page *page, const char *name, int64_t *out)
{
    char text[TYPED_MAX];
    return narrow_text(page, name, "", text) && typed_whole(text, out);
}

bool typed_code(const struct page *page, char out[static TYPED_MAX])
{
    static const char read_as[][2] = {{'O', '0'}, {'I', '1'}, {'S', '5'}, {'Z', '2'}};
    if (!narrow_text(page, "code", "-", out))
        return false;
    for (char *at = out; *at; at++) {
        if (*at >= 'a' && *at <= 'z')
            *at = (char)(*at - 'a' + 'A');
        for (size_t i = 0; i < COUNT_OF(read_as); i++)
            if (*at == read_as[i][0])
                *at = read_as[i][1];
    }
    return true;
}

/* --- a birth date --- */

const struct typed_reckoning typed_reckonings[NUM_RECKONINGS] = {
    {"western", ERA_NONE},  {"taisho", ERA_TAISHO}, {"showa", ERA_SHOWA},
    {"heisei", ERA_HEISEI}, {"reiwa", ERA_REIWA},
};

/* 0: of no such reckoning. */
static int16_t year_of(const char *reckoning, int64_t year)
{
    for (size_t i = 0; i < NUM_RECKONINGS; i++)
        if (strcmp(typed_reckonings[i].name, reckoning) == 0) {
            enum era era = typed_reckonings[i].era;
            return era == ERA_NONE ? (int16_t)year : era_year(era, (unsigned)year);
        }
    return 0;
}

json_t *typed_reckonings_json(const struct page *page)
{
    char text[TYPED_MAX], phrase[48];
    json_t *list = json_array();
    (void)typed_text(page, "era", text);
    for (size_t i = 0; i < NUM_RECKONINGS; i++) {
        const char *name = typed_reckonings[i].name;
        snprintf(phrase, sizeof phrase, "appointment-era-%s", name);
        json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "word", name, "text",
                                              page_phrase(page, phrase), "is_chosen",
                                              strcmp(name, text) == 0));
    }
    return list;
}

bool typed_birth_date(const struct page *page, char out[static DATE_TEXT])
{
    char reckoning[TYPED_MAX];
    int64_t year, month, day;
    if (!typed_text(page, "era", reckoning) || !typed_number(page, "year", &year) ||
        !typed_number(page, "month", &month) || !typed_number(page, "day", &day) || year > 9999 ||
        month > 12 || day > 31)
        return false;
    struct date date = {year_of(reckoning, year), (uint8_t)month, (uint8_t)day};
    if (date.year == 0 || !date_is_birth_date(date))
        return false;
    date_print(date, out);
    return true;
}
