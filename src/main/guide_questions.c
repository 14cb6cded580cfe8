/* The questions of the guide as one table, each with when it is asked and what it stores. */
#include "main/guide_questions.h"

#include "law/events.h"

#define YES_NO                                                                                     \
    {                                                                                              \
        {"yes", "はい"},                                                                           \
        {                                                                                          \
            "no", "いいえ"                                                                      \
        }                                                                                          \
    }

static bool always(const struct procedure_facts *facts)
{
    (void)facts;
    return true;
}

static void store_applicant(struct procedure_facts *facts, unsigned choice)
{
    facts->applicant = (enum applicant)choice;
}

static bool asks_represented(const struct procedure_facts *facts)
{
    return facts->applicant != APPLICANT_OTHER;
}

static void store_represented(struct procedure_facts *facts, unsigned choice)
{
    facts->is_represented = choice == 0;
}

static void store_procedure(struct procedure_facts *facts, unsigned choice)
{
    facts->procedure = (enum procedure)choice;
}

static bool is_one_of(enum procedure procedure, const enum procedure *set, size_t num)
{
    for (size_t i = 0; i < num; i++)
        if (set[i] == procedure)
            return true;
    return false;
}

static bool asks_kinds(const struct procedure_facts *facts)
{
    static const enum procedure set[] = {
        PROCEDURE_NEW,        PROCEDURE_RENEWAL, PROCEDURE_STAY_EXTENDED, PROCEDURE_PIN_RESET,
        PROCEDURE_PIN_CHANGE, PROCEDURE_RELEASE, PROCEDURE_REVOKE,        PROCEDURE_CARD_REISSUED,
    };
    return is_one_of(facts->procedure, set, COUNT_OF(set));
}

static void store_kinds(struct procedure_facts *facts, unsigned choice)
{
    static const unsigned kinds[] = {KINDS_SIGNATURE, KINDS_AUTHENTICATION, KINDS_BOTH};
    facts->kinds = kinds[choice];
}

static bool asks_pin(const struct procedure_facts *facts)
{
    static const enum procedure set[] = {
        PROCEDURE_NEW,           PROCEDURE_RENEWAL,    PROCEDURE_CHANGE_REISSUE,
        PROCEDURE_STAY_EXTENDED, PROCEDURE_PIN_CHANGE, PROCEDURE_RELEASE,
    };
    return is_one_of(facts->procedure, set, COUNT_OF(set));
}

static void store_pin(struct procedure_facts *facts, unsigned choice)
{
    facts->pin = (enum pin_state)choice;
}

static bool asks_card(const struct procedure_facts *facts)
{
    return facts->procedure != PROCEDURE_HOLD && facts->procedure != PROCEDURE_LOSS_REPORT;
}

static void store_card(struct procedure_facts *facts, unsigned choice)
{
    facts->is_card_missing = choice == 1;
}

static bool asks_home(const struct procedure_facts *facts)
{
    return facts->procedure == PROCEDURE_PIN_CHANGE && facts->applicant == APPLICANT_HOLDER;
}

static void store_home(struct procedure_facts *facts, unsigned choice)
{
    facts->is_at_home = choice == 0;
}

static bool asks_reply_form(const struct procedure_facts *facts)
{
    return facts->procedure == PROCEDURE_RENEWAL && facts->applicant == APPLICANT_PROXY;
}

static void store_reply_form(struct procedure_facts *facts, unsigned choice)
{
    facts->has_notice_reply = choice == 0;
}

static bool asks_stopped(const struct procedure_facts *facts)
{
    return facts->procedure == PROCEDURE_RELEASE;
}

static void store_stopped(struct procedure_facts *facts, unsigned choice)
{
    facts->is_card_stopped = choice == 0;
}

static bool asks_fee(const struct procedure_facts *facts)
{
    return facts->procedure == PROCEDURE_CARD_REISSUED;
}

static void store_fee(struct procedure_facts *facts, unsigned choice)
{
    static const enum fee_reason reasons[] = {
        FEE_CARD_LOST,   FEE_CARD_DAMAGED, FEE_CARD_LAPSED, FEE_CARD_STOLEN,
        FEE_CARD_FAULTY, FEE_CARD_FULL,    FEE_DISASTER,
    };
    facts->fee = reasons[choice];
}

/* In the order in which they are asked; the choices in the order of the enums that they answer. */
const struct guide_question guide_questions[] = {
    {always,
     store_applicant,
     "Who comes?",
     "来庁される方はどなたですか",
     {{"the holder", "本人"},
      {"the legal representative", "法定代理人"},
      {"a proxy", "代理人"},
      {"somebody else (relative, police, finder)", "その他（親族・警察・拾得者）"}}},
    {asks_represented, store_represented, "Is the holder under 15, or an adult ward?",
     "本人は15歳未満、または成年被後見人ですか", YES_NO},
    {always,
     store_procedure,
     "What happened?",
     "ご用件は何ですか",
     {{"there is no certificate yet, or it has expired",
       "電子証明書がない、または有効期限が過ぎた"},
      {"the certificate ends soon", "有効期限が近い（更新）"},
      {"name, birth date, sex or address changed", "氏名・生年月日・性別・住所が変わった"},
      {"the period of stay was extended", "在留期間が更新された"},
      {"a PIN is forgotten or locked", "暗証番号を忘れた、またはロックされた"},
      {"a PIN is to be changed", "暗証番号を変更したい"},
      {"the card was lost or stolen just now", "カードを紛失した・盗まれた（直ちに）"},
      {"the card was lost or stolen: report at the counter", "紛失・盗難を窓口で届け出る"},
      {"the card was found again", "カードが見つかった"},
      {"a certificate is not wanted any more, or a key leaked", "電子証明書の失効、秘密鍵の漏えい"},
      {"the card is given up", "カードを返納・廃止する"},
      {"the card was re-issued", "カードが再発行された"}}},
    {asks_kinds,
     store_kinds,
     "Which certificate?",
     "どの電子証明書ですか",
     {{"for signatures", "署名用"}, {"for user authentication", "利用者証明用"}, {"both", "両方"}}},
    {asks_pin,
     store_pin,
     "Is the PIN known?",
     "暗証番号はわかりますか",
     {{"yes", "はい"},
      {"forgotten or locked", "忘れた、またはロックされた"},
      {"none was set yet", "まだ設定していない"}}},
    {asks_card, store_card, "Is the My Number card at hand?",
     "マイナンバーカードはお手元にありますか", YES_NO},
    {asks_home, store_home, "Are a card reader and the client software at home?",
     "ご自宅にICカードリーダライタと利用者クライアントソフトがありますか", YES_NO},
    {asks_reply_form, store_reply_form,
     "Is the reply form of the expiry notice there, filled in by the holder and sealed?",
     "有効期限通知書の照会書兼回答書（本人記入・封緘済み）はありますか", YES_NO},
    {asks_stopped, store_stopped, "Was the card itself stopped, too?",
     "カード自体も一時停止されていますか", YES_NO},
    {asks_fee,
     store_fee,
     "Why was the card re-issued?",
     "再発行の理由は何ですか",
     {{"lost", "紛失"},
      {"damaged", "損傷"},
      {"lapsed", "失効"},
      {"stolen", "盗難"},
      {"faulty", "カードの不良"},
      {"remarks field full", "追記欄の満欄"},
      {"disaster", "災害"}}},
};

const size_t num_guide_questions = COUNT_OF(guide_questions);
