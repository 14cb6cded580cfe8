/* From what somebody asks to stored steps, or to a reason why not; what two officers must decide
 * among it. */
#include "counter/open.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "centre/certificate.h"
#include "centre/issue.h"
#include "centre/nonce.h"
#include "law/validity.h"
#include "store/rows.h"

static const struct reason reason_no_resident = {"eligibility", "S14", "no-resident",
                                                 "Nobody in the register has this number.",
                                                 "この番号の住民は登録されていません。"};

static const struct reason reason_nothing_held = {
    "release", "S43", "nothing-held", "Nothing is held, so there is nothing to release.",
    "一時保留されている電子証明書はありません。"};

/* What the procedures without a certificate of their own carry out; the second column counts when
 * the reason given is the word in the third. */
static const struct {
    enum procedure procedure;
    enum event event;
    const char *reason; /* NULL: any */
} executed[] = {
    {PROCEDURE_HOLD, EVENT_LOST_PHONED, NULL},
    {PROCEDURE_LOSS_REPORT, EVENT_CARD_STOLEN, "stolen"},
    {PROCEDURE_LOSS_REPORT, EVENT_LOST_REPORTED, NULL},
    {PROCEDURE_RELEASE, EVENT_FOUND, NULL},
    {PROCEDURE_REVOKE, EVENT_KEY_COMPROMISED, "key-compromised"},
    {PROCEDURE_REVOKE, EVENT_HOLDER_ASKS, NULL},
    {PROCEDURE_CARD_ABOLISH, EVENT_CARD_RETURNED, "returned"},
    {PROCEDURE_CARD_ABOLISH, EVENT_CARD_ABOLISHED, NULL},
};

static bool event_of(const struct act_call *call, enum event *out)
{
    for (size_t i = 0; i < COUNT_OF(executed); i++)
        if (executed[i].procedure == call->fields.procedure &&
            (!executed[i].reason || strcmp(executed[i].reason, call->fields.reason) == 0)) {
            *out = executed[i].event;
            return true;
        }
    return false;
}

bool open_find_resident(struct act_call *call, struct resident *out)
{
    enum err err = resident_find(call->centre->store, call->fields.resident, out, &call->fault);
    return err == ERR_NOT_FOUND ? act_refuse(call, &reason_no_resident) : act_ok(call, err);
}

static bool is_represented(const struct act_call *call, const struct resident *resident)
{
    const struct eligibility_facts facts = {
        .kind = KIND_AUTHENTICATION,
        .born = resident->born,
        .on = date_of_time(call->now),
        .is_adult_ward = resident->standing == STANDING_WARD,
    };
    return holder_is_represented(&call->centre->policy, &facts) == REACHED_YES;
}

static bool is_exception(const struct act_call *call)
{
    return call->act->run == open_exception;
}

static bool ask_plan(struct act_call *call, const struct resident *resident,
                     struct procedure_plan *plan)
{
    struct procedure_facts facts = {
        .procedure = call->fields.procedure,
        .applicant = call->fields.applicant,
        .kinds = call->fields.kinds,
        .pin = call->fields.pin,
        .is_card_missing = call->fields.missing,
        .is_represented = is_represented(call, resident),
        .is_exception = is_exception(call),
        .is_standing_known = resident->representative != 0,
        .is_card_stopped = resident->card_state == CARD_STOPPED || call->fields.stopped,
    };
    if (facts.procedure == PROCEDURE_CARD_REISSUED &&
        (!act_ok(call, fee_reason_parse(call->fields.reason, &facts.fee)) ||
         !application_is_fee_taken(call, resident->card_id, &facts.is_fee_taken)))
        return false;
    *plan = procedure_decide(&call->centre->policy, &facts);
    return act_allows(call, &plan->ruling);
}

/* Whether each kind may be issued, before anybody brings anything. A release ends what stands in
 * the way by itself, so it is asked when that is done. */
