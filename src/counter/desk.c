/* Card, PIN, certificate: each step by what the card states. */
#include "counter/desk.h"

#include <string.h>

#include "centre/card.h"
#include "centre/certificate.h"
#include "centre/issue.h"
#include "centre/nonce.h"
#include "centre/reenter.h"

static const struct reason reason_other_card = {"statement", "S02", "other-card",
                                                "This is not the card of the application.",
                                                "申請のカードと異なります。"};
static const struct reason reason_not_holders = {
    "eligibility", "S14", "not-holders-card", "This is not the holder's present card.",
    "申請者の有効なマイナンバーカードではありません。"};
static const struct reason reason_stopped = {"eligibility", "S14 S43", "card-stopped",
                                             "The card is stopped or void.",
                                             "カードは一時停止又は廃止されています。"};
static const struct reason reason_card_ended = {"eligibility", "S14", "card-expired",
                                                "The card's last day is over.",
                                                "カードの有効期限が切れています。"};
static const struct reason reason_no_pin = {"pin", "S22", "pin-not-set",
                                            "The card says that this PIN is not set, or is locked.",
                                            "暗証番号が設定されていないか、ロックされています。"};
static const struct reason reason_not_live = {
    "statement", "S02", "not-live", "The card does not say that this certificate is in it.",
    "電子証明書がカードに記録されていません。"};

bool desk_nonce(struct act_call *call)
{
    struct application application;
    uint8_t nonce[16];
    if (act_has(call, FIELD_NUMBER) &&
        !application_read_open(call, call->fields.number, &application))
        return false;
    if (!nonce_give(call, call->application, nonce))
        return false;
    act_answer_bytes(call, "nonce", bytes_of(nonce, sizeof nonce));
    return true;
}

/* -- the card -- */

bool desk_check_card(struct act_call *call, const struct application *application,
                     const struct resident *resident, const char *card)
{
    struct date today = date_of_time(call->now);
    bool may_be_stopped = application->procedure == PROCEDURE_RELEASE;
    if (strcmp(card, resident->card_id) != 0)
        return act_refuse(call, &reason_not_holders);
    if (application->card[0] && strcmp(card, application->card) != 0)
        return act_refuse(call, &reason_other_card);
    if (resident->card_state != CARD_GOOD &&
        !(may_be_stopped && resident->card_state == CARD_STOPPED))
        return act_refuse(call, &reason_stopped);
    if (resident->card_until.year && date_compare(resident->card_until, today) < 0)
        return act_refuse(call, &reason_card_ended);
    return true;
}

static void tell_card(struct act_call *call, const struct card_statement *statement)
{
    json_t *card = json_object();
    for (int i = 0; i < NUM_KINDS; i++) {
        enum kind kind = (enum kind)i;
        json_object_set_new(card, kind_name(kind),
                            json_pack("{s:i, s:b, s:b}", "tries", statement->kinds[i].tries, "live",
                                      statement_has_live(statement, kind), "spare",
                                      statement_has_spare(statement, kind)));
    }
    act_answer(call, "in_card", card);
}

/* Every card that is read is heard, and its books are brought in line. */
static bool hear(struct act_call *call, const struct application *application,
                 struct card_statement *statement, struct card *card)
{
    struct resident resident;
    if (!card_hear(call, application->number, statement, card) ||
        !application_resident(call, application, &resident))
        return false;
    tell_card(call, statement);
    return desk_check_card(call, application, &resident, card->id) &&
           card_reconcile(call, statement) && reenter_tell(call, statement);
}

bool desk_card_present(struct act_call *call)
{
    struct application application;
    struct card_statement statement;
    struct card card;
    if (!application_read_open(call, call->fields.number, &application) ||
        !card_check_token(call) || !hear(call, &application, &statement, &card) ||
        !card_hear_key(call, &card))
        return false;
    if (!act_ok(call, store_run_one(call->centre->store, STATEMENT_APPLICATION_CARD,
                                    VALUES(value_integer(application.number), value_text(card.id)),
                                    &call->fault)))
        return false;
    memcpy(application.card, card.id, sizeof card.id);
    if (application_is_next(&application, STEP_CARD_PRESENT, call->fields.kind) &&
        !application_do(call, &application))
        return false;
    return application_answer(call, &application);
}

