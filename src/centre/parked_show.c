/* A parked act as the second person reads it: every field in words, who asked and when. What a
 * person cannot read stands as its SHA-256, to be compared with a list; nothing is left out. */
#include "centre/parked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "crypto/hash.h"
#include "registry/resident.h"
#include "store/rows.h"

/* Appends what a field says. An error fails the call. */
typedef enum err shown_value(struct act_call *call, json_t *value, struct buffer *out);

static enum err put_resident(enum err err, const struct resident *resident, struct buffer *out)
{
    char name[NAME_TEXT];
    if (err == ERR_NOT_FOUND) {
        buffer_put_text(out, " (nobody in the register ／ 登録なし)");
        return ERR_NONE;
    }
    if (err != ERR_NONE)
        return err;
    if (name_join(&resident->name, name, NULL) != ERR_NONE)
        snprintf(name, sizeof name, "%s", resident->name.family);
    buffer_put_format(out, " (%lld %s)", (long long)resident->number, name);
    return ERR_NONE;
}

/* Whose card it is in the register: the point of looking twice. */
static enum err show_card(struct act_call *call, json_t *value, struct buffer *out)
{
    struct resident resident;
    const char *card = json_string_value(value);
    buffer_put_text(out, card ? card : "");
    return put_resident(
        resident_find_by_card(call->centre->store, card ? card : "", &resident, &call->fault),
        &resident, out);
}

static enum err show_resident(struct act_call *call, json_t *value, struct buffer *out)
{
    struct resident resident;
    int64_t number = json_integer_value(value);
    buffer_put_format(out, "%lld", (long long)number);
    return put_resident(resident_find(call->centre->store, number, &resident, &call->fault),
                        &resident, out);
}

/* Of the bytes that a hexadecimal text says, or of the text itself. */
static enum err show_digest(struct act_call *call, json_t *value, struct buffer *out)
{
    (void)call;
    struct buffer bytes CLEANUP_BUFFER;
    struct bytes text = bytes_of(json_string_value(value), json_string_length(value));
    uint8_t digest[SHA256_LEN];
    buffer_init(&bytes, text.len);
    bool is_hex = hex_decode(text, &bytes) == ERR_NONE;
    sha256(is_hex ? buffer_bytes(&bytes) : text, digest);
    buffer_put_text(out, "SHA-256 ");
    hex_encode(bytes_of(digest, sizeof digest), out);
    return ERR_NONE;
}

static enum err show_as_it_is(struct act_call *call, json_t *value, struct buffer *out)
{
    (void)call;
    if (json_is_string(value)) {
        buffer_put_text(out, json_string_value(value));
        return ERR_NONE;
    }
    char *text = json_dumps(value, JSON_COMPACT | JSON_ENCODE_ANY);
    buffer_put_text(out, text ? text : "");
    free(text);
    return text ? ERR_NONE : ERR_MEMORY;
}

static const struct shown {
    const char *field, *en, *ja;
    shown_value *show;
} shown[] = {
    {"card", "card", "カード", show_card},
    {"resident", "resident", "住民", show_resident},
    {"point", "key of the card", "カードの鍵", show_digest},
    {"key", "public key", "公開鍵", show_digest},
    {"name", "name", "名前", show_as_it_is},
    {"request", "request", "発行要求", show_digest},
    {"file", "file", "ファイル", show_digest},
    {"statement", "statement by the card", "カードの応答", show_digest},
    {"permit_key", "permit key, by the card", "カードの応答（許可鍵）", show_digest},
    {"token", "kind of card", "カードの種別", show_as_it_is},
    {"note", "note", "備考", show_as_it_is},
    {"number", "number", "番号", show_as_it_is},
    {"kind", "kind", "種類", show_as_it_is},
    {"count", "certificates", "件数", show_as_it_is},
    {"digest", "SHA-256 of the list", "一覧の SHA-256", show_as_it_is},
};

static struct shown shown_of(const char *field)
{
    for (size_t i = 0; i < COUNT_OF(shown); i++)
        if (strcmp(shown[i].field, field) == 0)
            return shown[i];
    return (struct shown){field, field, field, show_as_it_is};
}

static enum err field_json(struct act_call *call, const char *name, json_t *value, json_t *list)
{
    struct shown row = shown_of(name);
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, PARKED_SHOWN);
    enum err err = row.show(call, value, &text);
    if (err == ERR_NONE)
        err = buffer_check(&text);
    if (err != ERR_NONE)
        return err;
    return json_array_append_new(list,
                                 json_pack("{s:s, s:s, s:s, s:s}", "field", name, "en", row.en,
                                           "ja", row.ja, "value", buffer_text(&text))) == 0
               ? ERR_NONE
               : ERR_MEMORY;
}

static enum err fields_json(struct act_call *call, struct bytes text, json_t *list)
{
    const char *name;
    json_t *value;
    json_t *fields = json_loadb((const char *)text.data, text.len, JSON_REJECT_DUPLICATES, NULL);
    enum err err = fields ? ERR_NONE : ERR_STATE;
    json_object_foreach (fields, name, value) {
        err = field_json(call, name, value, list);
        if (err != ERR_NONE)
            break;
    }
    json_decref(fields);
    return err;
}

/* A row of PARKED_LIST; NULL for an act that is not the asker's to approve. */
static json_t *row_json(struct act_call *call, struct rows *rows, json_t *fields)
{
    char act[64] = "", first[STAFF_NAME] = "", time[TIME_TEXT];
    struct staff staff = {0};
    row_copy_text(rows, 1, act, sizeof act);
    row_copy_text(rows, 2, first, sizeof first);
    const struct act *found = act_find(call->centre, act);
    if (!found || !(found->roles & call->actor.roles) ||
        !act_ok(call, staff_find(call->centre->store, first, &staff, &call->fault)) ||
        !act_ok(call, fields_json(call, row_text(rows, 4), fields)))
        return NULL;
    return json_pack("{s:I, s:s, s:s, s:s, s:I, s:s, s:O}", "number",
                     (json_int_t)row_integer(rows, 0), "act", act, "first", first, "first_label",
                     staff.label, "made", (json_int_t)row_integer(rows, 3), "time",
                     time_print(row_integer(rows, 3), time), "fields", fields);
}

bool parked_list(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    bool has_more = false;
    int page = act_page_size(call, PARKED_PAGE);
    int64_t after = act_has(call, FIELD_AFTER) ? call->fields.after : 0;
    act_answer(call, "parked", list);
    store_query(call->centre->store, STATEMENT_PARKED_LIST,
                VALUES(value_integer(after), value_integer(page + 1)), &rows, &call->fault);
    for (int i = 0; call->outcome == ACT_DONE && !has_more && rows_next(&rows); i++) {
        json_t *fields = json_array();
        json_t *row = i < page ? row_json(call, &rows, fields) : NULL;
        has_more = i == page;
        if (row)
            json_array_append_new(list, row);
        json_decref(fields);
    }
    act_answer(call, "more", json_boolean(has_more));
    return call->outcome == ACT_DONE && act_ok(call, rows_end(&rows));
}