static bool ask_issue(struct act_call *call, const struct resident *resident,
                      const struct procedure_plan *plan)
{
    for (size_t i = 0; i < plan->num_steps; i++) {
        if (plan->steps[i].name != STEP_ISSUE || call->fields.procedure == PROCEDURE_RELEASE)
            continue;
        const struct issue_facts facts = {.kind = plan->steps[i].kind,
                                          .procedure = call->fields.procedure,
                                          .applicant = call->fields.applicant,
                                          .is_exception = is_exception(call)};
        struct date last_day;
        if (!issue_may(call, resident, &facts, &last_day))
            return false;
    }
    return true;
}

/* page:S43 page:S44 page:S45 rule:release */
bool open_check_held(struct act_call *call, const struct resident *resident)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    if (resident->card_state == CARD_STOPPED)
        return true;
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_RESIDENT,
                                       value_integer(resident->number), &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++)
        if (certificate_state_on(&list.rows[i], date_of_time(call->now)) == CERTIFICATE_HELD &&
            !list.rows[i].held_by) /* a mass hold is not the counter's to end */
            return true;
    return act_refuse(call, &reason_nothing_held);
}

static bool store_steps(struct act_call *call, int64_t number, const struct procedure_plan *plan)
{
    for (size_t i = 0; i < plan->num_steps; i++) {
        const struct step *step = &plan->steps[i];
        if (!act_ok(call,
                    store_run(call->centre->store, STATEMENT_STEP_INSERT,
                              VALUES(value_integer(number), value_integer((int64_t)i + 1),
                                     value_text(step_word(step->name)),
                                     step->has_kind ? value_integer(step->kind) : value_null(),
                                     value_integer(step->visit)),
                              &call->fault)))
            return false;
    }
    return true;
}

static bool store_papers(struct act_call *call, int64_t number, const struct procedure_plan *plan)
{
    for (int visit = 0; visit < PROCEDURE_MAX_VISITS; visit++)
        for (int i = 0; i < PROCEDURE_MAX_PAPERS && plan->papers[visit][i] != PAPER_NONE; i++) {
            enum paper paper = plan->papers[visit][i];
            bool is_form = paper == PAPER_FORM && plan->form != FORM_NONE;
            if (!act_ok(call, store_run(call->centre->store, STATEMENT_PAPER_INSERT,
                                        VALUES(value_integer(number), value_integer(visit + 1),
                                               value_integer(i + 1), value_text(paper_name(paper)),
                                               value_text(is_form ? form_name(plan->form) : NULL)),
                                        &call->fault)))
                return false;
        }
    return true;
}

/* By chance, or from what the asker's form says once: sent again, it is the same application. Whose
 * form it is counts too, so that nobody comes upon somebody else's. */
static void identity_make(const struct act_call *call, uint8_t identity[static 16])
{
    uint8_t digest[SHA256_LEN];
    char hex[2 * sizeof call->fields.once + 1], text[sizeof hex + STAFF_NAME];
    if (!act_has(call, FIELD_ONCE)) {
        nonce_random(identity);
        return;
    }
    hex_print(call->fields.once, sizeof call->fields.once, hex);
    snprintf(text, sizeof text, "%s %s", hex, call->actor.name);
    code_digest(text, digest);
    memcpy(identity, digest, 16);
}

static bool store_application(struct act_call *call, const struct procedure_plan *plan,
                              const uint8_t identity[static 16], int64_t *number)
{
    enum event event;
    bool has_event = event_of(call, &event);
    const char *note = call->fields.note;
    return act_ok(call, store_ask_integer(
                            call->centre->store, STATEMENT_APPLICATION_INSERT,
                            VALUES(value_blob(bytes_of(identity, 16)),
                                   value_text(procedure_name(call->fields.procedure)),
                                   value_text(applicant_name(call->fields.applicant)),
                                   value_integer(plan->kinds), value_integer(call->fields.resident),
                                   value_text(has_event ? event_name(event) : NULL),
                                   value_integer(plan->fee.yen), value_integer(call->now),
                                   value_text(call->actor.name), value_text(note[0] ? note : NULL)),
                            number, &call->fault)) &&
           (!is_exception(call) ||
            act_ok(call, store_run_one(call->centre->store, STATEMENT_APPLICATION_BASIS,
                                       VALUES(value_integer(*number), value_text(note)),
                                       &call->fault))) &&
           store_steps(call, *number, plan) && store_papers(call, *number, plan);
}

