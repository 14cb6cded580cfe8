#include "web/intake.h"

#include <string.h>

#include "base/encoding.h"
#include "base/kind.h"
#include "base/limits.h"
#include "crypto/random.h"
#include "http/form.h"
#include "web/act_form.h"
#include "web/guide.h"
#include "web/staff.h"
#include "web/staff_paper.h"
#include "web/staff_terminals.h"

/* --- the intake --- */

static void put_field(json_t *fields, const char *name, const char *value)
{
    json_array_append_new(fields, json_pack("{s:s, s:s}", "name", name, "value", value));
}

static bool was_asked(const struct guide *guide, const char *question)
{
    return guide_find_answer(guide, question) != NULL;
}

/* What was answered, as the fields of application-open. */
static json_t *opening_fields(const struct guide *guide, const char *resident)
{
    static const char *const pins[] = {
        [PIN_KNOWN] = "known", [PIN_FORGOTTEN] = "forgotten", [PIN_NEVER_SET] = "never-set"};
    static const char *const kinds[] = {[KINDS_SIGNATURE] = "signature",
                                        [KINDS_AUTHENTICATION] = "authentication",
                                        [KINDS_BOTH] = "both"};
    const struct procedure_facts *facts = &guide->facts;
    json_t *fields = json_array();
    put_field(fields, "resident", resident);
    put_field(fields, "procedure", procedure_name(facts->procedure));
    put_field(fields, "applicant", applicant_name(facts->applicant));
    if (was_asked(guide, "kind"))
        put_field(fields, "kinds", kinds[facts->kinds]);
    if (was_asked(guide, "pin"))
        put_field(fields, "pin", pins[facts->pin]);
    if (was_asked(guide, "reissue"))
        put_field(fields, "reason", fee_reason_name(facts->fee));
    if (facts->is_card_missing)
        put_field(fields, "missing", "yes");
    if (facts->is_card_stopped)
        put_field(fields, "stopped", "yes");
    json_array_append_new(fields,
                          json_pack("{s:s, s:o}", "name", "once", "value", act_form_once()));
    return fields;
}

void intake_get(struct desk *desk)
{
    int64_t number;
    char text[24];
    struct guide guide;
    struct page *page = &desk->page;
    if (!staff_number(desk, "resident", &number))
        return;
    buffer_put_bytes(&page->kept, buffer_bytes(&page->query));
    buffer_cut(&page->query, 0);
    json_t *resident = staff_resident(desk, number);
    if (!resident)
        return;
    json_t *data = guide_walk(page, &guide);
    if (!data) {
        json_decref(resident);
        page_refuse(page, 400, "guide-no-such-answer");
        return;
    }
    snprintf(text, sizeof text, "%lld", (long long)number);
    json_object_set_new(data, "title", page_phrase(page, "staff-intake"));
    json_object_set_new(data, "resident", resident);
    if (json_is_true(json_object_get(json_object_get(data, "result"), "is_allowed")))
        json_object_set_new(data, "opening",
                            json_pack("{s:o, s:o}", "open_url", page_link(page, "/staff/open"),
                                      "fields", opening_fields(&guide, text)));
    staff_answer(desk, "intake", data);
}

/* --- an application --- */

/* In words: what a step is called, and for which kind. */
static void put_step(const struct page *page, json_t *step)
{
    bool is_ja = page->language->words.base == LANGUAGE_JA;
    json_t *kind = json_object_get(step, "kind");
    char phrase[48];
    json_object_set(step, "text", json_object_get(step, is_ja ? "ja" : "en"));
    if (json_is_string(kind)) {
        snprintf(phrase, sizeof phrase, "staff-kind-%s", json_string_value(kind));
        json_object_set_new(step, "kind_text", page_phrase(page, phrase));
    }
}

/* What the officer does next: say it, carry it out, or go on at the terminal. */
static void put_next(const struct page *page, json_t *application)
{
    json_t *next = json_object_get(application, "next");
    const char *step = json_string_value(json_object_get(next, "step"));
    if (!step)
        return;
    put_step(page, next);
    bool is_card = counter_needs_card(step);
    bool is_effect = counter_is_effect(step);
    json_object_set_new(next, "is_card", json_boolean(is_card));
    json_object_set_new(next, "is_effect", json_boolean(is_effect));
    json_object_set_new(next, "is_said", json_boolean(!is_card && !is_effect));
    json_object_set_new(next, "is_pin", json_boolean(strcmp(step, "pin") == 0));
    json_object_set_new(next, "step_url", page_link(page, "/staff/step"));
    json_object_set_new(next, "execute_url", page_link(page, "/staff/execute"));
    json_object_set_new(next, "reset_url", page_link(page, "/staff/reset-join"));
}

