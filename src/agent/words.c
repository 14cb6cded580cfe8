#include "agent/words.h"

const char *sentence_in(struct sentence sentence, enum language language)
{
    return language == LANGUAGE_JA ? sentence.ja : sentence.en;
}

const struct refusal refusals[NUM_REFUSED] = {
    [REFUSED_HOST] = {"host",
                      403,
                      {"The request names another computer than this one (Host).",
                       "このコンピューター以外の名前に宛てた要求です（Host）。"}},
    [REFUSED_NO_ORIGIN] = {"no-origin",
                           403,
                           {"The browser did not say which site asks (Origin).",
                            "どのサイトからの要求か、ブラウザーが示していません（Origin）。"}},
    [REFUSED_NULL_ORIGIN] =
        {"null-origin",
         403,
         {"The site hides from your browser's requests which site it is (Origin: null). For "
          "whoever "
          "runs it: the login page has to be sent with the header Referrer-Policy: origin",
          "サイトが自分の名前を隠しています（Origin: null）。サイトの運営者の方へ: ログインページに"
          "ヘッダー Referrer-Policy: origin を付けてください。"}},
    [REFUSED_ORIGIN] =
        {"origin",
         403,
         {"A site that asks for a login has an https address with a host name.",
          "ログインを求めるサイトには、ホスト名のある https のアドレスが必要です。"}},
    [REFUSED_NAVIGATION] =
        {"navigation",
         403,
         {"A login is asked for by a form that opens a page in the browser's window "
          "(Sec-Fetch-Mode: "
          "navigate, Sec-Fetch-Dest: document).",
          "ログインは、ブラウザーの画面を開くフォームからだけ受け付けます（Sec-Fetch-Mode: "
          "navigate、Sec-Fetch-Dest: document）。"}},
    [REFUSED_FORM] = {"form",
                      400,
                      {"The form is not one of a login.", "ログインのフォームではありません。"}},
    [REFUSED_RETURN] =
        {"return-address",
         403,
         {"The site wants your login sent to an address that is not its own.",
          "サイトが、自分のものではないアドレスにログインを送らせようとしています。"}},
    [REFUSED_OTHERS] = {"others-page",
                        403,
                        {"Only the agent's own page may send this.",
                         "このソフトウェア自身の画面からだけ受け付けます。"}},
    [REFUSED_USED] =
        {"used",
         403,
         {"This page was used already, or is from an earlier start of the agent. Go back "
          "to the site and begin anew.",
          "この画面は使用済みか、再起動前のものです。サイトに戻ってやり直してください。"}},
    [REFUSED_LATE] = {"late",
                      403,
                      {"More than five minutes have passed. Go back to the site and begin anew.",
                       "5分を過ぎました。サイトに戻ってやり直してください。"}},
};

static const struct pin_words pin_answers[] = {
    [PIN_CANNOT_TELL] =
        {"no-card",
         {"No card can be read. Put it on the reader, then look again.",
          "カードを読めません。カードをリーダーに置いて、もう一度確認してください。"}},
    [PIN_NO_CERTIFICATE] =
        {"no-certificate",
         {"There is no authentication certificate in this card. The town's counter issues one.",
          "このカードには利用者証明用電子証明書がありません。窓口で発行を受けてください。"}},
    [PIN_IS_LOCKED] =
        {"locked",
         {"The PIN is locked or was never set. The town's counter resets it.",
          "暗証番号がロックされているか、未設定です。窓口で初期化（再設定）してください。"}},
    [PIN_LAST_TRY] =
        {"last-try",
         {"One try is left, and a mistake would lock the PIN: it is not asked for here. The town's "
          "counter resets a forgotten PIN. If you are sure of it, log in with jpki login "
          "--last-try, "
          "after which all tries are back.",
          "残り1回です。誤るとロックされるため、ここでは入力できません。お忘れの場合は窓口で初期化"
          "（再設定）してください。確かな場合は jpki login --last-try "
          "でログインすると、回数が元に戻ります。"}},
    [PIN_IS_WRONG] = {"wrong-pin", {"The PIN is wrong.", "暗証番号が違います。"}},
    [PIN_IS_LOCKED_NOW] =
        {"locked-now",
         {"The PIN is wrong and now locked. The town's counter resets it.",
          "暗証番号が違います。ロックされました。窓口で初期化（再設定）してください。"}},
    [PIN_MAY_BE_ASKED] = {"asked", {"", ""}},
    [PIN_IS_VERIFIED] = {"signed", {"", ""}},
};

const struct pin_words *pin_words_of(enum pin_answer answer)
{
    return &pin_answers[answer];
}

/* Under which name templates find a word. */
static const struct {
    const char *name;
    struct sentence sentence;
} rows[] = {
    {"tag", {"en", "ja"}},
    {"name", {"Card login agent", "カードログイン"}},
    {"skip", {"To the content", "本文へ"}},
    {"phrase", {"Your phrase", "あなたの合言葉"}},
    {"phrase-why",
     {"Only this computer's agent knows your phrase. If another one stands here, or none, do not "
      "type a PIN. To change it, edit this file and start the agent again:",
      "合言葉は、このコンピューターのソフトウェアだけが知っています。違う言葉や空欄のときは、暗証番"
      "号"
      "を入力しないでください。変更するには、次のファイルを書き換えて再起動します:"}},
    {"ask-title", {"Log in with your card", "カードでログイン"}},
    {"who", {"Who asks", "求めているサイト"}},
    {"gets", {"What it gets", "提示されるもの"}},
    {"gets-what",
     {"Your authentication certificate: its number, its dates and the municipality that issued it",
      "利用者証明用電子証明書（番号、有効期間、発行した市区町村）"}},
    {"gets-not", {"What is not in it", "含まれないもの"}},
    {"gets-not-what", {"Your name, address, date of birth and sex", "氏名、住所、生年月日、性別"}},
    {"tries", {"Tries left for the PIN", "暗証番号の残り回数"}},
    {"pin", {"PIN for user authentication", "利用者証明用の暗証番号"}},
    {"pin-form", {"Four digits", "数字4ケタ"}},
    {"log-in", {"Log in", "ログインする"}},
    {"cancel", {"Cancel", "やめる"}},
    {"again", {"Look again", "もう一度確認する"}},
    {"to-site", {"Back to the site", "サイトに戻る"}},
    {"done-title", {"Your card has signed", "カードで署名しました"}},
    {"done",
     {"One more step: with this button the login is brought to the site that asked for it.",
      "あと一歩です。次のボタンで、ログインを求めたサイトに届けます。"}},
    {"bring", {"Go on to the site", "サイトへ進む"}},
    {"cancelled-title", {"Cancelled", "中止しました"}},
    {"cancelled", {"Nothing was sent to the site.", "サイトには何も送られていません。"}},
    {"refused-title", {"This cannot go on", "続けられません"}},
    {"tries-title", {"Try again", "もう一度入力してください"}},
    {"home-title", {"The agent runs", "起動しています"}},
    {"home",
     {"Sites at which you can log in with your card open a page here. Your PIN is typed on that "
      "page "
      "and nowhere else.",
      "カードでログインできるサイトから、ここの画面が開きます。暗証番号はその画面だけに入力します"
      "。"}},
};

json_t *words_of(enum language language)
{
    json_t *words = json_object();
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        json_object_set_new(words, rows[i].name,
                            json_string(sentence_in(rows[i].sentence, language)));
    return words;
}