static json_t *reason_json(const struct reason *reason)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "code", reason->code, "en", reason->en, "ja",
                     reason->ja, "statements", reason->statements);
}

static bool tell_application(struct act_call *call, const struct application *application)
{
    call->application = application->number;
    act_is_about(call, application->resident);
    return application_answer(call, application);
}

bool open_run(struct act_call *call)
{
    struct resident resident;
    struct procedure_plan plan;
    struct application application;
    uint8_t identity[16];
    int64_t number;
    bool is_there = false;
    identity_make(call, identity);
    if (!application_is_for_desk(call, call->fields.procedure) ||
        !application_of_identity(call, identity, &application, &is_there))
        return false;
    if (is_there)
        return tell_application(call, &application);
    if (!open_find_resident(call, &resident) || !ask_plan(call, &resident, &plan) ||
        !ask_issue(call, &resident, &plan) ||
        (call->fields.procedure == PROCEDURE_RELEASE && !open_check_held(call, &resident)) ||
        !store_application(call, &plan, identity, &number))
        return false;
    call->application = number;
    act_answer(call, "reason", reason_json(&plan.ruling.reason));
    act_answer(call, "fee_reason", reason_json(&plan.fee.ruling.reason));
    return application_read(call, number, &application) && application_answer(call, &application);
}

bool open_may_except(struct act_call *call)
{
    struct resident resident;
    if (!open_find_resident(call, &resident))
        return false;
    struct ruling ruling = exception_decide(&call->centre->policy, act_has(call, FIELD_NOTE),
                                            is_represented(call, &resident), call->fields.kinds);
    return act_allows(call, &ruling);
}

bool open_exception(struct act_call *call)
{
    return open_may_except(call) && open_run(call);
}

bool open_show(struct act_call *call)
{
    struct application application;
    bool is_found = act_has(call, FIELD_CARD)
                        ? application_of_card(call, call->fields.card, &application)
                        : application_read(call, call->fields.number, &application);
    return is_found && tell_application(call, &application);
}

#define LIST_PAGE 200

static json_t *list_row(struct rows *rows)
{
    static const char *const states[] = {"open", "finished", "closed"};
    struct bytes procedure = row_text(rows, 2);
    return json_pack("{s:I, s:s%, s:I, s:s}", "number", (json_int_t)row_integer(rows, 0),
                     "procedure", procedure.data, procedure.len, "resident",
                     (json_int_t)row_integer(rows, 5), "state",
                     states[row_integer_within(rows, 9, 0, 2)]);
}

bool open_list(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    int page = act_page_size(call, LIST_PAGE), num = 0;
    int64_t before = act_has(call, FIELD_AFTER) ? call->fields.after : INT64_MAX;
    act_answer(call, "applications", list);
    bool is_of_one = act_has(call, FIELD_RESIDENT);
    const struct value values[] = {value_integer(before), value_integer(page + 1),
                                   value_integer(call->fields.resident)};
    store_query(call->centre->store,
                is_of_one ? STATEMENT_APPLICATION_LIST_OF_RESIDENT : STATEMENT_APPLICATION_LIST,
                values, is_of_one ? 3 : 2, &rows, &call->fault);
    for (; rows_next(&rows); num++)
        if (num < page)
            json_array_append_new(list, list_row(&rows));
    act_answer(call, "more", json_boolean(num > page));
    return act_ok(call, rows_end(&rows));
}

bool open_close(struct act_call *call)
{
    struct application application;
    if (!application_read_open(call, call->fields.number, &application))
        return false;
    application.state = APPLICATION_CLOSED;
    return act_ok(call,
                  store_run_one(call->centre->store, STATEMENT_APPLICATION_END,
                                VALUES(value_integer(application.number),
                                       value_integer(APPLICATION_CLOSED), value_integer(call->now),
                                       value_text(call->fields.note)),
                                &call->fault)) &&
           application_answer(call, &application);
}
