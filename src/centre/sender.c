/* See sender.h. */
#include "centre/sender.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/office_code.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "store/rows.h"

#define PREFIX "sender:" /* of the actor in the journal; no row of the staff has a colon */
_Static_assert(sizeof PREFIX + OFFICE_CODE_LEN <= STAFF_NAME, "a sender's name is an actor's");

static const struct reason reason_token = {
    "sender", "", "token", "This token is nobody's, or has ended.", "このトークンは無効です。"};
static const struct reason reason_name = {
    "sender", "", "sender-name",
    "A sender's name is 1 to 16 small letters, digits and hyphens, the first a letter.",
    "送信元の名前は、英小文字で始まる16文字までの英小文字・数字・ハイフンです。"};
static const struct reason reason_known = {"sender", "", "known-sender",
                                           "A sender has or had this name.",
                                           "同じ名前の送信元がすでに登録されています。"};
static const struct reason reason_no_sender = {"sender", "", "no-sender",
                                               "No sender has this name.",
                                               "この名前の送信元は登録されていません。"};

bool sender_name(struct act_call *call, enum err *err)
{
    uint8_t token[SENDER_TOKEN], digest[SHA256_LEN];
    char name[OFFICE_CODE_TEXT];
    struct rows rows CLEANUP_ROWS = {0};
    if (hex_decode_exactly(json_string_value(call->as), token, sizeof token) != ERR_NONE)
        return act_refuse(call, &reason_token);
    sha256(bytes_of(token, sizeof token), digest);
    explicit_bzero(token, sizeof token);
    store_query(call->centre->store, STATEMENT_SENDER_BY_TOKEN,
                VALUES(value_blob(bytes_of(digest, sizeof digest))), &rows, &call->fault);
    bool is_known = rows_next(&rows);
    if (is_known)
        row_copy_text(&rows, 0, name, sizeof name);
    *err = rows_end(&rows);
    if (*err != ERR_NONE)
        return true;
    if (!is_known)
        return act_refuse(call, &reason_token);
    call->actor = (struct staff){.uid = STAFF_NO_UID, .roles = ROLE_SENDER, .is_active = true};
    snprintf(call->actor.name, sizeof call->actor.name, PREFIX "%s", name);
    return true;
}

bool sender_may_add(struct act_call *call)
{
    int64_t num;
    if (!office_code_is_valid(bytes_of_text(call->fields.name)))
        return act_refuse(call, &reason_name);
    if (!act_ok(call, store_ask_integer(call->centre->store, STATEMENT_SENDER_HAS_NAME,
                                        VALUES(value_text(call->fields.name)), &num, &call->fault)))
        return false;
    return num == 0 || act_refuse(call, &reason_known);
}

bool sender_add(struct act_call *call)
{
    uint8_t token[SENDER_TOKEN], digest[SHA256_LEN];
    if (!sender_may_add(call))
        return false;
    random_bytes(token, sizeof token);
    sha256(bytes_of(token, sizeof token), digest);
    act_answer(call, "sender", json_string(call->fields.name));
    act_answer_bytes(call, "token", bytes_of(token, sizeof token));
    explicit_bzero(token, sizeof token);
    return act_ok(call, store_run(call->centre->store, STATEMENT_SENDER_INSERT,
                                  VALUES(value_text(call->fields.name),
                                         value_blob(bytes_of(digest, sizeof digest)),
                                         value_integer(call->now), value_text(call->actor.name)),
                                  &call->fault));
}

bool sender_end(struct act_call *call)
{
    enum err err = store_run_one(call->centre->store, STATEMENT_SENDER_END,
                                 VALUES(value_text(call->fields.name), value_integer(call->now),
                                        value_text(call->actor.name)),
                                 &call->fault);
    if (err == ERR_NOT_FOUND)
        return act_refuse(call, &reason_no_sender);
    act_answer(call, "sender", json_string(call->fields.name));
    return act_ok(call, err);
}

static void put_day(json_t *row, const char *name, int64_t time)
{
    char text[DATE_TEXT];
    json_object_set_new(row, name, json_string(date_print(date_of_time(time), text)));
}

bool sender_list(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    act_answer(call, "senders", list);
    store_query(call->centre->store, STATEMENT_SENDERS, NO_VALUES, &rows, &call->fault);
    while (rows_next(&rows)) {
        struct bytes name = row_text(&rows, 0);
        json_t *row = json_pack("{s:s%}", "name", name.data, name.len);
        put_day(row, "added", row_integer(&rows, 1));
        if (!row_is_null(&rows, 2))
            put_day(row, "ended", row_integer(&rows, 2));
        json_array_append_new(list, row);
    }
    return act_ok(call, rows_end(&rows));
}
