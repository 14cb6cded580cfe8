/* The tables of the letters. The sentences are the town's, and say what the page says; {name} is an
 * item, and what has an item that is not known is left out. □ is a box to be ticked; wide spaces
 * are room to write. */
#include "paper/letters.h"

#include "law/policy.h"

#define DATE       "　　　　年　　　月　　　日"
#define LINES(num) ((num)*12.5 + 4) /* the height of a paragraph of so many lines */
#define TEXT(x)    #x
#define YEN(x)     TEXT(x) "円"
#define PROXY_BRINGS                                                                               \
    "申請書、ご本人のマイナンバーカード、代理人の本人確認書類（官公署が発行した顔写真付きのもの）"

/* A row a line. */
/* clang-format off */

/* --- what several letters have --- */

static const struct layout_row holder_rows[] = {
    {26, NULL, {{"氏名", NULL, ITEM_NAME}}},
    {20, NULL, {{"電子証明書の氏名", NULL, ITEM_CERT_NAME}}},
};
LAYOUT_BLOCK(holder, NULL);

static const struct layout_row mandate_rows[] = {
    {LINES(2), "私は、次の者を代理人と定め、上の申請について、書類と暗証番号の封筒の提出、電子証明書の手続き、交付される書類の受領を委任します。", {{0}}},
    {26, NULL, {{"代理人の氏名", NULL, ITEM_NONE}, {"本人との関係", NULL, ITEM_NONE}}},
    {24, NULL, {{"代理人の住所", NULL, ITEM_NONE}}},
    {26, NULL, {{"本人の氏名と押印", "　　　　　　　　　　　　　印", ITEM_NONE}, {"委任した日", DATE, ITEM_NONE}}},
};
LAYOUT_BLOCK(mandate, "委任状（ご本人が、すべて記入してください）");

/* --- inquiry: page:S27 page:S31 page:S32 page:S33 page:S34 page:S35 --- */

static const struct layout_row inquiry_rows[] = {
    {LINES(3), "代理人から、あなたの電子証明書について次の申請がありました。あなたの意思によるものかどうかを確かめるため、この照会書をお送りします。下の回答書と委任状に記入し、{deadline}までに、代理人に窓口へ持参させてください。この日を過ぎると、この回答書では手続きできません。", {{0}}},
    {22, NULL, {{"受付番号", NULL, ITEM_NUMBER}, {"回答の期限", NULL, ITEM_DEADLINE}}},
    {22, NULL, {{"申請の内容", NULL, ITEM_PROCEDURE}, {"電子証明書", NULL, ITEM_KINDS}}},
    {22, NULL, {{"代理人", NULL, ITEM_PROXY}}},
};
LAYOUT_BLOCK(inquiry, NULL);

static const struct layout_row envelope_rows[] = {
    {LINES(4), "{pin}署名用は英数字6文字から16文字（英字は大文字）、利用者証明用は数字4桁です。別の紙に書いて封筒に入れ、封をして、封じ目に押印し、開けずに代理人に持たせてください。この用紙には書かないでください。封のないもの、開いているものは受け取れません。封筒は窓口で職員が開けて端末に入力し、番号の記録は残しません。", {{0}}},
};
LAYOUT_BLOCK(envelope, "暗証番号の封筒");

static const struct layout_row reply_rows[] = {
    {22, NULL, {{"回答", "□ 私の意思による申請です　　　□ 私の意思による申請ではありません", ITEM_NONE}}},
    {22, NULL, {{"電子証明書", "□ 署名用　　□ 利用者証明用", ITEM_NONE}, {"記入した日", DATE, ITEM_NONE}}},
    {26, NULL, {{"氏名", NULL, ITEM_NONE}, {"生年月日", DATE, ITEM_NONE}}},
    {24, NULL, {{"住所", NULL, ITEM_NONE}}},
};
LAYOUT_BLOCK(reply, "回答書（ご本人が、すべて記入してください）");

static const struct layout_row inquiry_end_rows[] = {
    {LINES(2), "窓口に持ってくるもの：" PROXY_BRINGS "、この用紙（回答書と委任状）、暗証番号の封筒。", {{0}}},
    {LINES(1), "申請に心当たりがないときは、何も記入せずに、窓口へお知らせください。", {{0}}},
};
LAYOUT_BLOCK(inquiry_end, NULL);

/* --- expiry: page:S08 page:S10 page:S11 page:S21 page:S23 page:S29 --- */

