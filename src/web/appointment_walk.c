#include "web/appointment_walk.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "http/form.h"
#include "law/calendar.h"
#include "web/appointment_form.h"
#include "web/date_words.h"
#include "web/places.h"
#include "web/typed.h"

#define WORD_MAX 32

/* --- what was chosen --- */

static bool read_word(const struct page *page, const char *name, char out[static WORD_MAX])
{
    return page->request->method == HTTP_POST
               ? page_form_text(page, name, out, WORD_MAX)
               : http_request_query(page->request, name, out, WORD_MAX);
}

/* The day of the time that was chosen, else the one whose times were shown. */
static struct date date_wished(const struct page *page)
{
    char word[WORD_MAX];
    struct date date;
    int64_t time;
    if (page->request->method == HTTP_POST && typed_number(page, "time", &time) &&
        time < date_start((struct date){9999, 1, 1}))
        return date_of_time(time);
    bool is_there = read_word(page, "date", word) && date_parse(word, &date) == ERR_NONE;
    return is_there ? date : (struct date){0};
}

struct wish wish_read(const struct page *page)
{
    char word[WORD_MAX];
    const struct appointments *town = &page->site->appointments;
    struct wish wish = {.date = date_wished(page)};
    wish.has_procedure = read_word(page, "procedure", word) &&
                         procedure_parse(word, &wish.procedure) == ERR_NONE &&
                         calendar_slots(town, wish.procedure);
    if (read_word(page, "office", word))
        wish.office = calendar_office(town, word);
    return wish;
}

enum choice { CHOICE_PROCEDURE, CHOICE_OFFICE, CHOICE_DATE, NUM_CHOICES };
static const struct {
    const char *name, *question;
} choices[NUM_CHOICES] = {
    [CHOICE_PROCEDURE] = {"procedure", "appointment-procedure"},
    [CHOICE_OFFICE] = {"office", "appointment-office"},
    [CHOICE_DATE] = {"date", "appointment-day"},
};

static bool is_chosen(const struct wish *wish, enum choice choice)
{
    const bool chosen[NUM_CHOICES] = {wish->has_procedure, wish->office, wish->date.year};
    return chosen[choice];
}

static const char *word_of(const struct wish *wish, enum choice choice, char date[static DATE_TEXT])
{
    if (choice == CHOICE_DATE)
        return date_print(wish->date, date);
    return choice == CHOICE_OFFICE ? wish->office->code : procedure_name(wish->procedure);
}

static json_t *text_of(const struct page *page, const struct wish *wish, enum choice choice)
{
    if (choice == CHOICE_DATE)
        return date_words_json(page, "date", wish->date);
    return choice == CHOICE_OFFICE
               ? place_label(page, wish->office->code)
               : json_of_bytes(words_procedure(&page->language->words, wish->procedure));
}

/* The address in which one of them is another word, or none: NULL. */
static json_t *url_with(const struct page *page, const struct wish *wish, enum choice changed,
                        const char *word)
{
    char date[DATE_TEXT];
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    for (enum choice choice = 0; choice < NUM_CHOICES; choice++) {
        const char *kept = is_chosen(wish, choice) ? word_of(wish, choice, date) : NULL;
        if (choice == changed)
            kept = word;
        if (kept)
            http_form_put(&query, choices[choice].name, bytes_of_text(kept));
    }
    return page_url(page, page->path, buffer_bytes(&query));
}

static void put_answers(struct page *page, const struct wish *wish, json_t *data)
{
    char date[DATE_TEXT];
    json_t *list = json_array();
    for (enum choice choice = 0; choice < NUM_CHOICES; choice++) {
        if (!is_chosen(wish, choice))
            continue;
        const char *word = word_of(wish, choice, date);
        http_form_put(&page->query, choices[choice].name, bytes_of_text(word));
        json_array_append_new(list, json_pack("{s:o, s:s, s:o, s:o}", "question",
                                              page_phrase(page, choices[choice].question), "word",
                                              word, "answer", text_of(page, wish, choice),
                                              "change_url", url_with(page, wish, choice, NULL)));
    }
    json_object_set_new(data, "answers", list);
    json_object_set_new(data, "start_url", page_link(page, page->path));
}

/* --- procedure and office --- */

