/* Names and labels of the steps. */
#include "law/steps.h"

static const struct {
    const char *word, *en, *ja;
    bool is_for_a_kind;
} steps[] = {
    [STEP_NONE] = {"none", "nothing", "なし", false},
    [STEP_NOTICE] = {"notice", "a letter tells the holder", "本人への通知", false},
    [STEP_IDENTITY] = {"identity", "who is here is established", "本人確認", false},
    [STEP_PAPERS] = {"papers", "the papers are checked", "書類の確認", false},
    [STEP_STANDING] = {"standing", "legal representation is checked", "法定代理人の資格の確認",
                       false},
    [STEP_PROXY_REASON] = {"proxy-reason", "why the holder cannot come is recorded",
                           "来庁できない理由の記録", false},
    [STEP_TOLD] = {"told", "what will not come back is said", "失効等の説明", false},
    [STEP_CONTROL_QUESTIONS] = {"control-questions", "control questions are asked",
                                "本人確認のための質問", false},
    [STEP_LETTER] = {"letter", "the inquiry letter goes to the registered address",
                     "住民登録地へ照会書兼回答書を送付", false},
    [STEP_REPLY] = {"reply", "the reply and the mandate are checked", "回答書と委任状の確認",
                    false},
    [STEP_ENVELOPE] = {"envelope", "the sealed envelope is opened at the terminal",
                       "封筒の封印の確認と開封", false},
    [STEP_CARD_PRESENT] = {"card-present", "the card proves itself", "カードの確認", false},
    [STEP_PIN] = {"pin", "the PIN is typed", "暗証番号の入力", true},
    [STEP_PIN_SET] = {"pin-set", "a first PIN is set, typed twice", "暗証番号の設定", true},
    [STEP_PIN_RESET] = {"pin-reset", "a new PIN is set, typed twice", "暗証番号の再設定", true},
    [STEP_PIN_CHANGE] = {"pin-change", "the PIN is changed", "暗証番号の変更", true},
    [STEP_ISSUE] = {"issue", "the certificate is made for a new key in the card",
                    "電子証明書の発行", true},
    [STEP_INSTALL] = {"install", "the certificate is written into the card", "カードへの記録",
                      true},
    [STEP_SUPERSEDE] = {"supersede", "the predecessor is revoked", "旧電子証明書の失効", true},
    [STEP_HOLD] = {"hold", "the certificates are held", "電子証明書の一時保留", false},
    [STEP_RELEASE] = {"release", "authentication is released, the signature revoked",
                      "利用者証明用の一時保留解除と署名用の失効", false},
    [STEP_REVOKE] = {"revoke", "the certificate is revoked", "電子証明書の失効", true},
    [STEP_CARD_STOP] = {"card-stop", "the card is stopped", "カードの一時停止", false},
    [STEP_CARD_RESTART] = {"card-restart", "the card's stop is lifted", "カードの一時停止解除",
                           false},
    [STEP_CARD_VOID] = {"card-void", "the card is void", "カードの廃止", false},
    [STEP_OFFER_SIGNATURE] = {"offer-signature", "a new signature certificate is offered, free",
                              "署名用電子証明書の発行の案内（無料）", false},
    [STEP_FEE] = {"fee", "the fee and its reason are recorded", "手数料の確認", false},
    [STEP_RECEIPT] = {"receipt", "a receipt is given", "控えの交付", false},
};

const char *step_word(enum step_name name)
{
    return steps[name].word;
}

const char *step_label(enum step_name name, enum language language)
{
    return language == LANGUAGE_JA ? steps[name].ja : steps[name].en;
}

bool step_is_for_a_kind(enum step_name name)
{
    return steps[name].is_for_a_kind;
}
