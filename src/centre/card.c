/* Cards: their register, their statements, and what follows from a statement. */
#include "centre/card.h"

#include <string.h>

#include "base/clock.h"
#include "base/key_statement.h"
#include "centre/certificate.h"
#include "centre/nonce.h"
#include "centre/outcome.h"
#include "crypto/verify.h"
#include "store/rows.h"

static const struct reason reason_old_card = {
    "old-card", "S13", "old-resident-card",
    "This is a resident card of the old kind. Certificates are issued only to My Number cards.",
    "住民基本台帳カードへの電子証明書の発行は終了しました。マイナンバーカードが必要です。"};
static const struct reason reason_unknown_card = {"statement", "S02", "unknown-card",
                                                  "This card was never registered here.",
                                                  "登録されていないカードです。"};
static const struct reason reason_statement = {
    "statement", "S02", "not-genuine", "The statement is not signed by the card that it names.",
    "カードの応答の署名が正しくありません。"};
static const struct reason reason_known_card = {"card-register", "S02", "card-known",
                                                "This card or its key is registered already.",
                                                "このカード又はその鍵は登録済みです。"};

static const struct reason reason_foreign_key = {
    "statement", "S02", "foreign-permit-key",
    "This card obeys a permit key that is not of this centre. It must not be used.",
    "このカードの許可鍵は本システムのものではありません。使用しないでください。"};

#define TOKEN_LABEL_OLD "JPKIAPICCTOKEN"

static enum err card_read(struct centre *centre, enum statement statement, struct value value,
                          struct card *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct card card = {0};
    store_query(centre->store, statement, VALUES(value), &rows, fault);
    if (rows_next(&rows)) {
        row_copy_text(&rows, 0, card.id, sizeof card.id);
        row_copy_blob(&rows, 1, card.point, sizeof card.point);
        card.permit_key = (unsigned)row_integer(&rows, 2);
    }
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = card;
    return err;
}

enum err card_find(struct centre *centre, const char *id, struct card *out, struct fault *fault)
{
    return card_read(centre, STATEMENT_CARD_READ, value_text(id), out, fault);
}

/* page:S13 rule:old-card */
bool card_check_token(struct act_call *call)
{
    const char *token = call->fields.token;
    size_t len = strlen(token);
    while (len && token[len - 1] == ' ')
        len--;
    bool is_old = len == strlen(TOKEN_LABEL_OLD) && strncmp(token, TOKEN_LABEL_OLD, len) == 0;
    return !is_old || act_refuse(call, &reason_old_card);
}

bool card_hear(struct act_call *call, int64_t application, struct card_statement *out,
               struct card *card)
{
    if (!nonce_take(call, application))
        return false;
    struct bytes bytes = bytes_of(call->fields.statement, STATEMENT_LEN);
    if (!act_ok(call, statement_parse(bytes, out, &call->fault)))
        return false;
    char id[CARD_ID_LEN + 1] = "";
    memcpy(id, out->card_id, CARD_ID_LEN);
    enum err err = card_find(call->centre, id, card, &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_unknown_card);
    if (!act_ok(call, err))
        return false;
    return proofs_is_statement_by(&call->fields, &call->proofs, card->point) ||
           act_refuse(call, &reason_statement);
}

/* -- the permit key -- */

static bool is_key_statement_by(const struct act_fields *fields, const struct card *card,
                                const struct key_statement *statement)
{
    uint8_t message[KEY_STATEMENT_SIGNED_LEN];
    key_statement_encode_signed(statement, fields->nonce, message);
    return memcmp(statement->card_id, card->id, CARD_ID_LEN) == 0 &&
           verify_raw_p256(bytes_of(card->point, PERMIT_POINT_LEN),
                           bytes_of(message, sizeof message), statement->signature) == ERR_NONE;
}

