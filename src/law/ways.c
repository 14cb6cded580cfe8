/* The table of procedures: papers by visit, steps in order, form, fee, who types the PIN, and why.
 * What is refused before a row is looked for, and how a row is expanded, is in procedures.c. */
#include "law/ways.h"

#include "law/events.h"

/* Steps that several rows share. The certificates' own steps are done for each kind in turn. */
#define STEPS(...)                                                                                 \
    (const enum step_name[])                                                                       \
    {                                                                                              \
        __VA_ARGS__, STEP_NONE                                                                     \
    }
#define CERTIFICATES STEP_PIN, STEP_ISSUE, STEP_INSTALL, STEP_SUPERSEDE
#define DONE         STEP_FEE, STEP_RECEIPT
#define FILING       STEP_IDENTITY, STEP_PROXY_REASON, STEP_PAPERS, STEP_LETTER
#define RETURNING    STEP_IDENTITY, STEP_PAPERS, STEP_REPLY

#define ISSUE_BY_HOLDER STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_CARD_PRESENT, CERTIFICATES, DONE)
#define ISSUE_BY_REPRESENTATIVE                                                                    \
    STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_CARD_PRESENT, CERTIFICATES, DONE)
#define ISSUE_BY_REPRESENTATIVE_WITH_LETTER                                                        \
    STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_LETTER, RETURNING, STEP_CARD_PRESENT,    \
          CERTIFICATES, DONE)
#define ISSUE_BY_PROXY                                                                             \
    STEPS(FILING, RETURNING, STEP_CARD_PRESENT, STEP_ENVELOPE, CERTIFICATES, DONE)
#define ISSUE_BY_PROXY_SAME_DAY                                                                    \
    STEPS(STEP_IDENTITY, STEP_PROXY_REASON, STEP_PAPERS, STEP_REPLY, STEP_CARD_PRESENT,            \
          STEP_ENVELOPE, CERTIFICATES, DONE)

/* Papers that several rows share. */
#define REPRESENTATIVE PAPER_REPRESENTATIVE_A, PAPER_STANDING
#define FILED          PAPER_FORM, PAPER_PROXY_A
#define RETURNED       PAPER_FORM, PAPER_REPLY, PAPER_MANDATE

/* clang-format off */
#define REASON(name, rule, statements, code, en, ja)                                               \
    static const struct reason name = {rule, statements, code, en, ja}

REASON(new_by_holder, OF_HOLDER, "S10 S14 S18 S19 S20 S21 S22 S36", "new",
       "the holder applies at the counter, with or without an appointment, types the PIN and has "
       "the certificate in one visit", "本人が窓口で申請し、暗証番号を入力して即日発行を受けます（予約可）");
REASON(renewal_by_holder, OF_HOLDER, "S11 S18 S19 S20 S21 S22 S36", "renewal",
       "from three months before the end: the holder renews in one visit",
       "有効期限の3か月前から、本人が窓口で申請し、暗証番号を入力して即日更新できます（予約可）");
REASON(change_by_holder, OF_HOLDER, "S09 S12 S19 S20 S21 S22 S36", "change-reissue",
       "after the card's own text was updated, a new signature certificate is issued in one visit",
       "カードの記載事項を更新した後、署名用電子証明書の即日発行を受けます");
REASON(stay_by_holder, OF_HOLDER, "S14 S19 S20 S22", "stay-extended",
       "before the old end: the card's new end and new certificates in one visit",
       "在留期間の満了前に、カードの有効期限の変更と電子証明書の発行を受けます");
REASON(reset_by_holder, OF_HOLDER, "S18 S23 S49 S50 S52", "pin-reset",
       "the holder sets a new PIN in one visit", "本人が窓口で暗証番号を再設定します");
REASON(change_at_home, OF_HOLDER, "S47 S48", "pin-change-at-home",
       "with a reader and the client software the PIN is changed at home",
       "ICカードリーダライタと利用者クライアントソフトにより、自宅で変更できます");
