/* Applications: reading, walking their steps. */
#include "counter/application.h"

#include <string.h>

#include "store/rows.h"

static const struct reason reason_no_application = {"application", "", "no-application",
                                                    "There is no such application.",
                                                    "この番号の申請はありません。"};
static const struct reason reason_not_open = {"application", "", "not-open",
                                              "This application is finished or closed.",
                                              "この申請は終了しています。"};
static const struct reason reason_not_next = {
    "application", "S22", "not-next", "Another step comes first.", "先に済ませる手順があります。"};
static const struct reason reason_same_day = {
    "procedure-proxy", "S27", "same-day",
    "The next visit is on another day: the letter to the principal comes first.",
    "次の来庁は別の日になります。本人へ照会書を送付するため、即日発行はできません。"};
static const struct reason reason_hotline = {"application", "S38", "hotline",
                                             "By telephone there is only the hold.",
                                             "電話で受け付けるのは一時保留のみです。"};
static const struct reason reason_no_resident = {"eligibility", "S14", "no-resident",
                                                 "Nobody in the register has this number.",
                                                 "この番号の住民は登録されていません。"};

/* -- reading -- */

static bool word_row(struct rows *rows, int column, const char *rule, enum err err)
{
    (void)column;
    return err == ERR_NONE || row_refuse(rows, rule, "not one of law's words") == ERR_NONE;
}

static void read_row(struct rows *rows, struct application *out)
{
    char procedure[FIELD_TEXT], applicant[FIELD_TEXT], event[FIELD_TEXT];
    *out = (struct application){
        .number = row_integer(rows, 0),
        .kinds = (unsigned)row_integer_within(rows, 4, 0, KINDS_BOTH),
        .resident = row_integer(rows, 5),
        .has_event = !row_is_null(rows, 7),
        .fee = (int)row_integer_within(rows, 8, 0, INT32_MAX),
        .state = (enum application_state)row_integer_within(rows, 9, 0, APPLICATION_CLOSED),
        .is_exception = !row_is_null(rows, 14),
    };
    row_copy_blob(rows, 1, out->identity, sizeof out->identity);
    row_copy_text(rows, 2, procedure, sizeof procedure);
    row_copy_text(rows, 3, applicant, sizeof applicant);
    row_copy_text(rows, 6, out->card, sizeof out->card);
    row_copy_text(rows, 7, event, sizeof event);
    word_row(rows, 2, "procedure", procedure_parse(procedure, &out->procedure));
    word_row(rows, 3, "applicant", applicant_parse(applicant, &out->applicant));
    if (out->has_event)
        word_row(rows, 7, "event", event_parse(event, &out->event));
}

static bool read_steps(struct act_call *call, struct application *application)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(call->centre->store, STATEMENT_STEP_LIST,
                VALUES(value_integer(application->number)), &rows, &call->fault);
    while (rows_next(&rows) && application->num_steps < PROCEDURE_MAX_STEPS) {
        struct application_step *step = &application->steps[application->num_steps++];
        char name[FIELD_TEXT];
        row_copy_text(&rows, 1, name, sizeof name);
        step->position = row_integer(&rows, 0);
        step->step.has_kind = !row_is_null(&rows, 2);
        if (step->step.has_kind)
            step->step.kind = (enum kind)row_integer_within(&rows, 2, 0, NUM_KINDS - 1);
        step->step.visit = (uint8_t)row_integer_within(&rows, 3, 0, UINT8_MAX);
        step->is_done = !row_is_null(&rows, 4);
        if (step->is_done)
            step->done_at = row_integer(&rows, 4);
        word_row(&rows, 1, "step", step_parse(name, &step->step.name));
    }
    return act_ok(call, rows_end(&rows));
}

static bool read_any(struct act_call *call, enum statement statement, struct value value,
                     struct application *out, bool *is_found)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(call->centre->store, statement, VALUES(value), &rows, &call->fault);
    if (rows_next(&rows))
        read_row(&rows, out);
    enum err err = rows_end_one(&rows);
    *is_found = err == ERR_NONE;
    return err == ERR_NOT_FOUND || (act_ok(call, err) && read_steps(call, out));
}

static bool read_one(struct act_call *call, enum statement statement, struct value value,
                     struct application *out)
{
    bool is_found;
    return read_any(call, statement, value, out, &is_found) &&
           (is_found || act_refuse(call, &reason_no_application));
}

