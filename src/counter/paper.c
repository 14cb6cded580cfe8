#include "counter/paper.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "centre/certificate.h"
#include "store/rows.h"

static const struct reason reason_no_paper = {"papers", "S36", "no-such-paper",
                                              "There is no such paper of this application now.",
                                              "この申請には、今、その書類はありません。"};

/* --- the holder --- */

void paper_put(json_t *items, const char *name, const char *text)
{
    if (text[0])
        json_object_set_new(items, name, json_string(text));
}

void paper_put_day(json_t *items, const char *name, struct date day)
{
    char text[DATE_TEXT];
    paper_put(items, name, date_print(day, text));
}

/* The name as the record has it; that of a certificate only where it is another. */
static bool put_names(struct act_call *call, const struct resident *resident, json_t *items)
{
    const struct person_name *name = &resident->name;
    struct person_name bare = *name;
    struct resident_four four;
    char text[NAME_TEXT];
    bare.alias[0] = '\0';
    if (!act_ok(call, name_join(&bare, text, &call->fault)) ||
        !act_ok(call, resident_four(resident, call->centre->substitutes, &four, &call->fault)))
        return false;
    paper_put(items, "name", text);
    paper_put(items, "alias", name->alias);
    if (strchr(four.name.flags, '1'))
        paper_put(items, "cert-name", four.name.text);
    return true;
}

/* Who is protected writes the address themselves; a letter's envelope needs it. */
bool paper_put_holder(struct act_call *call, const struct resident *resident, bool is_posted,
                      json_t *items)
{
    static const char *const sexes[] = {
        [SEX_MISSING] = "", [SEX_MALE] = "男", [SEX_FEMALE] = "女", [SEX_UNKNOWN] = ""};
    paper_put(items, "furigana", resident->kana);
    paper_put_day(items, "birth-date", resident->born);
    paper_put(items, "sex", sexes[resident->sex]);
    if (!resident->is_protected || is_posted) {
        paper_put(items, "postcode", resident->postcode);
        paper_put(items, "address", resident->address);
    }
    return put_names(call, resident, items);
}

void paper_put_sender(const struct act_call *call, json_t *items)
{
    const struct municipality *town = call->centre->town;
    char sender[2 * sizeof town->name_ja];
    snprintf(sender, sizeof sender, "%s%s", town->prefecture_ja, town->name_ja);
    paper_put(items, "sender", sender);
}

/* --- the application --- */

static void put_application(const struct act_call *call, const struct application *application,
                            json_t *items)
{
    static const char *const kinds[] = {"", "signature", "authentication", "both"};
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)application->number);
    paper_put(items, "number", number);
    paper_put_day(items, "date", date_of_time(call->now));
    paper_put(items, "procedure", procedure_label(application->procedure, LANGUAGE_JA));
    paper_put(items, "kinds", kinds[application->kinds & KINDS_BOTH]);
}

/* --- letters --- */

typedef bool letter_has(const struct application *application);
typedef bool letter_put(struct act_call *call, const struct application *application,
                        json_t *items);

static bool has_inquiry(const struct application *application)
{
    return application->state == APPLICATION_OPEN && application_has_step(application, STEP_LETTER);
}

/* The days run from the day on which the letter goes. page:S31 */
static bool put_inquiry(struct act_call *call, const struct application *application, json_t *items)
{
    static const struct {
        enum step_name step;
        const char *mode;
    } modes[] = {{STEP_PIN, "match"}, {STEP_PIN_RESET, "reset"}, {STEP_PIN_SET, "set"}};
    struct date sent = date_of_time(call->now);
    for (size_t i = 0; i < application->num_steps; i++)
        if (application->steps[i].step.name == STEP_LETTER && application->steps[i].is_done)
            sent = date_of_time(application->steps[i].done_at);
    paper_put_day(items, "deadline",
                  date_of_days(date_to_days(sent) + call->centre->policy.inquiry_days));
    for (size_t i = 0; i < COUNT_OF(modes); i++)
        if (application_has_step(application, modes[i].step))
            paper_put(items, "pin", modes[i].mode);
    return true;
}

static bool has_receipt(const struct application *application)
{
    return application->state == APPLICATION_FINISHED &&
           application_has_step(application, STEP_ISSUE);
}

