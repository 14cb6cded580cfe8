/* Cards: their register, their statements, and what follows from a statement. */
#include "centre/card.h"

#include <string.h>

#include "base/clock.h"
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
    return card_check_token(call) &&
           card_is_new(call, STATEMENT_CARD_READ, value_text(call->fields.card)) &&
           card_is_new(call, STATEMENT_CARD_BY_POINT, value_blob(point)) &&
           card_states_itself(call) &&
           act_ok(call, store_run(call->centre->store, STATEMENT_CARD_INSERT,
                                  VALUES(value_text(call->fields.card), value_blob(point),
                                         value_integer(call->now)),
                                  &call->fault));
}
