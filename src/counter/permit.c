/* Permits: what the card may do next, for which application, signed by the signer over the card's
 * own challenge. */
#include "counter/desk.h"

#include <string.h>

#include "centre/card.h"
#include "centre/certificate.h"
#include "centre/issue.h"

#define MAKE_KEY_PERMITS 3 /* for one (application, kind) */

static const struct reason reason_too_many = {
    "permit", "S02", "too-many-permits", "Three keys were permitted already for this application.",
    "この申請での鍵の生成は3回までです。"};
static const struct reason reason_challenge = {"permit", "S02", "challenge-used",
                                               "This challenge was used before.",
                                               "このチャレンジは使用済みです。"};
static const struct reason reason_other_card = {"permit", "S02", "other-card",
                                                "This is not the card of the application.",
                                                "申請のカードと異なります。"};
static const struct reason reason_not_issued = {"permit", "S22", "not-issued",
                                                "There is no certificate to install.",
                                                "記録する電子証明書がありません。"};

static const struct reason reason_newest = {"permit", "S02", "no-new-permit-key",
                                            "This card is not to get another permit key.",
                                            "このカードの許可鍵を更新する必要はありません。"};

/* Which step a permit is for. Another permit key is for none: it comes before any. */
static const struct {
    enum permit_purpose purpose;
    enum step_name step;
} purposes[] = {
    {PERMIT_MAKE_KEY, STEP_ISSUE},
    {PERMIT_INSTALL, STEP_INSTALL},
    {PERMIT_SET_PIN, STEP_PIN_SET},
    {PERMIT_RESET_PIN, STEP_PIN_RESET},
};

static bool expect_step(struct act_call *call, const struct application *application,
                        const struct card *card)
{
    if (call->fields.purpose == PERMIT_NEW_PERMIT_KEY)
        return card_needs_key(call->centre, card) || act_refuse(call, &reason_newest);
    if (!act_has(call, FIELD_KIND))
        return act_fail(call, fault_set(&call->fault, ERR_MALFORMED, "missing-field",
                                        "this purpose needs the field kind"));
    for (size_t i = 0; i < COUNT_OF(purposes); i++)
        if (purposes[i].purpose == (enum permit_purpose)call->fields.purpose)
            return application_expect(call, application, purposes[i].step, call->fields.kind);
    return act_fail(call, ERR_UNSUPPORTED);
}

static bool check_count(struct act_call *call, const struct application *application)
{
    int64_t num;
    if (call->fields.purpose != PERMIT_MAKE_KEY)
        return true;
    return act_ok(call, store_ask_integer(call->centre->store, STATEMENT_PERMIT_COUNT,
                                          VALUES(value_integer(application->number),
                                                 value_integer(call->fields.kind),
                                                 value_integer(PERMIT_MAKE_KEY)),
                                          &num, &call->fault)) &&
           (num < MAKE_KEY_PERMITS || act_refuse(call, &reason_too_many));
}

static bool check_challenge(struct act_call *call)
{
    int64_t num;
    return act_ok(call, store_ask_integer(call->centre->store, STATEMENT_PERMIT_IS_KNOWN,
                                          VALUES(value_blob(bytes_of(call->fields.challenge, 16))),
                                          &num, &call->fault)) &&
           (num == 0 || act_refuse(call, &reason_challenge));
}

static bool install_digest(struct act_call *call, const struct application *application,
                           uint8_t out[static 32])
{
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_APPLICATION,
                                       value_integer(application->number), &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++)
        if (list.rows[i].kind == call->fields.kind && list.rows[i].state == STATUS_GOOD &&
            !list.rows[i].is_installed)
            return act_ok(call, issue_install_digest(call->centre, list.rows[i].kind,
                                                     list.rows[i].serial, out, &call->fault));
    return act_refuse(call, &reason_not_issued);
}

static const struct permit_key *newest_key(const struct act_call *call)
{
    const struct permit_keys *keys = &call->centre->permit_keys;
    return &keys->generations[keys->num - 1];
}

/* Signed by the key that the card obeys. */
static bool encode(struct act_call *call, const struct application *application,
                   const struct card *card)
{
    struct permit permit = {.purpose = (enum permit_purpose)call->fields.purpose,
                            .kind = call->fields.kind};
    const struct permit_keys *keys = &call->centre->permit_keys;
    if (card->permit_key == 0 || card->permit_key > keys->num)
        return act_fail(call, fault_set(&call->fault, ERR_STATE, "permit key",
                                        "the signer has no generation %u", card->permit_key));
    memcpy(permit.key_id, keys->generations[card->permit_key - 1].id, sizeof permit.key_id);
    memcpy(permit.application, application->identity, sizeof permit.application);
    memcpy(permit.card_id, application->card, sizeof permit.card_id);
    memcpy(permit.challenge, call->fields.challenge, sizeof permit.challenge);
    if (permit.purpose == PERMIT_INSTALL && !install_digest(call, application, permit.digest))
        return false;
    if (permit.purpose == PERMIT_NEW_PERMIT_KEY)
        memcpy(permit.digest, newest_key(call)->digest, sizeof permit.digest);
    permit_encode_signed(&permit, call->permit);
    return true;
}

static bool store(struct act_call *call, const struct application *application)
{
    return act_ok(
        call, store_run(call->centre->store, STATEMENT_PERMIT_INSERT,
                        VALUES(value_blob(bytes_of(call->fields.challenge, 16)),
                               value_integer(application->number), value_integer(call->fields.kind),
                               value_integer(call->fields.purpose), value_text(application->card),
                               value_integer(call->now)),
                        &call->fault));
}

bool desk_permit(struct act_call *call)
{
    struct application application;
    struct resident resident;
    struct card card;
    if (!application_read_open(call, call->fields.number, &application) ||
        !application_resident(call, &application, &resident))
        return false;
    if (strcmp(call->fields.card, application.card) != 0)
        return act_refuse(call, &reason_other_card);
    return act_ok(call, card_find(call->centre, application.card, &card, &call->fault)) &&
           desk_check_card(call, &application, &resident, application.card) && /* since then? */
           expect_step(call, &application, &card) && check_count(call, &application) &&
           check_challenge(call) && encode(call, &application, &card) && store(call, &application);
}

bool desk_permit_finish(struct act_call *call)
{
    uint8_t permit[PERMIT_LEN];
    struct bytes unsigned_part = bytes_of(call->permit, sizeof call->permit);
    memcpy(permit, call->permit, sizeof call->permit);
    if (!act_ok(call, signer_client_permit(call->centre->signer, unsigned_part,
                                           permit + PERMIT_SIGNED_LEN, &call->fault)))
        return false;
    act_answer_bytes(call, "permit", bytes_of(permit, sizeof permit));
    if (call->fields.purpose == PERMIT_NEW_PERMIT_KEY)
        act_answer_bytes(call, "point", bytes_of(newest_key(call)->point, PERMIT_POINT_LEN));
    return call->outcome == ACT_DONE;
}