static bool put_receipt(struct act_call *call, const struct application *application, json_t *items)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    char name[32], text[24];
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_APPLICATION,
                                       value_integer(application->number), &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++) {
        const struct certificate *row = &list.rows[i];
        char from[TIME_TEXT];
        snprintf(name, sizeof name, "%s-from", kind_name(row->kind));
        paper_put(items, name, time_print(row->issued, from));
        snprintf(name, sizeof name, "%s-until", kind_name(row->kind));
        paper_put_day(items, name, row->last_day);
    }
    snprintf(text, sizeof text, "%d", application->fee);
    paper_put(items, "fee", text);
    return true;
}

static bool has_hold(const struct application *application)
{
    return application->state == APPLICATION_FINISHED &&
           application_has_step(application, STEP_HOLD);
}

static unsigned kinds_in(const struct certificate_list *list, enum certificate_state state,
                         struct date today, int64_t *since)
{
    unsigned kinds = 0;
    for (size_t i = 0; i < list->num; i++)
        if (certificate_state_on(&list->rows[i], today) == state) {
            kinds |= 1u << list->rows[i].kind;
            *since = list->rows[i].since;
        }
    return kinds;
}

/* page:S38 what is held, since when, and what can still be used. */
static bool put_hold(struct act_call *call, const struct application *application, json_t *items)
{
    static const char *const held_words[] = {"", "signature", "authentication", "both"},
                             *const good_words[] = {"nothing", "signature", "authentication", ""};
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    struct date today = date_of_time(call->now);
    char text[TIME_TEXT];
    int64_t since = 0, ignored;
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_RESIDENT,
                                       value_integer(application->resident), &list, &call->fault)))
        return false;
    unsigned held = kinds_in(&list, CERTIFICATE_HELD, today, &since);
    if (!held)
        return act_refuse(call, &reason_no_paper);
    json_object_del(items, "kinds");
    paper_put(items, "kinds", held_words[held]);
    paper_put(items, "works", good_words[kinds_in(&list, CERTIFICATE_GOOD, today, &ignored)]);
    paper_put(items, "held", time_print(since, text));
    paper_put(items, "card",
              application_has_step(application, STEP_CARD_STOP) ? "stopped" : "usable");
    return true;
}

static const struct {
    const char *name; /* paper/letter.h */
    bool is_posted;
    letter_has *has;
    letter_put *put;
} letters[] = {
    {"inquiry", true, has_inquiry, put_inquiry},
    {"hold-letter", true, has_hold, put_hold},
    {"receipt", false, has_receipt, put_receipt},
};

json_t *paper_letters(const struct application *application)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (letters[i].has(application))
            json_array_append_new(list, json_pack("{s:s}", "letter", letters[i].name));
    return list;
}

/* --- the act --- */

static bool has_form(struct act_call *call, const char *form, bool *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    *out = false;
    store_query(call->centre->store, STATEMENT_PAPER_LIST,
                VALUES(value_integer(call->fields.number)), &rows, &call->fault);
    while (rows_next(&rows))
        *out = *out || (!row_is_null(&rows, 2) && bytes_equal_text(row_text(&rows, 2), form));
    return act_ok(call, rows_end(&rows));
}

static bool fill(struct act_call *call, const struct application *application, json_t *items)
{
    struct resident resident;
    bool is_form, is_posted = false;
    letter_put *more = NULL;
    const char *paper = call->fields.paper;
    for (size_t i = 0; i < COUNT_OF(letters); i++)
        if (strcmp(letters[i].name, paper) == 0 && letters[i].has(application)) {
            is_posted = letters[i].is_posted;
            more = letters[i].put;
        }
    if (!has_form(call, paper, &is_form))
        return false;
    if (!is_form && !more)
        return act_refuse(call, &reason_no_paper);
    if (!application_resident(call, application, &resident) ||
        !paper_put_holder(call, &resident, is_posted, items))
        return false;
    put_application(call, application, items);
    return !more || more(call, application, items);
}

bool paper_fill(struct act_call *call)
{
    struct application application;
    json_t *items = json_object();
    act_answer(call, "items", items);
    if (!application_read(call, call->fields.number, &application))
        return false;
    call->application = application.number;
    act_is_about(call, application.resident);
    if (!application_is_for_desk(call, application.procedure) || !fill(call, &application, items))
        return false;
    paper_put_sender(call, items);
    act_answer(call, "paper", json_string(call->fields.paper));
    return true;
}
