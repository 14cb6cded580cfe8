/* The questions of the guide as one table, each with when it is asked and what it stores. */
#include "guide/questions.h"

#include "law/events.h"

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

/* page:S16 page:S28 */
static bool asks_document(const struct procedure_facts *facts)
{
    bool is_for_another =
        facts->applicant == APPLICANT_LEGAL_REPRESENTATIVE || facts->applicant == APPLICANT_PROXY;
    return is_for_another && facts->procedure != PROCEDURE_HOLD;
}

static void store_document(struct procedure_facts *facts, unsigned choice)
{
    facts->has_no_document_a = choice == 1;
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

/* clang-format off */
#define YES_NO {{"yes", "yes", "はい"}, {"no", "no", "いいえ"}}

/* In the order in which they are asked; the choices in the order of the enums that they answer. */
const struct guide_question guide_questions[] = {
    {"who", always, store_applicant, "Who comes?", "来庁される方はどなたですか",
     {{"holder", "the holder", "本人"},
      {"legal-representative", "the legal representative", "法定代理人"},
      {"proxy", "a proxy", "代理人"},
      {"other", "somebody else (relative, police, finder)", "その他（親族・警察・拾得者）"}}},
    {"represented", asks_represented, store_represented,
     "Is the holder under 15, or an adult ward?", "本人は15歳未満、または成年被後見人ですか", YES_NO},
    {"what", always, store_procedure, "What happened?", "ご用件は何ですか",
     {{"new", "there is no certificate yet, or it has expired", "電子証明書がない、または有効期限が過ぎた"},
      {"renewal", "the certificate ends soon", "有効期限が近い（更新）"},
      {"change-reissue", "name, birth date, sex or address changed", "氏名・生年月日・性別・住所が変わった"},
      {"stay-extended", "the period of stay was extended", "在留期間が更新された"},
      {"pin-reset", "a PIN is forgotten or locked", "暗証番号を忘れた、またはロックされた"},
      {"pin-change", "a PIN is to be changed", "暗証番号を変更したい"},
      {"hold", "the card was lost or stolen just now", "カードを紛失した・盗まれた（直ちに）"},
      {"loss-report", "the card was lost or stolen: report at the counter", "紛失・盗難を窓口で届け出る"},
      {"release", "the card was found again", "カードが見つかった"},
      {"revoke", "a certificate is not wanted any more, or a key leaked", "電子証明書の失効、秘密鍵の漏えい"},
      {"card-abolish", "the card is given up", "カードを返納・廃止する"},
      {"card-reissued", "the card was re-issued", "カードが再発行された"}}},
    {"kind", asks_kinds, store_kinds, "Which certificate?", "どの電子証明書ですか",
     {{"signature", "for signatures", "署名用"},
      {"authentication", "for user authentication", "利用者証明用"},
      {"both", "both", "両方"}}},
    {"pin", asks_pin, store_pin, "Is the PIN known?", "暗証番号はわかりますか",
     {{"known", "yes", "はい"},
      {"forgotten", "forgotten or locked", "忘れた、またはロックされた"},
      {"never-set", "none was set yet", "まだ設定していない"}}},
    {"card", asks_card, store_card, "Is the My Number card at hand?",
     "マイナンバーカードはお手元にありますか", YES_NO},
    {"document-a", asks_document, store_document,
     "Does the one who comes have a document of list A, with photograph?",
     "来庁される方は、官公署発行の写真付本人確認書類（A）をお持ちですか", YES_NO},
    {"home", asks_home, store_home, "Are a card reader and the client software at home?",
     "ご自宅にICカードリーダライタと利用者クライアントソフトがありますか", YES_NO},
    {"reply-form", asks_reply_form, store_reply_form,
     "Is the reply form of the expiry notice there, filled in by the holder and sealed?",
     "有効期限通知書の照会書兼回答書（本人記入・封緘済み）はありますか", YES_NO},
    {"card-stopped", asks_stopped, store_stopped, "Was the card itself stopped, too?",
     "カード自体も一時停止されていますか", YES_NO},
    {"reissue", asks_fee, store_fee, "Why was the card re-issued?", "再発行の理由は何ですか",
     {{"card-lost", "lost", "紛失"},
      {"card-damaged", "damaged", "損傷"},
      {"card-lapsed", "lapsed", "失効"},
      {"card-stolen", "stolen", "盗難"},
      {"card-faulty", "faulty", "カードの不良"},
      {"card-full", "remarks field full", "追記欄の満欄"},
      {"disaster", "disaster", "災害"}}},
};
/* clang-format on */

_Static_assert(COUNT_OF(guide_questions) <= GUIDE_MAX_QUESTIONS, "a guide has room for all");
const size_t num_guide_questions = COUNT_OF(guide_questions);

unsigned guide_num_choices(const struct guide_question *question)
{
    unsigned num = 0;
    while (num < GUIDE_MAX_CHOICES && question->choices[num].word)
        num++;
    return num;
}
