/* The resident's view: whose it is, then the entries, newest first. */
#include "centre/about.h"

#include <string.h>

#include "centre/card.h"
#include "registry/resident.h"
#include "store/rows.h"

#define ABOUT_PAGE 500

static const struct reason reason_whose = {
    "journal-about", "", "whose",
    "Either the card says whose entries are meant, or a resident is named with a purpose.",
    "カードによるか、住民と利用目的を指定してください。"};
static const struct reason reason_purpose = {"journal-about", "", "no-purpose",
                                             "Without the card the purpose must be written down.",
                                             "カードによらない場合は、利用目的の記入が必要です。"};
static const struct reason reason_nobody = {"journal-about", "", "no-resident",
                                            "Nobody in the register is meant by this.",
                                            "該当する住民は登録されていません。"};

/* What an act was to the resident. */
/* clang-format off */
static const struct { const char *act, *en, *ja; } labels[] = {
    {"application-open", "an application was opened", "申請の受付"},
    {"application-show", "your application was looked at", "申請内容の閲覧"},
    {"application-close", "an application was closed", "申請の終了"},
    {"exception-open", "an exceptional application was opened", "例外の申請の受付"},
    {"hold-mistaken", "a mistaken hold was ended", "誤った一時保留の解除"},
    {"step", "a step of an application", "手続の実施"},
    {"reset-join", "a PIN reset joined an application", "暗証番号初期化の追加"},
    {"execute", "certificates or card were held, released or ended", "電子証明書・カードの一時保留、解除、失効"},
    {"terminal-call", "a terminal was called for your application", "申請の端末への呼出し"},
    {"nonce", "a question to your card was prepared", "カードへの照会の準備"},
    {"card-present", "your card was read", "カードの読み取り"},
    {"permit", "a permit was given to your card", "カードへの操作の許可"},
    {"pin", "a PIN was set or verified", "暗証番号の設定・照合"},
    {"issue", "a certificate was issued", "電子証明書の発行"},
    {"receipt", "a certificate was put into your card", "電子証明書のカードへの記録"},
    {"certificate-reenter", "a certificate was recorded again", "電子証明書の再記録"},
    {"never-installed", "a certificate that was never in the card ended", "未記録の電子証明書の失効"},
    {"event", "an event of your resident record", "住民票の異動"},
    {"event-withdraw", "an event of your resident record was withdrawn", "住民票の異動の取下げ"},
    {"event-list", "what became of your certificates was looked up", "住民票の異動の結果の閲覧"},
    {"resident-find", "your record was looked up", "住民情報の検索・閲覧"},
    {"caller-check", "somebody called about your card", "カードについての電話の確認"},
    {"notice-list", "a notice to you was listed", "お知らせの一覧の閲覧"},
    {"notice-paper", "a notice to you was printed", "お知らせの印刷"},
    {"notice-returned", "a notice to you came back", "お知らせの返送の記録"},
    {"journal-about", "these entries were read", "この記録の閲覧"},
};
/* clang-format on */

static bool find_resident(struct act_call *call, struct resident *out)
{
    struct card_statement statement;
    struct card card;
    enum err err;
    if (act_has(call, FIELD_RESIDENT) && !act_has(call, FIELD_STATEMENT)) {
        if (!act_has(call, FIELD_NOTE))
            return act_refuse(call, &reason_purpose);
        err = resident_find(call->centre->store, call->fields.resident, out, &call->fault);
    } else if (!act_has(call, FIELD_RESIDENT) && act_has(call, FIELD_STATEMENT | FIELD_NONCE)) {
        if (!card_hear(call, 0, &statement, &card))
            return false;
        err = resident_find_by_card(call->centre->store, card.id, out, &call->fault);
    } else {
        return act_refuse(call, &reason_whose);
    }
    return err == ERR_NOT_FOUND ? act_refuse(call, &reason_nobody) : act_ok(call, err);
}

static json_t *entry_json(struct rows *rows)
{
    char kind[128], role[64], time[TIME_TEXT];
    row_copy_text(rows, 1, kind, sizeof kind);
    row_copy_text(rows, 2, role, sizeof role);
    char *outcome = strchr(kind, ':');
    if (outcome)
        *outcome++ = '\0';
    const char *en = kind, *ja = kind;
    for (size_t i = 0; i < COUNT_OF(labels); i++)
        if (strcmp(labels[i].act, kind) == 0) {
            en = labels[i].en;
            ja = labels[i].ja;
        }
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:s, s:s}", "number",
                     (json_int_t)row_integer(rows, 0), "time",
                     time_print(row_integer(rows, 3), time), "act", kind, "outcome",
                     outcome ? outcome : "", "role", role, "en", en, "ja", ja);
}

static bool read_entries(struct act_call *call, int64_t resident)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    int64_t before = act_has(call, FIELD_AFTER) ? call->fields.after : INT64_MAX;
    int page = act_page_size(call, ABOUT_PAGE), num = 0;
    store_query(
        call->centre->store, STATEMENT_JOURNAL_ABOUT_READ,
        VALUES(value_integer(resident), value_integer(before), value_integer((int64_t)page + 1)),
        &rows, &call->fault);
    for (; rows_next(&rows); num++)
        if (num < page)
            json_array_append_new(list, entry_json(&rows));
    act_answer(call, "entries", list);
    act_answer(call, "more", json_boolean(num > page));
    return act_ok(call, rows_end(&rows));
}

bool about_run(struct act_call *call)
{
    struct resident resident;
    if (!find_resident(call, &resident))
        return false;
    act_is_about(call, resident.number);
    act_answer(call, "resident", json_integer(resident.number));
    return read_entries(call, resident.number) && call->outcome == ACT_DONE;
}