REASON(change_at_counter, OF_HOLDER, "S47 S50", "pin-change", "the PIN is changed at the counter",
       "窓口で暗証番号を変更します");
REASON(hold_by_holder, OF_HOLDER, "S38 S39", "hold",
       "call at once, at any hour; then report the loss at the counter. The signature certificate "
       "will not come back", "直ちに電話してください（24時間）。併せて窓口で届け出てください。"
       "署名用は一時保留を解除できません");
REASON(hold_by_other, OF_HOLDER, "S38 S39", "hold-by-other",
       "held on another's word; a letter tells the holder, who reports the loss at the counter. The "
       "signature certificate will not come back",
       "本人以外の連絡でも一時保留し、本人へ通知します。本人は窓口で届け出てください。"
       "署名用は一時保留を解除できません");
REASON(loss_by_holder, OF_HOLDER, "S37 S40 S42", "loss-report",
       "the card is stopped, the certificates are held; call first, at once",
       "窓口で届け出てください（先に電話で一時保留）。カードは一時停止、電子証明書は一時保留となります");
REASON(release_by_holder, OF_HOLDER, "S43 S44 S45 S46", "release",
       "one visit: authentication is released, the signature certificate is revoked and a new one "
       "offered, free", "利用者証明用は解除され、署名用は失効します。署名用は同時に発行を受けられます（無料）");
REASON(revoke_by_holder, OF_HOLDER, "S41", "revoke", "the certificate is revoked, the card stays",
       "電子証明書を失効させます（カードはそのまま使えます）");
REASON(abolish_by_holder, OF_HOLDER, "S42", "card-abolish",
       "the card is void, the certificates are revoked; there is no release",
       "カードは廃止、電子証明書は失効となり、解除はできません");
REASON(reissued_by_holder, OF_HOLDER, "S10 S19 S20 S22 S36 S40", "card-reissued",
       "on the new card all PINs are new", "新しいカードでは暗証番号をすべて新たに設定します");

REASON(by_representative, OF_REPRESENTATIVE, "S16 S20", "by-representative",
       "the legal representative applies in one visit and types the PIN",
       "法定代理人が申請し、暗証番号を入力します");
REASON(by_representative_without_pin, OF_REPRESENTATIVE, "S16 S20", "by-representative-without-pin",
       "the legal representative applies in one visit", "法定代理人が申請します");
REASON(by_representative_with_letter, OF_REPRESENTATIVE, "S16 S20 S31", "by-representative-letter",
       "without a document of list A a letter goes to the registered address first",
       "Aの書類がない場合は、照会回答書を送付するため即日発行はできません");

REASON(by_proxy, OF_PROXY, "S20 S26 S27 S28 S30 S31 S32 S33 S34 S36", "by-proxy",
       "when the holder cannot come: two visits with a letter to the holder between them, not on "
       "one day", "やむをえない理由により本人が来庁できない場合の手続きです。"
       "本人へ照会回答書を送付するため、即日発行はできません");
REASON(reset_by_proxy, OF_PROXY, "S26 S27 S28 S30 S31 S32 S33 S34 S52", "reset-by-proxy",
       "a new PIN from the sealed envelope; never on one day",
       "封入された新しい暗証番号で再設定します（即日はできません）");
REASON(by_proxy_same_day, OF_PROXY, "S26 S28 S29 S32 S34 S35", "by-proxy-same-day",
       "on one day, because the sealed reply form of the expiry notice is there; if the PIN does "
       "not match, a letter follows", "有効期限通知書の照会書兼回答書があるため即日更新できます。"
       "暗証番号を照合できない場合は郵送による照会となります");
REASON(release_by_proxy, OF_PROXY, "S26 S27 S28 S31 S33 S40 S43 S45", "release-by-proxy",
       "two visits with a letter to the holder between them; authentication is released, the "
       "signature certificate is revoked and a new one offered, free",
       "本人へ照会回答書を送付します。利用者証明用は解除され、署名用は失効します。"
       "署名用は同時に発行を受けられます（無料）");