bool application_read(struct act_call *call, int64_t number, struct application *out)
{
    return read_one(call, STATEMENT_APPLICATION_READ, value_integer(number), out);
}

bool application_of_card(struct act_call *call, const char *card, struct application *out)
{
    return read_one(call, STATEMENT_APPLICATION_BY_CARD, value_text(card), out);
}

bool application_of_identity(struct act_call *call, const uint8_t identity[static 16],
                             struct application *out, bool *is_found)
{
    return read_any(call, STATEMENT_APPLICATION_BY_IDENTITY, value_blob(bytes_of(identity, 16)),
                    out, is_found);
}

bool application_is_for_desk(struct act_call *call, enum procedure procedure)
{
    bool is_telephone = (call->actor.roles & ROLE_HOTLINE) && !(call->actor.roles & ROLE_COUNTER);
    return !is_telephone || procedure == PROCEDURE_HOLD || act_refuse(call, &reason_hotline);
}

bool application_read_open(struct act_call *call, int64_t number, struct application *out)
{
    if (!application_read(call, number, out))
        return false;
    call->application = number;
    act_is_about(call, out->resident);
    if (!application_is_for_desk(call, out->procedure))
        return false;
    return out->state == APPLICATION_OPEN || act_refuse(call, &reason_not_open);
}

bool application_resident(struct act_call *call, const struct application *application,
                          struct resident *out)
{
    enum err err = resident_find(call->centre->store, application->resident, out, &call->fault);
    return err == ERR_NOT_FOUND ? act_refuse(call, &reason_no_resident) : act_ok(call, err);
}

bool application_is_fee_taken(struct act_call *call, const char *card, bool *out)
{
    int64_t num;
    if (!act_ok(call, store_ask_integer(call->centre->store, STATEMENT_APPLICATION_FEES_TAKEN,
                                        VALUES(value_text(card)), &num, &call->fault)))
        return false;
    *out = num > 0;
    return true;
}

/* -- walking -- */

const struct application_step *application_next(const struct application *application)
{
    for (size_t i = 0; i < application->num_steps; i++)
        if (!application->steps[i].is_done)
            return &application->steps[i];
    return NULL;
}

bool application_is_next(const struct application *application, enum step_name step, enum kind kind)
{
    const struct application_step *next = application_next(application);
    return next && next->step.name == step && (!next->step.has_kind || next->step.kind == kind);
}

bool application_has_step(const struct application *application, enum step_name step)
{
    for (size_t i = 0; i < application->num_steps; i++)
        if (application->steps[i].step.name == step)
            return true;
    return false;
}

bool application_expect(struct act_call *call, const struct application *application,
                        enum step_name step, enum kind kind)
{
    return application_is_next(application, step, kind) || act_refuse(call, &reason_not_next);
}

/* page:S27 rule:procedure-proxy */
static bool is_another_day(const struct act_call *call, const struct application *application,
                           const struct application_step *next)
{
    const struct application_step *last = next == application->steps ? NULL : next - 1;
    return !last || last->step.visit == next->step.visit ||
           date_compare(date_of_time(last->done_at), date_of_time(call->now)) < 0;
}

static bool finish(struct act_call *call, struct application *application)
{
    application->state = APPLICATION_FINISHED;
    return act_ok(call, store_run_one(call->centre->store, STATEMENT_APPLICATION_END,
                                      VALUES(value_integer(application->number),
                                             value_integer(APPLICATION_FINISHED),
                                             value_integer(call->now), value_null()),
                                      &call->fault));
}

bool application_do(struct act_call *call, struct application *application)
{
    const struct application_step *next = application_next(application);
    if (!next)
        return act_refuse(call, &reason_not_open);
    if (!is_another_day(call, application, next))
        return act_refuse(call, &reason_same_day);
    if (!act_ok(call,
                store_run_one(
                    call->centre->store, STATEMENT_STEP_DONE,
                    VALUES(value_integer(application->number), value_integer(next->position),
                           value_integer(call->now), value_text(call->actor.name),
                           call->fields.note[0] ? value_text(call->fields.note) : value_null()),
                    &call->fault)))
        return false;
    struct application_step *done = &application->steps[next - application->steps];
    done->is_done = true;
    done->done_at = call->now;
    return application_next(application) || finish(call, application);
}