bool card_hear_key(struct act_call *call, struct card *card)
{
    struct key_statement statement;
    unsigned generation;
    if (!act_has(call, FIELD_PERMIT_KEY))
        return true;
    struct bytes bytes = bytes_of(call->fields.permit_key, KEY_STATEMENT_LEN);
    if (!act_ok(call, key_statement_parse(bytes, &statement, &call->fault)))
        return false;
    if (!is_key_statement_by(&call->fields, card, &statement))
        return act_refuse(call, &reason_statement);
    if (permit_key_find(&call->centre->permit_keys, statement.key_id, &generation) != ERR_NONE)
        return act_refuse(call, &reason_foreign_key);
    if (generation == card->permit_key)
        return true;
    card->permit_key = generation;
    act_note(call, "permit-key", "%u", generation);
    return act_ok(call,
                  store_run(call->centre->store, STATEMENT_CARD_PERMIT_KEY,
                            VALUES(value_text(card->id), value_integer(generation)), &call->fault));
}

bool card_needs_key(const struct centre *centre, const struct card *card)
{
    return centre->policy.new_permit_key && card->permit_key < centre->permit_keys.num;
}

/* -- what is in it -- */

static bool reconcile_one(struct act_call *call, const struct statement_of_kind *stated,
                          const struct certificate *row)
{
    struct centre *centre = call->centre;
    if (row->is_installed || !certificate_is_live(row, date_of_time(call->now)))
        return true;
    if (row->is_signed && memcmp(stated->live, row->leaf_digest, sizeof stated->live) == 0) {
        act_note(call, "installed", "%s %lld", kind_name(row->kind), (long long)row->serial);
        return act_ok(call, certificate_installed(centre, row, call->now, &call->fault)) &&
               outcome_supersede(call, row);
    }
    if (memcmp(stated->spare, row->key_digest, sizeof stated->spare) == 0)
        return true;
    act_note(call, "never-installed", "%s %lld", kind_name(row->kind), (long long)row->serial);
    return act_ok(call, certificate_change(centre, row, STATUS_REVOKED, STATUS_UNSPECIFIED,
                                           call->now, row->application, &call->fault));
}

bool card_reconcile(struct act_call *call, const struct card_statement *statement)
{
    char id[CARD_ID_LEN + 1] = "";
    memcpy(id, statement->card_id, CARD_ID_LEN);
    struct certificate_list list CLEANUP_CERTIFICATE_LIST = {0};
    if (!act_ok(call, certificate_list(call->centre, STATEMENT_CERTIFICATES_OF_CARD, value_text(id),
                                       &list, &call->fault)))
        return false;
    for (size_t i = 0; i < list.num; i++)
        if (!reconcile_one(call, &statement->kinds[list.rows[i].kind], &list.rows[i]))
            return false;
    return true;
}

/* ERR_NOT_FOUND is what is wanted. */
static bool card_is_new(struct act_call *call, enum statement statement, struct value value)
{
    struct card card;
    enum err err = card_read(call->centre, statement, value, &card, &call->fault);
    if (err == ERR_NOT_FOUND)
        return true;
    return act_ok(call, err) && act_refuse(call, &reason_known_card);
}

/* The statement is by the very key that is to be registered, under the id that is to be registered.
 */
static bool card_states_itself(struct act_call *call)
{
    struct card_statement statement;
    if (!nonce_take(call, 0))
        return false;
    struct bytes bytes = bytes_of(call->fields.statement, STATEMENT_LEN);
    if (!act_ok(call, statement_parse(bytes, &statement, &call->fault)))
        return false;
    if (memcmp(statement.card_id, call->fields.card, CARD_ID_LEN) != 0 ||
        !proofs_is_statement_by(&call->fields, &call->proofs, call->fields.point))
        return act_refuse(call, &reason_statement);
    return true;
}

bool card_register(struct act_call *call)
{
    struct bytes point = bytes_of(call->fields.point, PERMIT_POINT_LEN);
    struct card card = {.permit_key = 1};
    memcpy(card.id, call->fields.card, sizeof card.id);
    memcpy(card.point, point.data, sizeof card.point);
    return card_check_token(call) &&
           card_is_new(call, STATEMENT_CARD_READ, value_text(call->fields.card)) &&
           card_is_new(call, STATEMENT_CARD_BY_POINT, value_blob(point)) &&
           card_states_itself(call) &&
           act_ok(call, store_run(call->centre->store, STATEMENT_CARD_INSERT,
                                  VALUES(value_text(call->fields.card), value_blob(point),
                                         value_integer(call->now)),
                                  &call->fault)) &&
           card_hear_key(call, &card);
}