REASON(counter_by_proxy, OF_PROXY, "S26 S27 S28 S31 S33 S40", "counter-by-proxy",
       "two visits with a letter to the holder between them",
       "代理人の場合は本人へ照会回答書を送付します");

/* Rows of the same shape for several procedures. */
#define BOTH KINDS_BOTH
#define REPRESENTATIVE_ROWS(procedure, form, fee, ...)                                             \
    {procedure, APPLICANT_LEGAL_REPRESENTATIVE, IF_NO_A, KINDS_AUTHENTICATION, form, fee,          \
     TYPED_BY_REPRESENTATIVE, ISSUE_BY_REPRESENTATIVE_WITH_LETTER, &by_representative_with_letter, \
     {{PAPER_FORM, PAPER_STANDING}, {PAPER_CARD, __VA_ARGS__, PAPER_REPLY, PAPER_STANDING}}},      \
    {procedure, APPLICANT_LEGAL_REPRESENTATIVE, 0, KINDS_AUTHENTICATION, form, fee,                \
     TYPED_BY_REPRESENTATIVE, ISSUE_BY_REPRESENTATIVE, &by_representative,                         \
     {{PAPER_CARD, __VA_ARGS__, REPRESENTATIVE}}}
#define PROXY_ROW(procedure, kinds, form, fee)                                                     \
    {procedure, APPLICANT_PROXY, 0, kinds, form, fee, TYPED_BY_STAFF, ISSUE_BY_PROXY, &by_proxy,   \
     {{FILED}, {RETURNED, PAPER_SEALED_PIN, PAPER_CARD, PAPER_PROXY_A}}}

