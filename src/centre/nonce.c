/* Giving and taking nonces. */
#include "centre/nonce.h"

#include <string.h>

#include "crypto/random.h"
#include "store/rows.h"

static const struct reason reason_nonce = {
    "statement", "S02", "nonce", "The card's statement does not answer a question of this centre.",
    "カードの応答が、この申請の問いに対するものではありません。"};
static const struct reason reason_nonce_used = {
    "statement", "S02", "nonce-used", "This nonce was used before.", "この乱数は使用済みです。"};
static const struct reason reason_nonce_old = {
    "statement", "S02", "nonce-old", "This nonce is too old. Read the card again.",
    "乱数の期限が切れました。もう一度カードを読み取ってください。"};

void nonce_random(uint8_t out[static 16])
{
    random_bytes(out, 16);
}

bool nonce_give(struct act_call *call, int64_t application, uint8_t out[static 16])
{
    nonce_random(out);
    return act_ok(call, store_run(call->centre->store, STATEMENT_NONCE_INSERT,
                                  VALUES(value_blob(bytes_of(out, 16)),
                                         application ? value_integer(application) : value_null(),
                                         value_integer(call->now)),
                                  &call->fault));
}

struct nonce_row {
    int64_t application, made;
    bool is_used;
};

static enum err nonce_read(struct act_call *call, struct nonce_row *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct nonce_row row = {0};
    struct bytes nonce = bytes_of(call->fields.nonce, 16);
    store_query(call->centre->store, STATEMENT_NONCE_READ, VALUES(value_blob(nonce)), &rows,
                &call->fault);
    if (rows_next(&rows)) {
        row.application = row_is_null(&rows, 0) ? 0 : row_integer(&rows, 0);
        row.made = row_integer(&rows, 1);
        row.is_used = !row_is_null(&rows, 2);
    }
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = row;
    return err;
}

enum err nonce_burn(struct act_call *call)
{
    return store_run(call->centre->store, STATEMENT_NONCE_USE,
                     VALUES(value_blob(bytes_of(call->burnt, 16)), value_integer(call->now)),
                     &call->fault);
}

bool nonce_take(struct act_call *call, int64_t application)
{
    struct nonce_row row = {0};
    enum err err = nonce_read(call, &row);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_nonce);
    if (!act_ok(call, err))
        return false;
    if (row.is_used)
        return act_refuse(call, &reason_nonce_used);
    memcpy(call->burnt, call->fields.nonce, sizeof call->burnt);
    call->has_burnt = true;
    if (!act_ok(call, nonce_burn(call)))
        return false;
    if (row.application != application)
        return act_refuse(call, &reason_nonce);
    if (call->now - row.made > (application ? NONCE_SECONDS : NONCE_SECONDS_FREE))
        return act_refuse(call, &reason_nonce_old);
    return true;
}
