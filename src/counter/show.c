/* An application as the answer shows it. */
#include "centre/card.h"
#include "centre/certificate.h"
#include "counter/application.h"
#include "counter/paper.h"
#include "store/rows.h"

static const char *const state_words[] = {
    [APPLICATION_OPEN] = "open",
    [APPLICATION_FINISHED] = "finished",
    [APPLICATION_CLOSED] = "closed",
};

static const char *kinds_word(unsigned kinds)
{
    static const char *const words[] = {"none", "signature", "authentication", "both"};
    return words[kinds & KINDS_BOTH];
}

static json_t *step_json(const struct application_step *step)
{
    json_t *done_at = step->is_done ? json_integer(step->done_at) : NULL;
    return json_pack("{s:I, s:s, s:s?, s:i, s:b, s:o*, s:s, s:s}", "position",
                     (json_int_t)step->position, "step", step_word(step->step.name), "kind",
                     step->step.has_kind ? kind_name(step->step.kind) : NULL, "visit",
                     step->step.visit, "done", step->is_done, "done_at", done_at, "en",
                     step_label(step->step.name, LANGUAGE_EN), "ja",
                     step_label(step->step.name, LANGUAGE_JA));
}

static json_t *steps_json(const struct application *application)
{
    json_t *list = json_array();
    for (size_t i = 0; i < application->num_steps; i++)
        json_array_append_new(list, step_json(&application->steps[i]));
    return list;
}

static json_t *paper_json(struct rows *rows)
{
    enum paper paper;
    if (paper_parse(row_text(rows, 1), &paper) != ERR_NONE)
        return NULL;
    struct bytes form = row_is_null(rows, 2) ? bytes_of("", 0) : row_text(rows, 2);
    json_t *json = json_pack("{s:I, s:s, s:s, s:s}", "visit", (json_int_t)row_integer(rows, 0),
                             "paper", paper_name(paper), "en", paper_label(paper, LANGUAGE_EN),
                             "ja", paper_label(paper, LANGUAGE_JA));
    if (form.len)
        json_object_set_new(json, "form", json_stringn((const char *)form.data, form.len));
    return json;
}

static bool papers_json(struct act_call *call, const struct application *application)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    act_answer(call, "papers", list);
    store_query(call->centre->store, STATEMENT_PAPER_LIST,
                VALUES(value_integer(application->number)), &rows, &call->fault);
    while (rows_next(&rows))
        if (json_array_append_new(list, paper_json(&rows)) != 0)
            return act_fail(call, ERR_MALFORMED);
    return act_ok(call, rows_end(&rows));
}

static json_t *certificate_json(const struct certificate *row, struct date today)
{
    char until[DATE_TEXT];
    return json_pack("{s:s, s:I, s:s, s:s, s:b}", "kind", kind_name(row->kind), "serial",
                     (json_int_t)row->serial, "state",
                     certificate_state_name(certificate_state_on(row, today)), "until",
                     date_print(row->last_day, until), "installed", row->is_installed);
}

static bool certificates_json(struct act_call *call, const struct application *application,
                              json_t *list)
{
    struct certificate_list rows CLEANUP_CERTIFICATE_LIST = {0};
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_APPLICATION,
                                       value_integer(application->number), &rows, &call->fault)))
        return false;
    for (size_t i = 0; i < rows.num; i++)
        json_array_append_new(list, certificate_json(&rows.rows[i], date_of_time(call->now)));
    return true;
}

/* Is the card that was present to get another permit key, before anything else? */
static bool tell_permit_key(struct act_call *call, const struct application *application)
{
    struct card card;
    bool is_due = false;
    if (application->card[0] && application->state == APPLICATION_OPEN) {
        if (!act_ok(call, card_find(call->centre, application->card, &card, &call->fault)))
            return false;
        is_due = card_needs_key(call->centre, &card);
    }
    act_answer(call, "new_permit_key", json_boolean(is_due));
    return true;
}

bool application_answer(struct act_call *call, const struct application *application)
{
    struct resident resident;
    char name[NAME_TEXT] = "";
    json_t *certificates = json_array();
    act_answer(call, "certificates", certificates);
    if (!application_resident(call, application, &resident) || !papers_json(call, application) ||
        !certificates_json(call, application, certificates) || !tell_permit_key(call, application))
        return false;
    if (name_join(&resident.name, name, NULL) == ERR_NONE)
        act_answer(call, "name", json_string(name));
    act_answer(call, "number", json_integer(application->number));
    act_answer_bytes(call, "identity", bytes_of(application->identity, 16));
    act_answer(call, "procedure", json_string(procedure_name(application->procedure)));
    act_answer(call, "applicant", json_string(applicant_name(application->applicant)));
    act_answer(call, "kinds", json_string(kinds_word(application->kinds)));
    act_answer(call, "resident", json_integer(application->resident));
    act_answer(call, "card", json_string(application->card));
    act_answer(call, "state", json_string(state_words[application->state]));
    act_answer(call, "fee", json_integer(application->fee));
    act_answer(call, "pin_letter_and_digit",
               json_boolean(call->centre->policy.pin_letter_and_digit)); /* page:S05 */
    act_answer(call, "steps", steps_json(application));
    act_answer(call, "letters", paper_letters(application));
    const struct application_step *next = application_next(application);
    act_answer(call, "next", next ? step_json(next) : json_null());
    return call->outcome == ACT_DONE;
}