static const struct way ways[] = {
    /* page:S10 page:S16 page:S20 page:S26 */
    {PROCEDURE_NEW, APPLICANT_HOLDER, 0, BOTH, FORM_ISSUE, FEE_NEW, TYPED_BY_HOLDER,
     ISSUE_BY_HOLDER, &new_by_holder, {{PAPER_CARD, PAPER_FORM}}},
    REPRESENTATIVE_ROWS(PROCEDURE_NEW, FORM_ISSUE, FEE_NEW, PAPER_FORM),
    PROXY_ROW(PROCEDURE_NEW, BOTH, FORM_ISSUE, FEE_NEW),
    /* page:S11 page:S29 */
    {PROCEDURE_RENEWAL, APPLICANT_HOLDER, 0, BOTH, FORM_ISSUE, FEE_RENEWAL, TYPED_BY_HOLDER,
     ISSUE_BY_HOLDER, &renewal_by_holder, {{PAPER_CARD, PAPER_FORM}}},
    REPRESENTATIVE_ROWS(PROCEDURE_RENEWAL, FORM_ISSUE, FEE_RENEWAL, PAPER_FORM),
    {PROCEDURE_RENEWAL, APPLICANT_PROXY, IF_NOTICE_REPLY, BOTH, FORM_ISSUE, FEE_RENEWAL,
     TYPED_BY_STAFF, ISSUE_BY_PROXY_SAME_DAY, &by_proxy_same_day,
     {{PAPER_CARD, PAPER_FORM, PAPER_NOTICE_REPLY, PAPER_MANDATE, PAPER_PROXY_A}}},
    PROXY_ROW(PROCEDURE_RENEWAL, BOTH, FORM_ISSUE, FEE_RENEWAL),
    /* page:S12; ours: no sealed mandate of a member of the household on the same day, though other
     * towns know it: the page has no such path */
    {PROCEDURE_CHANGE_REISSUE, APPLICANT_HOLDER, 0, KINDS_SIGNATURE, FORM_ISSUE, FEE_CHANGED,
     TYPED_BY_HOLDER, ISSUE_BY_HOLDER, &change_by_holder, {{PAPER_CARD, PAPER_FORM}}},
    PROXY_ROW(PROCEDURE_CHANGE_REISSUE, KINDS_SIGNATURE, FORM_ISSUE, FEE_CHANGED),
    /* the page is silent; as new issue, with the residence card */
    {PROCEDURE_STAY_EXTENDED, APPLICANT_HOLDER, 0, BOTH, FORM_STAY, FEE_STAY_EXTENDED,
     TYPED_BY_HOLDER, ISSUE_BY_HOLDER, &stay_by_holder,
     {{PAPER_CARD, PAPER_RESIDENCE_CARD, PAPER_FORM}}},
    REPRESENTATIVE_ROWS(PROCEDURE_STAY_EXTENDED, FORM_STAY, FEE_STAY_EXTENDED,
                        PAPER_RESIDENCE_CARD, PAPER_FORM),
    {PROCEDURE_STAY_EXTENDED, APPLICANT_PROXY, 0, BOTH, FORM_STAY, FEE_STAY_EXTENDED,
     TYPED_BY_STAFF, ISSUE_BY_PROXY, &by_proxy,
     {{FILED}, {RETURNED, PAPER_SEALED_PIN, PAPER_CARD, PAPER_RESIDENCE_CARD, PAPER_PROXY_A}}},
    /* page:S23 page:S49 page:S50 page:S52 */
    {PROCEDURE_PIN_RESET, APPLICANT_HOLDER, 0, BOTH, FORM_PIN, FEE_PIN_RESET, TYPED_BY_HOLDER,
     STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_CARD_PRESENT, STEP_PIN_RESET, STEP_RECEIPT),
     &reset_by_holder, {{PAPER_CARD, PAPER_FORM, PAPER_DOCUMENT_A_OR_B}}},
    {PROCEDURE_PIN_RESET, APPLICANT_LEGAL_REPRESENTATIVE, 0, KINDS_AUTHENTICATION, FORM_PIN,
     FEE_PIN_RESET, TYPED_BY_REPRESENTATIVE,
     STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_CARD_PRESENT, STEP_PIN_RESET,
           STEP_RECEIPT),
     &by_representative, {{PAPER_CARD, PAPER_FORM, REPRESENTATIVE}}},
    {PROCEDURE_PIN_RESET, APPLICANT_PROXY, 0, BOTH, FORM_PIN, FEE_PIN_RESET, TYPED_BY_STAFF,
     STEPS(FILING, RETURNING, STEP_CARD_PRESENT, STEP_ENVELOPE, STEP_PIN_RESET, STEP_RECEIPT),
     &reset_by_proxy, {{FILED}, {RETURNED, PAPER_SEALED_PIN, PAPER_CARD, PAPER_PROXY_A}}},
    /* page:S47 page:S48; the representative at the counter: ours, 60 % */
    {PROCEDURE_PIN_CHANGE, APPLICANT_HOLDER, IF_AT_HOME, BOTH, FORM_NONE, FEE_NO_ISSUE,
     TYPED_BY_HOLDER, STEPS(STEP_CARD_PRESENT, STEP_PIN_CHANGE), &change_at_home,
     {{PAPER_CARD, PAPER_READER, PAPER_CLIENT}}},
    {PROCEDURE_PIN_CHANGE, APPLICANT_HOLDER, 0, BOTH, FORM_PIN, FEE_NO_ISSUE, TYPED_BY_HOLDER,
     STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_CARD_PRESENT, STEP_PIN_CHANGE, STEP_RECEIPT),
     &change_at_counter, {{PAPER_CARD, PAPER_FORM}}},
    {PROCEDURE_PIN_CHANGE, APPLICANT_LEGAL_REPRESENTATIVE, 0, KINDS_AUTHENTICATION, FORM_PIN,
     FEE_NO_ISSUE, TYPED_BY_REPRESENTATIVE,
     STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_CARD_PRESENT, STEP_PIN_CHANGE,
           STEP_RECEIPT),
     &by_representative, {{PAPER_CARD, PAPER_FORM, REPRESENTATIVE}}},
    /* page:S38 page:S39 */
    {PROCEDURE_HOLD, APPLICANT_HOLDER, 0, BOTH, FORM_NONE, FEE_NO_ISSUE, TYPED_BY_NOBODY,
     STEPS(STEP_CONTROL_QUESTIONS, STEP_TOLD, STEP_HOLD, STEP_CARD_STOP, STEP_NOTICE),
     &hold_by_holder, {{PAPER_NONE}}},
