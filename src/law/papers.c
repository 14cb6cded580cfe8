/* Names and labels of what people bring, and the titles of the forms as the page prints them. */
#include "law/papers.h"

static const struct {
    const char *name, *en, *ja;
} papers[] = {
    [PAPER_NONE] = {"none", "nothing", "なし"},
    [PAPER_CARD] = {"card", "the holder's My Number card", "本人のマイナンバーカード"},
    [PAPER_FORM] = {"form", "the form, filled in", "申請書（届出書）"},
    [PAPER_DOCUMENT_A_OR_B] = {"document", "one document of list A or list B",
                               "本人確認書類 A又はBを1点"},
    [PAPER_DOCUMENT_A_OR_TWO_B] = {"document-or-two", "one document of list A, or two of list B",
                                   "本人確認書類 Aを1点又はBを2点"},
    [PAPER_DOCUMENT_A] = {"document-a", "one document of list A", "本人確認書類 Aを1点"},
    [PAPER_REPRESENTATIVE_A] = {"representative-document",
                                "the legal representative's document of list A",
                                "法定代理人の本人確認書類 Aを1点"},
    [PAPER_STANDING] = {"standing", "proof of being the legal representative",
                        "法定代理人であることを証明する書類"},
    [PAPER_PROXY_A] = {"proxy-document", "the proxy's document of list A",
                       "代理人の本人確認書類 Aを1点"},
    [PAPER_REPLY] = {"reply", "the inquiry letter with its reply, in the holder's hand",
                     "照会書兼回答書（本人記入）"},
    [PAPER_NOTICE_REPLY] =
        {"notice-reply",
         "the reply form that came with the expiry notice, with the PIN, in the "
         "holder's hand, sealed and unopened",
         "有効期限通知書に同封の照会書兼回答書（本人が暗証番号等を記入し封緘したもの）"},
    [PAPER_MANDATE] = {"mandate", "the mandate, in the holder's hand", "委任状（本人記入）"},
    [PAPER_SEALED_PIN] = {"sealed-pin", "the PIN in an envelope, closed and sealed by the holder",
                          "暗証番号（封筒に封入・封緘・押印したもの）"},
    [PAPER_RESIDENCE_CARD] = {"residence-card", "the residence card, new or stamped \"applied\"",
                              "在留カード（更新後、または申請中のもの）"},
    [PAPER_POLICE_NUMBER] = {"police-number",
                             "the police's number of the report, if lost outside the home",
                             "警察の受理番号（自宅外での紛失・盗難の場合）"},
    [PAPER_OLD_CARD] = {"old-card", "the old card, if there is one", "旧カード（ある場合）"},
    [PAPER_READER] = {"reader", "a card reader", "ICカードリーダライタ"},
    [PAPER_CLIENT] = {"client", "the client software", "利用者クライアントソフト"},
};

/* page:S36 page:S41 page:S42 page:S46 page:S50 the titles are the page's */
static const struct {
    const char *name, *en, *ja;
} forms[] = {
    [FORM_NONE] = {"none", "no form", "なし"},
    [FORM_ISSUE] = {"issue", "application for issue or renewal of certificates",
                    "電子証明書 新規発行/更新申請書"},
    [FORM_REVOKE] = {"revoke", "application for revocation, notice of a leaked key",
                     "署名用電子証明書/利用者証明用電子証明書 失効申請/秘密鍵漏えい等届出書"},
    [FORM_CARD_LOST] = {"card-lost", "notice of a lost or abolished card",
                        "個人番号カード紛失・廃止届 電子証明書 失効申請/秘密鍵漏えい等届出書"},
    [FORM_RELEASE] = {"release", "notice of release of the authentication certificate",
                      "利用者証明用電子証明書 一時保留解除届"},
    [FORM_RELEASE_CARD] = {"release-card",
                           "notice of release of the card and the authentication "
                           "certificate",
                           "個人番号カード一時停止解除届/利用者証明用電子証明書 一時停止解除届"},
    [FORM_PIN] = {"pin", "application for change or reset of PINs",
                  "電子証明書 暗証番号変更/暗証番号初期化申請書"},
    [FORM_CARD_PIN] = {"card-pin", "application for change or reset of all PINs of the card",
                       "個人番号カード暗証番号変更・再設定 電子証明書 暗証番号変更・再設定申請書"},
    [FORM_STAY] =
        {"stay", "joint application for the card's new end and for certificates",
         "個人番号カード在留期間更新に伴う有効期間変更申請書 兼 電子証明書発行/更新申請書"},
};

bool paper_is_document(enum paper paper, bool *takes_b)
{
    *takes_b = paper == PAPER_DOCUMENT_A_OR_B || paper == PAPER_DOCUMENT_A_OR_TWO_B;
    return *takes_b || paper == PAPER_DOCUMENT_A || paper == PAPER_REPRESENTATIVE_A ||
           paper == PAPER_PROXY_A;
}

const char *paper_name(enum paper paper)
{
    return papers[paper].name;
}

enum err paper_parse(struct bytes name, enum paper *out)
{
    for (enum paper paper = PAPER_CARD; paper <= PAPER_CLIENT; paper++)
        if (bytes_equal_text(name, papers[paper].name)) {
            *out = paper;
            return ERR_NONE;
        }
    return ERR_MALFORMED;
}

const char *paper_label(enum paper paper, enum language language)
{
    return language == LANGUAGE_JA ? papers[paper].ja : papers[paper].en;
}

const char *form_name(enum form form)
{
    return forms[form].name;
}

const char *form_title(enum form form, enum language language)
{
    return language == LANGUAGE_JA ? forms[form].ja : forms[form].en;
}
