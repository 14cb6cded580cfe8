/* Registering followers, and keeping them in certificates. */
#include "centre/follower.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/setup.h"
#include "crypto/key.h"
#include "store/rows.h"

#define LOOK_MILLISECONDS 2000

static const struct reason reason_key = {"follower", "", "key",
                                         "The key is not a public key of P-256.",
                                         "P-256 の公開鍵ではありません。"};
static const struct reason reason_known_key = {
    "follower", "", "known-key", "This key is or was a follower's; a new one is made for each.",
    "この鍵は登録済みです (解除されたものを含む)。新しい鍵を作成してください。"};
static const struct reason reason_known_name = {"follower", "", "known-name",
                                                "A follower has this name already.",
                                                "同じ名前の追従ノードがすでに登録されています。"};
static const struct reason reason_most = {"follower", "", "most", "There are too many followers.",
                                          "追従ノードの数が上限に達しています。"};
static const struct reason reason_no_follower = {"follower", "", "no-follower",
                                                 "No follower has this name.",
                                                 "この名前の追従ノードは登録されていません。"};

/* --- who is one --- */

struct follower {
    int64_t number;
    char name[FIELD_TEXT];
    uint8_t spki[FOLLOWER_KEY_LEN];
};

struct follower_list {
    size_t num;
    struct follower rows[LIMIT_FOLLOWERS];
};

static enum err list_read(struct centre *centre, struct follower_list *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    out->num = 0;
    store_query(centre->store, STATEMENT_FOLLOWER_LIST, NO_VALUES, &rows, fault);
    while (out->num < LIMIT_FOLLOWERS && rows_next(&rows)) {
        struct follower *row = &out->rows[out->num++];
        row->number = row_integer(&rows, 0);
        row_copy_text(&rows, 1, row->name, sizeof row->name);
        row_copy_blob(&rows, 2, row->spki, sizeof row->spki);
    }
    return rows_end(&rows);
}

static bool counts(struct act_call *call, enum statement statement, struct value value,
                   int64_t *out)
{
    return act_ok(call,
                  store_ask_integer(call->centre->store, statement, &value, 1, out, &call->fault));
}

static struct bytes key_of(const struct act_call *call)
{
    return bytes_of(call->fields.key, sizeof call->fields.key);
}

bool follower_may_add(struct act_call *call)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    struct follower_list list;
    int64_t num_keys = 0, num_names = 0;
    if (public_key_parse(key_of(call), &key) != ERR_NONE || public_key_type(key) != KEY_P256)
        return act_refuse(call, &reason_key);
    if (!counts(call, STATEMENT_FOLLOWER_COUNT_KEY, value_blob(key_of(call)), &num_keys) ||
        !counts(call, STATEMENT_FOLLOWER_COUNT_NAME, value_text(call->fields.name), &num_names) ||
        !act_ok(call, list_read(call->centre, &list, &call->fault)))
        return false;
    if (num_keys)
        return act_refuse(call, &reason_known_key);
    if (num_names)
        return act_refuse(call, &reason_known_name);
    return list.num < LIMIT_FOLLOWERS || act_refuse(call, &reason_most);
}

bool follower_add(struct act_call *call)
{
    int64_t number;
    if (!follower_may_add(call) ||
        !act_ok(call, store_ask_integer(call->centre->store, STATEMENT_FOLLOWER_INSERT,
                                        VALUES(value_text(call->fields.name),
                                               value_blob(key_of(call)), value_integer(call->now)),
                                        &number, &call->fault)))
        return false;
    call->centre->follower_look = 0;
    act_answer(call, "follower", json_string(call->fields.name));
    return true;
}

bool follower_may_remove(struct act_call *call)
{
    int64_t num = 0;
    if (!counts(call, STATEMENT_FOLLOWER_COUNT_NAME, value_text(call->fields.name), &num))
        return false;
    return num == 1 || act_refuse(call, &reason_no_follower);
}

bool follower_remove(struct act_call *call)
{
    if (!follower_may_remove(call) ||
        !act_ok(call, store_run_one(call->centre->store, STATEMENT_FOLLOWER_REMOVE,
                                    VALUES(value_text(call->fields.name), value_integer(call->now)),
                                    &call->fault)))
        return false;
    act_answer(call, "follower", json_string(call->fields.name));
    return true;
}

/* --- their certificates --- */

struct renewal {
    int64_t at, end; /* zeros: there is no certificate */
};

static enum err renewal_read(struct centre *centre, const struct follower *follower, enum kind kind,
                             unsigned generation, struct renewal *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    *out = (struct renewal){0};
    store_query(
        centre->store, STATEMENT_FOLLOWER_RENEWAL,
        VALUES(value_integer(follower->number), value_integer(kind), value_integer(generation)),
        &rows, fault);
    if (rows_next(&rows))
        *out = (struct renewal){row_integer(&rows, 0), row_integer(&rows, 1)};
    return rows_end(&rows);
}

/* For each authority that has not ended. Stops at an error. */
typedef enum err at_authority(struct centre *centre, const struct follower *follower,
                              enum kind kind, const struct authority *authority, void *context,
                              struct fault *fault);

static enum err each_authority(struct centre *centre, const struct follower *follower,
                               at_authority *visit, void *context, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        const struct authorities_of_kind *all = &centre->authorities[kind];
        for (unsigned i = 0; err == ERR_NONE && i < all->num; i++)
            if (authority_is_current(&all->generations[i]))
                err =
                    visit(centre, follower, (enum kind)kind, &all->generations[i], context, fault);
    }
    return err;
}

static enum err renew(struct centre *centre, const struct follower *follower, enum kind kind,
                      const struct authority *authority, void *context, struct fault *fault)
{
    struct renewal last;
    (void)context;
    enum err err = renewal_read(centre, follower, kind, authority->generation, &last, fault);
    if (err != ERR_NONE || clock_now() < last.at)
        return err;
    const struct setup_follower to = {follower->number, follower->name};
    return setup_follower(centre, kind, authority, bytes_of(follower->spki, FOLLOWER_KEY_LEN), &to,
                          fault);
}

enum err follower_turn(struct centre *centre, struct fault *fault)
{
    struct follower_list list;
    if (centre->follower_look && clock_monotonic() - centre->follower_look < LOOK_MILLISECONDS)
        return ERR_NONE;
    centre->follower_look = clock_monotonic();
    enum err err = list_read(centre, &list, fault);
    for (size_t i = 0; err == ERR_NONE && i < list.num; i++)
        err = each_authority(centre, &list.rows[i], renew, NULL, fault);
    return err;
}

/* --- how they stand --- */

static enum err find_end(struct centre *centre, const struct follower *follower, enum kind kind,
                         const struct authority *authority, void *context, struct fault *fault)
{
    int64_t *end = context;
    struct renewal last;
    enum err err = renewal_read(centre, follower, kind, authority->generation, &last, fault);
    if (err == ERR_NONE && last.end < *end)
        *end = last.end;
    return err;
}

enum err follower_each(struct centre *centre, follower_tell *tell, void *context,
                       struct fault *fault)
{
    struct follower_list list;
    enum err err = list_read(centre, &list, fault);
    for (size_t i = 0; err == ERR_NONE && i < list.num; i++) {
        int64_t end = INT64_MAX;
        err = each_authority(centre, &list.rows[i], find_end, &end, fault);
        if (err == ERR_NONE)
            tell(context, list.rows[i].name, end);
    }
    return err;
}
