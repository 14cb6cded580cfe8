/* The tables of the forms. Their titles are the page's (law/papers.c), their words are ours. □ is a
 * box to be ticked; wide spaces are room to write. */
#include "paper/layout.h"

#define DATE "　　　　　年　　　月　　　日"

/* --- what several forms have --- */

static const struct layout_row head_rows[] = {
    {24,
     NULL,
     {{"あて先", "　　　　　　　　町長　様", ITEM_NONE}, {"申請・届出の日", DATE, ITEM_NONE}}},
};
LAYOUT_BLOCK(head, NULL);

static const struct layout_row holder_rows[] = {
    {17, NULL, {{"フリガナ", NULL, ITEM_FURIGANA}}},
    {29, NULL, {{"氏名", NULL, ITEM_NAME}}},
    {20, NULL, {{"電子証明書の氏名", NULL, ITEM_CERT_NAME}}},
    {22, NULL, {{"生年月日", DATE, ITEM_BIRTH_DATE}, {"性別", "□ 男　　　　□ 女", ITEM_SEX}}},
    {32, NULL, {{"住所", NULL, ITEM_ADDRESS}}},
    {20, NULL, {{"電話番号", "　　　　　　（　　　　　　）", ITEM_NONE}}},
};
LAYOUT_BLOCK(holder, "本人（カードの名義人）");

#define KINDS "証明書の種類", "□ 署名用電子証明書　　　□ 利用者証明用電子証明書", ITEM_NONE

static const struct layout_row visitor_rows[] = {
    {22, NULL, {{"申請者の区分", "□ 本人　　　□ 法定代理人　　　□ 代理人", ITEM_NONE}}},
    {26, NULL, {{"申請者の氏名", NULL, ITEM_NONE}, {"本人との関係", NULL, ITEM_NONE}}},
    {28, NULL, {{"申請者の住所", NULL, ITEM_NONE}}},
    {14, "申請者が本人のときは、区分に印を付けるだけで、氏名と住所は要りません。", {{0}}},
};
LAYOUT_BLOCK(visitor, "申請者（窓口に来る人）");

static const struct layout_row pin_note_rows[] = {
    {16, "暗証番号はこの用紙に書かないでください。窓口で、端末に入力していただきます。", {{0}}},
};
LAYOUT_BLOCK(pin_note, NULL);

static const struct layout_row office_rows[] = {
    {22, NULL, {{"受付番号", NULL, ITEM_NUMBER}, {"受付日", DATE, ITEM_NONE}}},
    {38,
     NULL,
     {{"本人確認書類", "□ A（　　　　　　　　　　）\n□ B（　　　　　　　　　　）", ITEM_NONE},
      {"申請者の書類", "□ A（　　　　　　　　　　）\n□ 代理権（　　　　　　　　）", ITEM_NONE}}},
    {22, NULL, {{"交付日", DATE, ITEM_NONE}, {"職員", NULL, ITEM_NONE}}},
};
LAYOUT_BLOCK(office, "職員記入欄（書かないでください）");

/* --- issue, page:S36 --- */

static const struct layout_row issue_rows[] = {
    {22, NULL, {{"申請の種類", "□ 新規発行　　　□ 更新", ITEM_NONE}}},
    {22, NULL, {{KINDS}}},
    {38,
     NULL,
     {{"申請の理由",
       "□ はじめて、または失効した後の発行　　　□ 有効期間の満了\n□ "
       "氏名・住所などの変更　　　□ その他（　　　　　　　　　　　　）",
       ITEM_NONE}}},
    {14, "更新すると、これまでの電子証明書は失効します。", {{0}}},
};
LAYOUT_BLOCK(issue, "申請の内容");

/* --- revoke, page:S41 --- */

static const struct layout_row revoke_rows[] = {
    {22, NULL, {{"申請・届出の種類", "□ 失効申請　　　□ 秘密鍵漏えい等届出", ITEM_NONE}}},
    {22, NULL, {{KINDS}}},
    {38,
     NULL,
     {{"理由",
       "□ 利用をやめる　　　□ 秘密鍵が漏れた、またはそのおそれがある\n□ "
       "その他（　　　　　　　　　　　　　　　　　　　　）",
       ITEM_NONE}}},
    {22, NULL, {{"漏えいを知った日", DATE, ITEM_NONE}}},
    {36, NULL, {{"そのときの状況", NULL, ITEM_NONE}}},
    {14, "失効した電子証明書は元に戻せません。カードは、そのままお使いになれます。", {{0}}},
};
LAYOUT_BLOCK(revoke, "申請・届出の内容");

/* --- a lost or abolished card, page:S42: two acts, each with its boxes --- */

static const struct layout_row lost_rows[] = {
    {22, NULL, {{"申し出ること", "□ カードの一時停止　　　□ 電子証明書の一時保留", ITEM_NONE}}},
    {22,
     NULL,
     {{"なくした事情", "□ 紛失　　□ 盗難　　□ 災害", ITEM_NONE}, {"なくした日", DATE, ITEM_NONE}}},
    {22, NULL, {{"場所", NULL, ITEM_NONE}, {"警察の受理番号", NULL, ITEM_NONE}}},
    {14, "見つかったときは一時保留を解除できますが、署名用電子証明書は失効します。", {{0}}},
};
LAYOUT_BLOCK(lost, "1　紛失の届出（一時停止・一時保留）");