static json_t *choice_json(const struct page *page, const struct wish *wish, enum choice choice,
                           const char *word, json_t *text)
{
    return json_pack("{s:s, s:o, s:o}", "word", word, "text", text, "url",
                     url_with(page, wish, choice, word));
}

static json_t *procedures_json(const struct page *page, const struct wish *wish)
{
    json_t *list = json_array();
    for (enum procedure procedure = 0; procedure < NUM_PROCEDURES; procedure++)
        if (calendar_slots(&page->site->appointments, procedure))
            json_array_append_new(
                list,
                choice_json(page, wish, CHOICE_PROCEDURE, procedure_name(procedure),
                            json_of_bytes(words_procedure(&page->language->words, procedure))));
    return list;
}

static json_t *offices_json(const struct page *page, const struct wish *wish)
{
    const struct appointments *town = &page->site->appointments;
    json_t *list = json_array();
    for (size_t i = 0; i < town->num_offices; i++)
        json_array_append_new(list, choice_json(page, wish, CHOICE_OFFICE, town->offices[i].code,
                                                place_label(page, town->offices[i].code)));
    return list;
}

static void put_question(const struct page *page, enum choice choice, json_t *list, json_t *data)
{
    json_object_set_new(data, "question",
                        json_pack("{s:s, s:o, s:o}", "name", choices[choice].name, "text",
                                  page_phrase(page, choices[choice].question), "choices", list));
}

/* --- days --- */

static void put_month_url(const struct page *page, const struct wish *wish, json_t *month,
                          const char *name, const char *url)
{
    const char *date = json_string_value(json_object_get(month, name));
    struct buffer query CLEANUP_BUFFER;
    buffer_init(&query, LIMIT_HTTP_BODY);
    if (!date)
        return;
    http_form_put(&query, "procedure", bytes_of_text(procedure_name(wish->procedure)));
    http_form_put(&query, "office", bytes_of_text(wish->office->code));
    http_form_put(&query, "from", bytes_of_text(date));
    json_object_set_new(month, url, page_url(page, page->path, buffer_bytes(&query)));
}

static void put_days(const struct page *page, const struct wish *wish,
                     const struct counter_answer *answer, struct date date, json_t *data)
{
    size_t i;
    json_t *day, *month = free_month(page, answer, date);
    json_array_foreach (json_object_get(month, "days"), i, day)
        json_object_set_new(
            day, "url",
            url_with(page, wish, CHOICE_DATE, json_string_value(json_object_get(day, "date"))));
    put_month_url(page, wish, month, "before", "before_url");
    put_month_url(page, wish, month, "after", "after_url");
    json_object_set_new(data, "month", month);
}

/* --- the walk --- */

static json_t *data_of(struct page *page, const struct wish *wish)
{
    json_t *data = json_pack("{s:o}", "title", page_phrase(page, "appointment-title"));
    put_answers(page, wish, data);
    return data;
}

struct free_day wish_day(const struct page *page, const char *session, const struct wish *wish)
{
    char word[WORD_MAX];
    struct date today = clock_today(), from = wish->date;
    if (!from.year && (!read_word(page, "from", word) || date_parse(word, &from) != ERR_NONE))
        from = today;
    return (struct free_day){session, wish->office->code, wish->procedure,
                             date_compare(from, today) < 0 ? today : from};
}

/* Behind the day that was chosen there may be nothing: it is too far. */
static void find_free(const struct page *page, const struct wish *wish, struct free_day *day,
                      struct counter_answer *out)
{
    free_find(page, day, out);
    if (!wish->date.year || out->outcome != COUNTER_DONE || free_has_starts(out))
        return;
    counter_answer_done(out);
    day->date = clock_today();
    free_find(page, day, out);
}

/* The days of a month, or the times of the day that was chosen. */
static void put_free(struct page *page, const char *session, const struct wish *wish, json_t *data)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct free_day day = wish_day(page, session, wish);
    find_free(page, wish, &day, &answer);
    if (answer.outcome != COUNTER_DONE) {
        json_object_set_new(data, "refused",
                            answer.outcome == COUNTER_REFUSED
                                ? page_sentence(page, &answer)
                                : page_phrase(page, "appointment-away"));
        return;
    }
    json_t *minutes = json_object_get(answer.detail, "minutes");
    json_object_set_new(data, "minutes_text",
                        page_count(page, "appointment-minutes", (int)json_integer_value(minutes)));
    bool is_day = wish->date.year && free_has_starts(&answer);
    if (is_day && date_compare(day.date, wish->date) != 0 && !json_object_get(data, "refused"))
        json_object_set_new(data, "refused", page_phrase(page, "appointment-day-full"));
    if (is_day)
        json_object_set_new(data, "form", appointment_form_json(page, wish, &answer, day.date));
    else
        put_days(page, wish, &answer, day.date, data);
}

