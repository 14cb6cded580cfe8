#include "web/staff_hotline.h"

#include <stdio.h>
#include <string.h>

#include "base/date.h"
#include "law/procedures.h"
#include "web/act_form.h"
#include "web/staff.h"
#include "web/staff_paper.h"
#include "web/typed.h"

#define PATH       "/staff/hotline"
#define AGAIN      PATH "/again"
#define MOST_STEPS 8 /* of a hold */

/* --- the form --- */

static json_t *callers_json(const struct page *page)
{
    static const enum applicant callers[] = {APPLICANT_HOLDER, APPLICANT_LEGAL_REPRESENTATIVE,
                                             APPLICANT_OTHER};
    char phrase[48], chosen[TYPED_MAX];
    json_t *list = json_array();
    if (!typed_text(page, "applicant", chosen))
        snprintf(chosen, sizeof chosen, "%s", applicant_name(APPLICANT_HOLDER));
    for (size_t i = 0; i < COUNT_OF(callers); i++) {
        const char *name = applicant_name(callers[i]);
        snprintf(phrase, sizeof phrase, "staff-hotline-caller-%s", name);
        json_array_append_new(list, json_pack("{s:s, s:o, s:b}", "word", name, "text",
                                              page_phrase(page, phrase), "is_chosen",
                                              strcmp(name, chosen) == 0));
    }
    return list;
}

static json_t *form_json(const struct page *page)
{
    static const char *const names[] = {"name",    "year",      "month", "day",
                                        "address", "telephone", "once"};
    json_t *form = json_pack("{s:o, s:o, s:o}", "post_url", page_link(page, PATH), "reckonings",
                             typed_reckonings_json(page), "callers", callers_json(page));
    for (size_t i = 0; page->request->method == HTTP_POST && i < COUNT_OF(names); i++)
        typed_put(page, names[i], form);
    if (!json_string_length(json_object_get(form, "once")))
        json_object_set_new(form, "once", act_form_once());
    return form;
}

static void put_phrase(const struct page *page, json_t *object, const char *key, const char *begin,
                       const char *word)
{
    char phrase[64];
    snprintf(phrase, sizeof phrase, "%s-%s", begin, word);
    json_object_set_new(object, key, page_phrase(page, phrase));
}

static bool is_shown(const struct counter_answer *answer)
{
    return strcmp(counter_text(answer, "found"), "shown") == 0;
}

/* What fits, in words: never what the record says, but whether there is still something to hold. */
static void put_found(const struct page *page, const struct counter_answer *answer, json_t *data)
{
    size_t i;
    json_t *row, *rows = json_object_get(answer->detail, "questions");
    const char *found = counter_text(answer, "found");
    json_array_foreach (rows, i, row) {
        bool fits = json_is_true(json_object_get(row, "fits"));
        const char *name = json_string_value(json_object_get(row, "question"));
        put_phrase(page, row, "text", "staff-hotline-question", name);
        put_phrase(page, row, "fits_text", "staff-hotline", fits ? "fits" : "fits-not");
    }
    json_object_set_new(data, "found", json_string(found));
    put_phrase(page, data, "found_text", "staff-hotline-found", found);
    json_object_set_new(data, "is_shown", json_boolean(is_shown(answer)));
    const char *card = counter_text(answer, "card_state");
    if (card[0])
        put_phrase(page, data, "card_text", "staff-card", card);
    if (rows)
        json_object_set(data, "questions", rows);
}

static void answer_form(struct desk *desk, int status, json_t *data)
{
    struct page *page = &desk->page;
    json_object_set_new(data, "title", page_phrase(page, "staff-hotline-title"));
    json_object_set_new(data, "form", form_json(page));
    page->response->status = status;
    staff_answer(desk, "staff-hotline", data);
}

/* True: the page is answered, with why not; what was typed stays. away: what to say where there is
 * no answer. */
static bool answered_no(struct desk *desk, const struct counter_answer *answer, const char *away,
                        json_t *data)
{
    const struct page *page = &desk->page;
    bool is_refused = answer->outcome == COUNTER_REFUSED;
    if (answer->outcome == COUNTER_DONE)
        return false;
    if (is_refused && strcmp(counter_text(answer, "code"), "session") == 0) {
        json_decref(data);
        desk_go(desk, "/staff/login", bytes_of("", 0));
        return true;
    }
    bool is_malformed = page_is_malformed(answer);
    json_object_set_new(data, "refused",
                        is_refused     ? page_sentence(page, answer)
                        : is_malformed ? page_phrase(page, "staff-hotline-incomplete")
                                       : page_phrase(page, away));
    answer_form(desk, is_refused ? 409 : is_malformed ? 400 : 503, data);
    return true;
}

/* --- the hold --- */

static void ask(const struct desk *desk, const char *act, json_t *fields,
                struct counter_answer *out)
{
    counter_answer_done(out);
    *out = (struct counter_answer){0};
    line_ask(desk->page.site->line, desk_session(desk), act, fields, out);
}

static void open_hold(const struct desk *desk, int64_t resident, json_t *once,
                      struct counter_answer *out)
{
    char applicant[TYPED_MAX];
    (void)typed_text(&desk->page, "applicant", applicant);
    ask(desk, "application-open",
        json_pack("{s:s, s:s, s:I, s:o}", "procedure", procedure_name(PROCEDURE_HOLD), "applicant",
                  applicant, "resident", (json_int_t)resident, "once", once),
        out);
}