static void put_papers(const struct page *page, json_t *number, json_t *rows)
{
    size_t i;
    json_t *row;
    enum paper paper;
    json_array_foreach (rows, i, row) {
        const char *name = json_string_value(json_object_get(row, "paper"));
        const char *form = json_string_value(json_object_get(row, "form"));
        if (name && paper_parse(bytes_of_text(name), &paper) == ERR_NONE)
            json_object_set_new(row, "text",
                                json_of_bytes(words_paper(&page->language->words, paper)));
        json_object_set_new(row, "visit_text",
                            page_count(page, "guide-visit",
                                       (int)json_integer_value(json_object_get(row, "visit"))));
        if (form)
            json_object_set_new(row, "form_url", staff_paper_url(page, number, form));
    }
}

static void put_letters(const struct page *page, json_t *number, json_t *rows)
{
    size_t i;
    json_t *row;
    char phrase[64];
    json_array_foreach (rows, i, row) {
        const char *name = json_string_value(json_object_get(row, "letter"));
        snprintf(phrase, sizeof phrase, "staff-letter-%s", name);
        json_object_set_new(row, "text", page_phrase(page, phrase));
        json_object_set_new(row, "url", staff_paper_url(page, number, name));
    }
}

static void put_certificates(const struct page *page, json_t *rows)
{
    size_t i;
    json_t *row;
    char phrase[64];
    json_array_foreach (rows, i, row) {
        snprintf(phrase, sizeof phrase, "staff-kind-%s",
                 json_string_value(json_object_get(row, "kind")));
        json_object_set_new(row, "kind_text", page_phrase(page, phrase));
        snprintf(phrase, sizeof phrase, "staff-certificate-%s",
                 json_string_value(json_object_get(row, "state")));
        json_object_set_new(row, "state_text", page_phrase(page, phrase));
    }
}

static void put_words(const struct page *page, json_t *application)
{
    size_t i;
    json_t *step;
    enum procedure procedure;
    char phrase[48];
    json_t *number = json_object_get(application, "number");
    const char *state = json_string_value(json_object_get(application, "state"));
    const char *name = json_string_value(json_object_get(application, "procedure"));
    if (name && procedure_parse(name, &procedure) == ERR_NONE)
        json_object_set_new(application, "procedure_text",
                            json_of_bytes(words_procedure(&page->language->words, procedure)));
    snprintf(phrase, sizeof phrase, "staff-%s", state);
    json_object_set_new(application, "state_text", page_phrase(page, phrase));
    json_object_set_new(application, "is_open", json_boolean(state && strcmp(state, "open") == 0));
    json_object_set_new(
        application, "fee_text",
        json_integer_value(json_object_get(application, "fee"))
            ? page_count(page, "guide-yen",
                         (int)json_integer_value(json_object_get(application, "fee")))
            : page_phrase(page, "guide-free"));
    json_array_foreach (json_object_get(application, "steps"), i, step)
        put_step(page, step);
    put_papers(page, number, json_object_get(application, "papers"));
    put_letters(page, number, json_object_get(application, "letters"));
    put_certificates(page, json_object_get(application, "certificates"));
    put_next(page, application);
}

void intake_get_application(struct desk *desk)
{
    int64_t number;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct page *page = &desk->page;
    if (!staff_number(desk, "number", &number) ||
        !desk_ask(desk, "application-show", json_pack("{s:I}", "number", (json_int_t)number),
                  &answer))
        return;
    json_t *application = answer.detail;
    put_words(page, application);
    json_object_set_new(application, "close_url", page_link(page, "/staff/close"));
    json_object_set_new(
        application, "resident_url",
        staff_url(page, "/staff/resident", "resident", json_object_get(application, "resident")));
    json_object_set_new(application, "title", page_count(page, "staff-application", (int)number));
    if (!json_is_true(json_object_get(json_object_get(application, "next"), "is_card")) ||
        staff_put_terminals(desk, application))
        staff_answer(desk, "application", json_incref(application));
}