static const struct layout_row expiry_rows[] = {
    {LINES(2), "あなたの電子証明書は、次の日で有効期間が終わります。続けてお使いになるには、更新の手続きが必要です。手数料は無料です。", {{0}}},
    {20, NULL, {{"署名用の最終日", NULL, ITEM_SIGNATURE_UNTIL}}},
    {20, NULL, {{"利用者証明用の最終日", NULL, ITEM_AUTHENTICATION_UNTIL}}},
    {20, NULL, {{"更新できる最初の日", NULL, ITEM_OPENS}}},
};
LAYOUT_BLOCK(expiry, NULL);

static const struct layout_row expiry_how_rows[] = {
    {LINES(3), "ご本人がマイナンバーカードを持って窓口へお越しください。申請書を出し、暗証番号を入力していただきます。暗証番号を忘れたときは、カードのほかに本人確認書類が1点要ります。最終日を過ぎると電子証明書は使えなくなりますが、窓口で新しい発行を申請できます。これも無料です。", {{0}}},
    {LINES(2), "カードの有効期間も{card-until}に終わるため、電子証明書だけを更新しても最終日は延びません。カードの更新をご検討ください。", {{0}}},
};
LAYOUT_BLOCK(expiry_how, "更新のしかた");

static const struct layout_row expiry_proxy_rows[] = {
    {LINES(3), "やむをえない理由で来られないときは、下の照会書兼回答書と委任状にご本人がすべて記入し、この用紙を封筒に入れて封をし、封じ目に押印して、開けずに代理人に持たせてください。このほかに要るもの：" PROXY_BRINGS "。", {{0}}},
    {LINES(2), "最終日までに、暗証番号が一致すれば、その日に更新できます。一致しないとき、封のないとき、開いているときは、ご本人の住所へ照会書を郵送します。", {{0}}},
};
LAYOUT_BLOCK(expiry_proxy, "代理人が手続きをするとき");

static const struct layout_row expiry_reply_rows[] = {
    {20, NULL, {{"番号", NULL, ITEM_NUMBER}, {"記入した日", DATE, ITEM_NONE}}},
    {20, NULL, {{"回答", "□ 更新は私の意思によります", ITEM_NONE}, {"電子証明書", "□ 署名用　　□ 利用者証明用", ITEM_NONE}}},
    {24, NULL, {{"氏名", NULL, ITEM_NONE}, {"生年月日", DATE, ITEM_NONE}}},
    {22, NULL, {{"住所", NULL, ITEM_NONE}}},
    {26, NULL, {{"署名用の\n暗証番号", NULL, ITEM_NONE}, {"利用者証明用の\n暗証番号", NULL, ITEM_NONE}}},
};
LAYOUT_BLOCK(expiry_reply, "照会書兼回答書（この番号の更新だけに使えます）");

/* --- card: page:S08 page:S11 page:S14 --- */

static const struct layout_row card_rows[] = {
    {LINES(3), "マイナンバーカードの有効期間が、次の日で終わります。カードの有効期間が終わると、カードに記録された電子証明書も使えなくなります。続けてお使いになるには、電子証明書の更新ではなく、新しいカードの申請（カードの更新）が必要です。", {{0}}},
    {24, NULL, {{"カードの最終日", NULL, ITEM_CARD_UNTIL}}},
    {24, NULL, {{"署名用の最終日", NULL, ITEM_SIGNATURE_UNTIL}}},
    {24, NULL, {{"利用者証明用の最終日", NULL, ITEM_AUTHENTICATION_UNTIL}}},
};
LAYOUT_BLOCK(card, NULL);

static const struct layout_row card_how_rows[] = {
    {LINES(3), "カードの申請から受取りまでには日数がかかります。お早めに申請してください。新しいカードを受け取るときに、新しい電子証明書の発行も申請できます。申請のしかたは、窓口へお問い合わせください。", {{0}}},
    {LINES(2), "このカードのまま電子証明書だけを更新しても、電子証明書の最終日は延びません。", {{0}}},
};
LAYOUT_BLOCK(card_how, "カードの更新のしかた");

/* --- revocation: page:S09 page:S12 --- */