#define HOLD_BY(applicant)                                                                         \
    {PROCEDURE_HOLD, applicant, 0, BOTH, FORM_NONE, FEE_NO_ISSUE, TYPED_BY_NOBODY,                 \
     STEPS(STEP_CONTROL_QUESTIONS, STEP_HOLD, STEP_CARD_STOP, STEP_NOTICE), &hold_by_other,        \
     {{PAPER_NONE}}}
    HOLD_BY(APPLICANT_LEGAL_REPRESENTATIVE),
    HOLD_BY(APPLICANT_PROXY),
    HOLD_BY(APPLICANT_OTHER),
    /* page:S37 page:S40 page:S42 */
    {PROCEDURE_LOSS_REPORT, APPLICANT_HOLDER, 0, BOTH, FORM_CARD_LOST, FEE_NO_ISSUE,
     TYPED_BY_NOBODY,
     STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_TOLD, STEP_HOLD, STEP_CARD_STOP, STEP_RECEIPT),
     &loss_by_holder, {{PAPER_FORM, PAPER_DOCUMENT_A_OR_TWO_B, PAPER_POLICE_NUMBER}}},
    {PROCEDURE_LOSS_REPORT, APPLICANT_LEGAL_REPRESENTATIVE, 0, BOTH, FORM_CARD_LOST, FEE_NO_ISSUE,
     TYPED_BY_NOBODY,
     STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_TOLD, STEP_HOLD, STEP_CARD_STOP,
           STEP_RECEIPT),
     &by_representative_without_pin, {{PAPER_FORM, REPRESENTATIVE, PAPER_POLICE_NUMBER}}},
    {PROCEDURE_LOSS_REPORT, APPLICANT_PROXY, 0, BOTH, FORM_CARD_LOST, FEE_NO_ISSUE, TYPED_BY_NOBODY,
     STEPS(FILING, RETURNING, STEP_TOLD, STEP_HOLD, STEP_CARD_STOP, STEP_RECEIPT),
     &counter_by_proxy, {{FILED}, {RETURNED, PAPER_PROXY_A, PAPER_POLICE_NUMBER}}},
    /* page:S43 page:S44 page:S45 page:S46 */
    {PROCEDURE_RELEASE, APPLICANT_HOLDER, 0, BOTH, FORM_RELEASE, FEE_FOUND, TYPED_BY_HOLDER,
     STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_TOLD, STEP_CARD_PRESENT, STEP_RELEASE,
           STEP_CARD_RESTART, STEP_OFFER_SIGNATURE, STEP_PIN, STEP_ISSUE, STEP_INSTALL, DONE),
     &release_by_holder, {{PAPER_CARD, PAPER_FORM}}},
    {PROCEDURE_RELEASE, APPLICANT_LEGAL_REPRESENTATIVE, 0, KINDS_AUTHENTICATION, FORM_RELEASE,
     FEE_FOUND, TYPED_BY_REPRESENTATIVE,
     STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_TOLD, STEP_CARD_PRESENT, STEP_RELEASE,
           STEP_CARD_RESTART, DONE),
     &by_representative, {{PAPER_CARD, PAPER_FORM, REPRESENTATIVE}}},
    {PROCEDURE_RELEASE, APPLICANT_PROXY, 0, BOTH, FORM_RELEASE, FEE_FOUND, TYPED_BY_STAFF,
     STEPS(FILING, RETURNING, STEP_TOLD, STEP_CARD_PRESENT, STEP_RELEASE, STEP_CARD_RESTART,
           STEP_OFFER_SIGNATURE, STEP_ENVELOPE, STEP_PIN, STEP_ISSUE, STEP_INSTALL, DONE),
     &release_by_proxy,
     {{FILED}, {RETURNED, PAPER_SEALED_PIN, PAPER_CARD, PAPER_PROXY_A}}},
    /* page:S41 */
    {PROCEDURE_REVOKE, APPLICANT_HOLDER, 0, BOTH, FORM_REVOKE, FEE_NO_ISSUE, TYPED_BY_NOBODY,
     STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_TOLD, STEP_REVOKE, STEP_RECEIPT), &revoke_by_holder,
     {{PAPER_FORM, PAPER_CARD}}},
    {PROCEDURE_REVOKE, APPLICANT_LEGAL_REPRESENTATIVE, 0, BOTH, FORM_REVOKE, FEE_NO_ISSUE,
     TYPED_BY_NOBODY,
     STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_TOLD, STEP_REVOKE, STEP_RECEIPT),
     &by_representative_without_pin, {{PAPER_FORM, PAPER_CARD, REPRESENTATIVE}}},
    {PROCEDURE_REVOKE, APPLICANT_PROXY, 0, BOTH, FORM_REVOKE, FEE_NO_ISSUE, TYPED_BY_NOBODY,
     STEPS(FILING, RETURNING, STEP_TOLD, STEP_REVOKE, STEP_RECEIPT), &counter_by_proxy,
     {{FILED}, {RETURNED, PAPER_CARD, PAPER_PROXY_A}}},
    /* page:S42 */
    {PROCEDURE_CARD_ABOLISH, APPLICANT_HOLDER, 0, BOTH, FORM_CARD_LOST, FEE_NO_ISSUE,
     TYPED_BY_NOBODY,
     STEPS(STEP_IDENTITY, STEP_PAPERS, STEP_TOLD, STEP_REVOKE, STEP_CARD_VOID, STEP_RECEIPT),
     &abolish_by_holder, {{PAPER_FORM, PAPER_CARD}}},
    {PROCEDURE_CARD_ABOLISH, APPLICANT_LEGAL_REPRESENTATIVE, 0, BOTH, FORM_CARD_LOST, FEE_NO_ISSUE,
     TYPED_BY_NOBODY,
     STEPS(STEP_IDENTITY, STEP_STANDING, STEP_PAPERS, STEP_TOLD, STEP_REVOKE, STEP_CARD_VOID,
           STEP_RECEIPT),
     &by_representative_without_pin, {{PAPER_FORM, PAPER_CARD, REPRESENTATIVE}}},
    /* page:S19 page:S40 */
    {PROCEDURE_CARD_REISSUED, APPLICANT_HOLDER, 0, BOTH, FORM_ISSUE, FEE_CARD_LOST, TYPED_BY_HOLDER,
     ISSUE_BY_HOLDER, &reissued_by_holder, {{PAPER_CARD, PAPER_FORM, PAPER_OLD_CARD}}},
    REPRESENTATIVE_ROWS(PROCEDURE_CARD_REISSUED, FORM_ISSUE, FEE_CARD_LOST, PAPER_FORM,
                        PAPER_OLD_CARD),
    PROXY_ROW(PROCEDURE_CARD_REISSUED, BOTH, FORM_ISSUE, FEE_CARD_LOST),
};

/* clang-format on */

const struct way *way_find(const struct procedure_facts *facts)
{
    /* page:S29 page:S34: a reset is never done on one day */
    unsigned conditions =
        (facts->is_at_home ? IF_AT_HOME : 0) |
        (facts->has_notice_reply && facts->pin == PIN_KNOWN ? IF_NOTICE_REPLY : 0) |
        (facts->has_no_document_a ? IF_NO_A : 0);
    for (size_t i = 0; i < COUNT_OF(ways); i++)
        if (ways[i].procedure == facts->procedure && ways[i].applicant == facts->applicant &&
            (ways[i].conditions & ~conditions) == 0)
            return &ways[i];
    return NULL;
}