static const struct layout_row abolished_rows[] = {
    {36,
     NULL,
     {{"申請・届出の種類", "□ カードの廃止　　　□ 電子証明書の失効申請\n□ 秘密鍵漏えい等届出",
       ITEM_NONE}}},
    {22, NULL, {{KINDS}}},
    {22, NULL, {{"理由", NULL, ITEM_NONE}}},
    {14, "廃止したカードと失効した電子証明書は、元に戻せません。", {{0}}},
};
LAYOUT_BLOCK(abolished, "2　廃止・失効・漏えい等の届出");

/* --- release, page:S46 --- */

static const struct layout_row found_rows[] = {
    {22, NULL, {{"見つかった日", DATE, ITEM_NONE}, {"見つかった場所", NULL, ITEM_NONE}}},
    {30, NULL, {{"見つかった事情", NULL, ITEM_NONE}}},
    {22, NULL, {{"署名用電子証明書", "□ 新しい発行を申請する　　　□ 発行を希望しない", ITEM_NONE}}},
    {14,
     "署名用電子証明書の一時保留は解除できず、失効します。新しい発行は、別の申請書によります。",
     {{0}}},
};
LAYOUT_BLOCK(found, "カードが見つかったこと");

static const struct layout_row release_rows[] = {
    {22, NULL, {{"解除するもの", "□ 利用者証明用電子証明書の一時保留", ITEM_NONE}}},
};
LAYOUT_BLOCK(release, "届出の内容");

static const struct layout_row release_card_rows[] = {
    {38,
     NULL,
     {{"解除するもの", "□ 個人番号カードの一時停止\n□ 利用者証明用電子証明書の一時停止",
       ITEM_NONE}}},
};
LAYOUT_BLOCK(release_card, "届出の内容");

/* --- PINs, page:S50 --- */

static const struct layout_row pin_rows[] = {
    {38,
     NULL,
     {{"申請の種類",
       "□ 変更（今の暗証番号がわかる）\n□ 初期化（今の暗証番号がわからない、使えない）",
       ITEM_NONE}}},
    {38,
     NULL,
     {{"対象の暗証番号",
       "□ 署名用電子証明書の暗証番号（英数字6文字から16文字）\n□ "
       "利用者証明用電子証明書の暗証番号（数字4桁）",
       ITEM_NONE}}},
    {22,
     NULL,
     {{"初期化の理由", "□ 忘れた　　□ 続けて間違えた　　□ その他（　　　　　　　　　　）",
       ITEM_NONE}}},
};
LAYOUT_BLOCK(pin, "申請の内容");

/* Four PINs in one visit. */
static const struct layout_row card_pin_rows[] = {
    {38,
     NULL,
     {{"申請の種類",
       "□ 変更（今の暗証番号がわかる）\n□ 再設定（今の暗証番号がわからない、使えない）",
       ITEM_NONE}}},
    {62,
     NULL,
     {{"対象の暗証番号",
       "□ 署名用電子証明書（英数字6文字から16文字）\n□ 利用者証明用電子証明書（数字4桁）\n"
       "□ 住民基本台帳用（数字4桁）\n□ 券面事項入力補助用（数字4桁）",
       ITEM_NONE}}},
    {22,
     NULL,
     {{"再設定の理由", "□ 忘れた　　□ 続けて間違えた　　□ その他（　　　　　　　　　　）",
       ITEM_NONE}}},
};
LAYOUT_BLOCK(card_pin, "申請の内容");

/* --- a stay that was extended --- */

static const struct layout_row stay_rows[] = {
    {22, NULL, {{"在留カードの番号", NULL, ITEM_NONE}}},
    {22,
     NULL,
     {{"在留期間の更新", "□ 許可された　　□ 申請中", ITEM_NONE},
      {"新しい満了日", DATE, ITEM_NONE}}},
};
LAYOUT_BLOCK(stay, "在留期間");

static const struct layout_row stay_wish_rows[] = {
    {22, NULL, {{"個人番号カード", "□ 有効期間の変更", ITEM_NONE}}},
    {22, NULL, {{"電子証明書", "□ 発行　　　□ 更新　　　□ 希望しない", ITEM_NONE}}},
    {22, NULL, {{KINDS}}},
};
LAYOUT_BLOCK(stay_wish, "申請の内容");

static const struct layout_block *const layouts[][LAYOUT_BLOCKS] = {
    [FORM_ISSUE] = {&head_block, &holder_block, &issue_block, &pin_note_block, &visitor_block,
                    &office_block},
    [FORM_REVOKE] = {&head_block, &holder_block, &revoke_block, &visitor_block, &office_block},
    [FORM_CARD_LOST] = {&head_block, &holder_block, &lost_block, &abolished_block, &visitor_block,
                        &office_block},
    [FORM_RELEASE] = {&head_block, &holder_block, &release_block, &found_block, &visitor_block,
                      &office_block},
    [FORM_RELEASE_CARD] = {&head_block, &holder_block, &release_card_block, &found_block,
                           &visitor_block, &office_block},
    [FORM_PIN] = {&head_block, &holder_block, &pin_block, &pin_note_block, &visitor_block,
                  &office_block},
    [FORM_CARD_PIN] = {&head_block, &holder_block, &card_pin_block, &pin_note_block, &visitor_block,
                       &office_block},
    [FORM_STAY] = {&head_block, &holder_block, &stay_block, &stay_wish_block, &pin_note_block,
                   &visitor_block, &office_block},
};

const struct layout_block *const *layout_of(enum form form)
{
    return layouts[form];
}