static const struct layout_row revocation_rows[] = {
    {LINES(3), "住民票の基本4情報（氏名、生年月日、性別、住所）のうち、{changed}の記載が修正されたため、あなたの署名用電子証明書は失効しました。この電子証明書は元に戻せません。利用者証明用電子証明書は、この修正では失効しません。", {{0}}},
    {24, NULL, {{"修正された記載", NULL, ITEM_CHANGED}}},
    {24, NULL, {{"失効した日", NULL, ITEM_REVOKED}}},
    {24, NULL, {{"今使えるもの", NULL, ITEM_WORKS}}},
};
LAYOUT_BLOCK(revocation, NULL);

static const struct layout_row revocation_how_rows[] = {
    {LINES(2), "カードの記載を新しくしたあと、ご本人がマイナンバーカードを持って窓口へお越しください。申請書を出し、暗証番号を入力していただくと、新しい記載による署名用電子証明書を発行します。手数料は無料です。", {{0}}},
};
LAYOUT_BLOCK(revocation_how, "署名用電子証明書が必要なとき");

static const struct layout_row revocation_doubt_rows[] = {
    {LINES(1), "記載が修正されたことに心当たりがないときは、窓口へお問い合わせください。", {{0}}},
};
LAYOUT_BLOCK(revocation_doubt, "心当たりがないとき");

/* --- hold: page:S19 page:S37 page:S38 page:S43 page:S44 page:S45 --- */

static const struct layout_row hold_rows[] = {
    {LINES(2), "お申し出により、あなたの電子証明書を次のとおり一時保留しました。保留のあいだ、その電子証明書は使えません。", {{0}}},
    {24, NULL, {{"受付番号", NULL, ITEM_NUMBER}, {"一時保留したもの", NULL, ITEM_KINDS}}},
    {24, NULL, {{"一時保留した時刻", NULL, ITEM_HELD}}},
    {24, NULL, {{"今使えるもの", NULL, ITEM_WORKS}}},
    {24, NULL, {{"カード", NULL, ITEM_CARD}}},
};
LAYOUT_BLOCK(hold, NULL);

static const struct layout_row hold_found_rows[] = {
    {LINES(3), "ご本人がカードを持って窓口へお越しになり、一時保留解除届を出してください。利用者証明用電子証明書は、解除すると再び使えます。署名用電子証明書は解除できません。一時保留した時刻にさかのぼって失効し、元に戻りません。必要なときは、その場で新しい発行を申請できます。", {{0}}},
    {22, NULL, {{"解除の手数料", "無料", ITEM_NONE}, {"署名用の発行", "無料", ITEM_NONE}}},
};
LAYOUT_BLOCK(hold_found, "カードが見つかったとき");

static const struct layout_row hold_lost_rows[] = {
    {LINES(3), "窓口で紛失の届出をしてください。一時保留は、届出をしてもそのまま続きます。カードを廃止すると、電子証明書は失効し、元に戻せません。紛失等により再発行したカードに電子証明書を発行するときは、原則として" YEN(LAW_FEE_YEN) "の手数料がかかります。", {{0}}},
};
LAYOUT_BLOCK(hold_lost, "見つからないとき");

static const struct layout_row hold_doubt_rows[] = {
    {LINES(1), "お申し出に心当たりがないときは、すぐに窓口へお知らせください。", {{0}}},
};
LAYOUT_BLOCK(hold_doubt, "心当たりがないとき");

/* --- receipt: page:S19 page:S22 page:S23 page:S49 --- */

static const struct layout_row receipt_rows[] = {
    {LINES(1), "次の手続きが終わりました。", {{0}}},
    {24, NULL, {{"手続きをした日", NULL, ITEM_DATE}}},
    {24, NULL, {{"手続き", NULL, ITEM_PROCEDURE}}},
    {24, NULL, {{"受付番号", NULL, ITEM_NUMBER}, {"手数料", NULL, ITEM_FEE}}},
};
LAYOUT_BLOCK(receipt, NULL);

static const struct layout_row receipt_signature_rows[] = {
    {24, NULL, {{"使える最初の時刻", NULL, ITEM_SIGNATURE_FROM}}},
    {24, NULL, {{"使える最後の日", NULL, ITEM_SIGNATURE_UNTIL}}},
    {24, NULL, {{"失効した時刻", NULL, ITEM_SIGNATURE_ENDED}}},
};
LAYOUT_BLOCK(receipt_signature, "署名用電子証明書（電子文書への署名）");