/* Any act after card-present is about that card. */
static bool expect_card(struct act_call *call, const struct application *application)
{
    bool is_present = application->card[0] != '\0';
    bool is_same = !act_has(call, FIELD_CARD) || strcmp(call->fields.card, application->card) == 0;
    return (is_present && is_same) || act_refuse(call, &reason_other_card);
}

/* -- PINs -- */

static const enum step_name pin_steps[] = {STEP_PIN, STEP_PIN_SET, STEP_PIN_RESET};

bool desk_pin(struct act_call *call)
{
    struct application application;
    struct card_statement statement;
    struct card card;
    enum kind kind = call->fields.kind;
    if (!application_read_open(call, call->fields.number, &application) ||
        !expect_card(call, &application))
        return false;
    bool is_next = false;
    for (size_t i = 0; i < COUNT_OF(pin_steps); i++)
        is_next = is_next || application_is_next(&application, pin_steps[i], kind);
    if (!is_next)
        return application_expect(call, &application, STEP_PIN, kind);
    if (!hear(call, &application, &statement, &card))
        return false;
    if (statement.kinds[kind].tries == 0)
        return act_refuse(call, &reason_no_pin);
    return application_do(call, &application) && application_answer(call, &application);
}

/* -- certificates -- */

/* The certificate of this application and kind that lives; refused when there is none. */
static bool find_issued(struct act_call *call, const struct application *application,
                        struct certificate *out)
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_APPLICATION,
                                       value_integer(application->number), &list, &call->fault)))
        return false;
    for (size_t i = list.num; i-- > 0;)
        if (list.rows[i].kind == call->fields.kind && list.rows[i].state != STATUS_REVOKED) {
            *out = list.rows[i];
            return true;
        }
    return act_refuse(call, &reason_not_live);
}

bool desk_issue(struct act_call *call)
{
    struct application application;
    struct resident resident;
    enum kind kind = call->fields.kind;
    if (!application_read_open(call, call->fields.number, &application) ||
        !expect_card(call, &application) || !application_resident(call, &application, &resident))
        return false;
    bool is_again = application_is_next(&application, STEP_INSTALL, kind);
    if (!is_again && !application_expect(call, &application, STEP_ISSUE, kind))
        return false;
    struct issue_facts facts = {.application = application.number,
                                .kind = kind,
                                .procedure = application.procedure,
                                .applicant = application.applicant,
                                .is_exception = application.is_exception};
    memcpy(facts.identity, application.identity, sizeof facts.identity);
    memcpy(facts.card, application.card, sizeof facts.card);
    return issue_run(call, &resident, &facts) && (is_again || application_do(call, &application));
}

/* The certificate that this application made, for a terminal that goes on after an interruption. */
bool desk_certificate(struct act_call *call)
{
    struct application application;
    struct certificate issued;
    if (!application_read_open(call, call->fields.number, &application) ||
        !find_issued(call, &application, &issued))
        return false;
    call->serial = issued.serial;
    return true;
}

static bool do_if_next(struct act_call *call, struct application *application, enum step_name step)
{
    return !application_is_next(application, step, call->fields.kind) ||
           application_do(call, application);
}

bool desk_receipt(struct act_call *call)
{
    struct application application;
    struct card_statement statement;
    struct card card;
    struct certificate issued;
    if (!application_read_open(call, call->fields.number, &application) ||
        !expect_card(call, &application) ||
        !application_expect(call, &application, STEP_INSTALL, call->fields.kind) ||
        !find_issued(call, &application, &issued) || !hear(call, &application, &statement, &card))
        return false;
    const struct statement_of_kind *stated = &statement.kinds[issued.kind];
    if (!issued.is_signed || memcmp(stated->live, issued.leaf_digest, sizeof stated->live) != 0)
        return act_refuse(call, &reason_not_live);
    return do_if_next(call, &application, STEP_INSTALL) &&
           do_if_next(call, &application, STEP_SUPERSEDE) && application_answer(call, &application);
}