json_t *wish_walk(struct page *page, const char *session, const struct wish *wish)
{
    json_t *data = data_of(page, wish);
    if (!wish->has_procedure)
        put_question(page, CHOICE_PROCEDURE, procedures_json(page, wish), data);
    else if (!wish->office)
        put_question(page, CHOICE_OFFICE, offices_json(page, wish), data);
    else
        put_free(page, session, wish, data);
    return data;
}

json_t *wish_again(struct page *page, const char *session, const struct wish *wish,
                   const struct counter_answer *answer)
{
    json_t *data = wish_walk(page, session, wish), *form = json_object_get(data, "form");
    if (answer) {
        json_object_set_new(data, "reason", json_string(counter_text(answer, "code")));
        json_object_set_new(data, "refused",
                            page_is_malformed(answer) ? page_phrase(page, "not-understood")
                                                      : page_sentence(page, answer));
    }
    if (form)
        appointment_form_put_faults(page, form);
    return data;
}

/* --- an appointment in words --- */

void wish_put_words(const struct page *page, json_t *appointment)
{
    enum procedure procedure;
    struct date date;
    char phrase[48];
    const char *name = json_string_value(json_object_get(appointment, "procedure"));
    const char *office = json_string_value(json_object_get(appointment, "office"));
    const char *state = json_string_value(json_object_get(appointment, "state"));
    const char *day = json_string_value(json_object_get(appointment, "date"));
    if (name && procedure_parse(name, &procedure) == ERR_NONE)
        json_object_set_new(appointment, "procedure_text",
                            json_of_bytes(words_procedure(&page->language->words, procedure)));
    if (office)
        json_object_set_new(appointment, "office_text", place_label(page, office));
    if (day && date_parse(day, &date) == ERR_NONE)
        json_object_set_new(appointment, "date_text", date_words_json(page, "date", date));
    snprintf(phrase, sizeof phrase, "appointment-state-%s", state ? state : "");
    json_object_set_new(appointment, "state_text", page_phrase(page, phrase));
}

/* --- where else it could go --- */

json_t *wish_offices(const struct page *page, const struct wish *wish)
{
    const struct appointments *town = &page->site->appointments;
    json_t *list = json_array();
    for (size_t i = 0; i < town->num_offices; i++)
        json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "word", town->offices[i].code,
                                              "text", place_label(page, town->offices[i].code),
                                              "is_chosen", &town->offices[i] == wish->office));
    return list;
}

static struct wish wish_of(const struct page *page, const struct counter_answer *shown)
{
    struct wish wish = wish_read(page);
    wish.has_procedure =
        procedure_parse(counter_text(shown, "procedure"), &wish.procedure) == ERR_NONE;
    if (!wish.office)
        wish.office = calendar_office(&page->site->appointments, counter_text(shown, "office"));
    if (!wish.date.year && date_parse(counter_text(shown, "date"), &wish.date) != ERR_NONE)
        wish.date = clock_today();
    return wish;
}

void wish_put_move(const struct page *page, const char *session, const struct counter_answer *shown,
                   json_t *appointment)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct wish wish = wish_of(page, shown);
    bool is_open = strcmp(counter_text(shown, "state"), "booked") == 0 &&
                   counter_number(shown, "begins") > clock_now();
    json_object_set_new(appointment, "is_open", json_boolean(is_open));
    if (!is_open || !wish.has_procedure || !wish.office)
        return;
    struct free_day day = wish_day(page, session, &wish);
    find_free(page, &wish, &day, &answer);
    if (answer.outcome == COUNTER_DONE)
        json_object_set_new(appointment, "move",
                            json_pack("{s:s, s:o, s:o, s:o}", "office", wish.office->code,
                                      "offices", wish_offices(page, &wish), "starts",
                                      free_starts(page, &answer, day.date, 0), "month",
                                      free_month(page, &answer, day.date)));
}