static const struct layout_row receipt_authentication_rows[] = {
    {24, NULL, {{"使える最初の時刻", NULL, ITEM_AUTHENTICATION_FROM}}},
    {24, NULL, {{"使える最後の日", NULL, ITEM_AUTHENTICATION_UNTIL}}},
    {24, NULL, {{"失効した時刻", NULL, ITEM_AUTHENTICATION_ENDED}}},
};
LAYOUT_BLOCK(receipt_authentication, "利用者証明用電子証明書（サイトへのログイン）");

static const struct layout_row receipt_end_rows[] = {
    {LINES(3), "暗証番号は、だれにも教えないでください。忘れたとき、続けて間違えて使えなくなったときは、窓口で再設定できます。氏名、生年月日、性別、住所の記載が修正されると、署名用電子証明書は失効します。カードをなくしたときは、すぐに電話で一時保留を申し出てください。", {{0}}},
};
LAYOUT_BLOCK(receipt_end, "お使いになるとき");

/* clang-format on */

#define TO_WHOM ITEM_NAME, ITEM_ADDRESS, ITEM_DATE, ITEM_SENDER, ITEM_OFFICE

static const struct letter_layout letters[NUM_LETTERS] =
    {
        [LETTER_NONE] = {.name = "none", .title = ""},
        [LETTER_INQUIRY] =
            {
                .name = "inquiry",
                .title = "電子証明書の申請についての照会書兼回答書",
                .is_posted = true,
                .needs = {TO_WHOM, ITEM_NUMBER, ITEM_DEADLINE, ITEM_PROCEDURE, ITEM_KINDS},
                .blocks = {&inquiry_block, &holder_block, &envelope_block, &reply_block,
                           &mandate_block, &inquiry_end_block},
            },
        [LETTER_EXPIRY] =
            {
                .name = "expiry-notice",
                .title = "電子証明書の有効期限通知書",
                .is_posted = true,
                .needs = {TO_WHOM, ITEM_NUMBER, ITEM_OPENS},
                .needs_one = {ITEM_SIGNATURE_UNTIL, ITEM_AUTHENTICATION_UNTIL},
                .blocks = {&expiry_block, &holder_block, &expiry_how_block, &expiry_proxy_block,
                           &expiry_reply_block, &mandate_block},
            },
        [LETTER_CARD] =
            {
                .name = "card-notice",
                .title = "マイナンバーカードの有効期限のお知らせ",
                .is_posted = true,
                .needs = {TO_WHOM, ITEM_NUMBER, ITEM_CARD_UNTIL},
                .needs_one = {ITEM_SIGNATURE_UNTIL, ITEM_AUTHENTICATION_UNTIL},
                .blocks = {&card_block, &holder_block, &card_how_block},
            },
        [LETTER_REVOCATION] =
            {
                .name = "revocation-notice",
                .title = "署名用電子証明書の失効のお知らせ",
                .is_posted = true,
                .needs = {TO_WHOM, ITEM_CHANGED, ITEM_REVOKED, ITEM_WORKS},
                .blocks = {&revocation_block, &holder_block, &revocation_how_block,
                           &revocation_doubt_block},
            },
        [LETTER_HOLD] =
            {
                .name = "hold-letter",
                .title = "電子証明書の一時保留のお知らせ",
                .is_posted = true,
                .needs = {TO_WHOM, ITEM_NUMBER, ITEM_HELD, ITEM_KINDS, ITEM_WORKS},
                .blocks = {&hold_block, &holder_block, &hold_found_block, &hold_lost_block,
                           &hold_doubt_block},
            },
        [LETTER_RECEIPT] =
            {
                .name = "receipt",
                .title = "電子証明書の手続きの控え",
                .needs = {ITEM_NAME, ITEM_DATE, ITEM_SENDER, ITEM_OFFICE, ITEM_NUMBER,
                          ITEM_PROCEDURE},
                .needs_one = {ITEM_SIGNATURE_FROM, ITEM_SIGNATURE_ENDED, ITEM_AUTHENTICATION_FROM,
                              ITEM_AUTHENTICATION_ENDED},
                .blocks = {&receipt_block, &holder_block, &receipt_signature_block,
                           &receipt_authentication_block, &receipt_end_block},
            },
};

const struct letter_layout *letter_layout_of(enum letter letter)
{
    return &letters[letter];
}

const char *letter_name(enum letter letter)
{
    return letters[letter].name;
}

const char *letter_title(enum letter letter)
{
    return letters[letter].title;
}
