/* Steps by word of the officer, and effects. */
#include "counter/steps.h"

#include "centre/outcome.h"
#include "counter/open.h"

static const struct reason reason_not_said = {
    "application", "S21", "not-by-word",
    "This step is not done by saying so: the card or the centre does it.",
    "この手順は、カード又はシステムの処理によってのみ完了します。"};
static const struct reason reason_nothing = {"application", "", "nothing-to-execute",
                                             "There is nothing to carry out now.",
                                             "今、実行する処理はありません。"};
static const struct reason reason_no_reset = {
    "papers", "S23 S34", "no-reset-here",
    "A reset joins only where the holder or the legal representative types the PIN.",
    "暗証番号の再設定は、本人又は法定代理人が来庁している場合に限ります。"};

/* What only a person can know. */
static const enum step_name said[] = {
    STEP_IDENTITY, STEP_PAPERS,          STEP_STANDING,          STEP_PROXY_REASON, STEP_TOLD,
    STEP_LETTER,   STEP_REPLY,           STEP_CONTROL_QUESTIONS, STEP_ENVELOPE,     STEP_NOTICE,
    STEP_FEE,      STEP_OFFER_SIGNATURE, STEP_RECEIPT,           STEP_PIN_CHANGE,
};

/* What the centre carries out, all together. */
static const enum step_name effects[] = {
    STEP_HOLD, STEP_RELEASE, STEP_REVOKE, STEP_CARD_STOP, STEP_CARD_RESTART, STEP_CARD_VOID,
};

static bool is_one_of(const enum step_name *list, size_t num, enum step_name step)
{
    for (size_t i = 0; i < num; i++)
        if (list[i] == step)
            return true;
    return false;
}

/* page:S19 the fee may have been taken at another visit since this application was opened. */
static bool settle_fee(struct act_call *call, struct application *application)
{
    bool is_taken;
    if (application->fee == 0)
        return true;
    if (!application_is_fee_taken(call, application->card, &is_taken))
        return false;
    act_note(call, "fee", "%d", is_taken ? 0 : application->fee);
    if (!is_taken)
        return true;
    application->fee = 0;
    return act_ok(call, store_run_one(call->centre->store, STATEMENT_APPLICATION_FEE,
                                      VALUES(value_integer(application->number), value_integer(0)),
                                      &call->fault));
}

bool step_say(struct act_call *call)
{
    struct application application;
    enum step_name step = call->fields.step;
    if (!application_read_open(call, call->fields.number, &application))
        return false;
    if (!is_one_of(said, COUNT_OF(said), step))
        return act_refuse(call, &reason_not_said);
    return application_expect(call, &application, step, call->fields.kind) &&
           (step != STEP_FEE || settle_fee(call, &application)) &&
           application_do(call, &application) && application_answer(call, &application);
}

static bool is_effect_next(const struct application *application)
{
    const struct application_step *next = application_next(application);
    return next && is_one_of(effects, COUNT_OF(effects), next->step.name);
}

static bool touches_card(const struct application *application)
{
    return application_has_step(application, STEP_CARD_STOP) ||
           application_has_step(application, STEP_CARD_RESTART) ||
           application_has_step(application, STEP_CARD_VOID);
}

/* Events that are told which kinds they are about. */
static unsigned kinds_of(const struct application *application)
{
    bool names_kinds =
        application->event == EVENT_HOLDER_ASKS || application->event == EVENT_KEY_COMPROMISED;
    return names_kinds ? application->kinds : KINDS_NOT_GIVEN;
}

bool step_execute(struct act_call *call)
{
    struct application application;
    struct resident resident;
    if (!application_read_open(call, call->fields.number, &application) ||
        !application_resident(call, &application, &resident))
        return false;
    if (!application.has_event || !is_effect_next(&application))
        return act_refuse(call, &reason_nothing);
    const struct outcome_request request = {.event = application.event,
                                            .kinds = kinds_of(&application),
                                            .application = application.number,
                                            .keeps_card = !touches_card(&application)};
    if (!outcome_apply(call, &resident, &request))
        return false;
    while (is_effect_next(&application))
        if (!application_do(call, &application))
            return false;
    return application_answer(call, &application);
}

static const struct reason reason_no_cause = {"release", "S45", "no-cause",
                                              "How the hold came about must be written down.",
                                              "誤って一時保留した経緯を記録してください。"};

/* page:S45 rule:release a mistake is no exception: the signature certificate ends all the same. */
static bool find_mistaken(struct act_call *call, struct resident *resident)
{
    if (!act_has(call, FIELD_NOTE))
        return act_refuse(call, &reason_no_cause);
    return open_find_resident(call, resident) && open_check_held(call, resident);
}

bool step_may_be_mistaken(struct act_call *call)
{
    struct resident resident;
    return find_mistaken(call, &resident);
}

bool step_hold_mistaken(struct act_call *call)
{
    struct resident resident;
    const struct outcome_request request = {.event = EVENT_HOLD_MISTAKEN};
    return find_mistaken(call, &resident) && outcome_apply(call, &resident, &request);
}

bool step_join_reset(struct act_call *call)
{
    struct application application;
    if (!application_read_open(call, call->fields.number, &application) ||
        !application_expect(call, &application, STEP_PIN, call->fields.kind))
        return false;
    if (application.applicant == APPLICANT_PROXY)
        return act_refuse(call, &reason_no_reset);
    const struct application_step *next = application_next(&application);
    return act_ok(call,
                  store_run_one(
                      call->centre->store, STATEMENT_STEP_RENAME,
                      VALUES(value_integer(application.number), value_integer(next->position),
                             value_text(step_word(STEP_PIN_RESET)), value_text(call->fields.note)),
                      &call->fault)) &&
           application_read(call, application.number, &application) &&
           application_answer(call, &application);
}