/* A form that was changed into another person's does not come upon the hold of the one before. */
static void take(const struct desk *desk, int64_t resident, struct counter_answer *out)
{
    char once[TYPED_MAX];
    bool has_once = typed_text(&desk->page, "once", once);
    open_hold(desk, resident, has_once ? json_string(once) : act_form_once(), out);
    if (out->outcome == COUNTER_DONE && counter_number(out, "resident") != resident)
        open_hold(desk, resident, act_form_once(), out);
}

/* Says and carries out what a hold needs no paper for; what is left is the letter. */
static void carry_out(const struct desk *desk, int64_t number, struct counter_answer *out)
{
    for (int i = 0; i < MOST_STEPS && out->outcome == COUNTER_DONE; i++) {
        json_t *fields, *next = json_object_get(out->detail, "next");
        const char *step = json_string_value(json_object_get(next, "step"));
        if (!step || strcmp(step, "notice") == 0)
            return;
        const char *act = counter_step_act(number, next, &fields);
        ask(desk, act, fields, out);
    }
}

/* Taken, and perhaps not in effect: the page of its number says which, as soon as it can. */
static void hold(struct desk *desk, int64_t resident, json_t *data)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    take(desk, resident, &answer);
    if (answered_no(desk, &answer, "staff-hotline-unsure", data))
        return;
    json_decref(data);
    int64_t number = counter_number(&answer, "number");
    carry_out(desk, number, &answer);
    desk_go_number(desk, PATH, number);
}

void staff_post_hotline(struct desk *desk)
{
    char wish[TYPED_MAX];
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!page_may_post(page))
        return;
    json_t *data = json_object();
    line_ask(page->site->line, desk_session(desk), "caller-check",
             act_form_fields(page, act_form_find(PATH)), &answer);
    if (answered_no(desk, &answer, "staff-hotline-away", data))
        return;
    put_found(page, &answer, data);
    if (is_shown(&answer) && typed_text(page, "do", wish) && strcmp(wish, "hold") == 0)
        hold(desk, counter_number(&answer, "resident"), data);
    else
        answer_form(desk, 200, data);
}

/* --- what became of it --- */

static json_t *time_json(int64_t seconds)
{
    char day[DATE_TEXT];
    struct clock_time at = time_split(seconds, JAPAN_OFFSET);
    return json_sprintf("%s %02u:%02u", date_print(at.date, day), at.hour % 100u, at.minute % 100u);
}

static bool put_hold(const json_t *application, json_t *data)
{
    size_t i;
    json_t *step;
    json_array_foreach (json_object_get(application, "steps"), i, step) {
        const char *name = json_string_value(json_object_get(step, "step"));
        json_t *done_at = json_object_get(step, "done_at");
        if (name && strcmp(name, "hold") == 0 && json_is_integer(done_at)) {
            json_object_set_new(data, "held_at", time_json(json_integer_value(done_at)));
            return true;
        }
    }
    return false;
}

/* False: the page is answered; another application has its own. */
static bool ask_hold(struct desk *desk, int64_t number, struct counter_answer *out)
{
    if (!desk_ask(desk, "application-show", json_pack("{s:I}", "number", (json_int_t)number), out))
        return false;
    if (strcmp(counter_text(out, "procedure"), procedure_name(PROCEDURE_HOLD)) == 0)
        return true;
    desk_go_number(desk, "/staff/application", number);
    return false;
}

static void answer_hold(struct desk *desk, int64_t number)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const struct page *page = &desk->page;
    if (!ask_hold(desk, number, &answer))
        return;
    json_t *data = json_object();
    json_t *json_number = json_object_get(answer.detail, "number");
    bool is_held = put_hold(answer.detail, data);
    json_object_set_new(data, "title",
                        page_phrase(page, is_held ? "staff-hotline-held" : "staff-hotline-taken"));
    json_object_set_new(data, "is_held", json_boolean(is_held));
    json_object_set(data, "number", json_number);
    json_object_set_new(data, "application_url",
                        staff_url(page, "/staff/application", "number", json_number));
    json_object_set_new(data, "letter_url", staff_paper_url(page, json_number, "hold-letter"));
    json_object_set_new(data, "again_url", page_link(page, AGAIN));
    json_object_set_new(data, "next_url", page_link(page, PATH));
    staff_answer(desk, "staff-held", data);
}

void staff_post_hotline_again(struct desk *desk)
{
    int64_t number;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!page_may_post(page))
        return;
    if (!typed_number(page, "number", &number)) {
        page_refuse(page, 400, "not-understood");
        return;
    }
    if (!ask_hold(desk, number, &answer))
        return;
    carry_out(desk, number, &answer);
    desk_go_number(desk, PATH, number);
}

void staff_get_hotline(struct desk *desk)
{
    char text[24];
    int64_t number;
    if (!http_request_query(desk->page.request, "number", text, sizeof text))
        answer_form(desk, 200, json_object());
    else if (staff_number(desk, "number", &number))
        answer_hold(desk, number);
}
