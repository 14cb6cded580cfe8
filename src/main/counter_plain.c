/* jpki counter and jpki admin: the lists of their subcommands, and those that are one act each. */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "client/card_record.h"
#include "main/counter.h"
#include "terminal/terminal.h"
#include "reader/pcsc.h"

/* -- what further arguments become; EXIT_DONE, or an exit status after a complaint -- */

static int word_is_number(const struct counter_line *line, json_t *fields)
{
    int64_t number;
    if (!counter_word_number(line->words[0], &number))
        return EXIT_USAGE;
    json_object_set_new(fields, "number", json_integer(number));
    return EXIT_DONE;
}

int counter_word_name(const struct counter_line *line, json_t *fields)
{
    json_object_set_new(fields, "name", json_string(line->words[0]));
    return EXIT_DONE;
}

static int word_is_time(const struct counter_line *line, json_t *fields)
{
    int64_t time;
    if (time_parse(line->words[0], &time) != ERR_NONE)
        return complain_usage(say("%s: not a time (YYYY-MM-DDThh:mm:ssZ)",
                                  "%s: 時刻 (YYYY-MM-DDThh:mm:ssZ) ではありません"),
                              line->words[0]);
    json_object_set_new(fields, "time", json_integer(time));
    return EXIT_DONE;
}

static int word_is_reference(const struct counter_line *line, json_t *fields)
{
    json_object_set_new(fields, "reference", json_string(line->words[0]));
    return EXIT_DONE;
}

/* ITEM=VALUE, as often as there are. */
static int words_are_changes(const struct counter_line *line, json_t *fields)
{
    json_t *changes = json_object();
    json_object_set_new(fields, "changes", changes);
    for (int i = 0; i < line->num_words; i++) {
        char name[64];
        const char *equals = strchr(line->words[i], '=');
        size_t len = equals ? (size_t)(equals - line->words[i]) : sizeof name;
        if (len >= sizeof name)
            return complain_usage(say("%s: not ITEM=VALUE", "%s: 項目=値 の形ではありません"),
                                  line->words[i]);
        snprintf(name, sizeof name, "%.*s", (int)len, line->words[i]);
        json_object_set_new(changes, name, json_string(equals + 1));
    }
    return EXIT_DONE;
}

/* -- the commands that are one act -- */

static const struct option number_options[] = {COUNTER_COMMON, {0}};
static const struct option show_options[] = {
    COUNTER_COMMON, {"card", required_argument, NULL, COUNTER_CARD}, {0}};
static const struct option find_options[] = {
    COUNTER_COMMON,
    {"resident", required_argument, NULL, COUNTER_RESIDENT},
    {"name", required_argument, NULL, COUNTER_NAME},
    {0}};
static const struct option list_options[] = {
    COUNTER_COMMON, {"resident", required_argument, NULL, COUNTER_RESIDENT}, {0}};
static const struct option notices_options[] = {
    COUNTER_COMMON, {"date", required_argument, NULL, COUNTER_DATE}, {0}};
static const struct option note_options[] = {
    COUNTER_COMMON, {"note", required_argument, NULL, COUNTER_NOTE}, {0}};
static const struct option reset_options[] = {COUNTER_COMMON,
                                              {"kind", required_argument, NULL, COUNTER_KIND},
                                              {"note", required_argument, NULL, COUNTER_NOTE},
                                              {0}};
static const struct option step_options[] = {COUNTER_COMMON,
                                             {"step", required_argument, NULL, COUNTER_STEP},
                                             {"kind", required_argument, NULL, COUNTER_KIND},
                                             {"note", required_argument, NULL, COUNTER_NOTE},
                                             {0}};
static const struct option exception_options[] = {
    COUNTER_COMMON,
    {"procedure", required_argument, NULL, COUNTER_PROCEDURE},
    {"resident", required_argument, NULL, COUNTER_RESIDENT},
    {"applicant", required_argument, NULL, COUNTER_APPLICANT},
    {"kind", required_argument, NULL, COUNTER_KINDS},
    {"pin", required_argument, NULL, COUNTER_PIN},
    {"reason", required_argument, NULL, COUNTER_REASON},
    {"note", required_argument, NULL, COUNTER_NOTE},
    {0}};
static const struct option mistaken_options[] = {
    COUNTER_COMMON,
    {"resident", required_argument, NULL, COUNTER_RESIDENT},
    {"note", required_argument, NULL, COUNTER_NOTE},
    {0}};
static const struct option event_options[] = {
    COUNTER_COMMON,
    {"resident", required_argument, NULL, COUNTER_RESIDENT},
    {"event", required_argument, NULL, COUNTER_EVENT},
    {"kind", required_argument, NULL, COUNTER_KINDS},
    {"effective", required_argument, NULL, COUNTER_EFFECTIVE},
    {"recorded", required_argument, NULL, COUNTER_RECORDED},
    {"reference", required_argument, NULL, COUNTER_REFERENCE},
    {"note", required_argument, NULL, COUNTER_NOTE},
    {0}};

int run_counter_plain(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    const struct counter_plain *plain = command->what;
    int status = counter_line_read(argc, argv, command->options, plain->num_words, &line);
    if (status != EXIT_DONE)
        return status;
    json_t *fields = counter_line_fields(&line);
    counter_words *words = plain->words;
    if (!words && line.num_words == 1)
        words = word_is_number; /* show NUMBER */
    if (plain->step)
        json_object_set_new(fields, "step", json_string(plain->step));
    if (words)
        status = words(&line, fields);
    if (status != EXIT_DONE) {
        json_decref(fields);
        return status;
    }
    if (plain->list)
        counter_client_ask_pages(&line.client, plain->act, fields, plain->list, &answer);
    else
        counter_client_ask(&line.client, plain->act, fields, &answer);
    return plain->print(&line, &answer);
}

/* -- registering a card -- */

static const struct option register_options[] = {
    COUNTER_COMMON, {"reader", required_argument, NULL, COUNTER_READER}, {0}};

/* IMAGE.pub, as `jpki card make` wrote it. */
static bool read_point(const char *path, uint8_t point[static PERMIT_POINT_LEN])
{
    struct fault fault = {0};
    struct card_record record;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_KEY_FILE);
    fault_name_input(&fault, path);
    enum err err = file_read(path, &text, &fault);
    if (err == ERR_NONE)
        err = card_record_parse(buffer_bytes(&text), &record, &fault);
    if (err != ERR_NONE) {
        complain_fault(&fault);
        return false;
    }
    memcpy(point, record.spki + sizeof record.spki - PERMIT_POINT_LEN, PERMIT_POINT_LEN);
    return true;
}

static int run_card_register(const struct command *command, int argc, char **argv)
{
    struct counter_line line CLEANUP_COUNTER_LINE;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    uint8_t point[PERMIT_POINT_LEN];
    struct fault fault = {0};
    int status = counter_line_read(argc, argv, command->options, 1, &line);
    if (status != EXIT_DONE)
        return status;
    if (!read_point(line.words[0], point))
        return EXIT_UNDECIDED;
    if (pcsc_open(line.values[COUNTER_READER], &channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    struct terminal terminal CLEANUP_TERMINAL = {
        .ask = terminal_ask_socket, .centre = &line.client, .channel = &channel};
    terminal_register(&terminal, point, &answer);
    return counter_print(&line, &answer);
}

#define PLAIN(...)                                                                                 \
    &(const struct counter_plain)                                                                  \
    {                                                                                              \
        __VA_ARGS__                                                                                \
    }

/* clang-format off */
const struct command counter_commands[] = {
    {"counter open", run_counter_open, counter_open_options, "open an application", "申請を受け付ける", NULL},
    {"counter show", run_counter_plain, show_options, "show an application, by number or card", "申請を表示 (番号又はカード)", PLAIN("application-show", -1, NULL, counter_print_application, NULL, NULL)},
    {"counter list", run_counter_plain, list_options, "list applications", "申請の一覧", PLAIN("application-list", 0, NULL, counter_print, "applications", NULL)},
    {"counter find", run_counter_plain, find_options, "find a resident", "住民を検索", PLAIN("resident-find", 0, NULL, counter_print, NULL, NULL)},
    {"counter run", run_counter_go, counter_go_options, "go on with an application to its end", "申請を最後まで進める", &counter_to_end},
    {"counter card", run_counter_go, counter_card_options, "read the card", "カードを確認", &counter_card},
    {"counter pin", run_counter_go, counter_go_options, "PIN: typed, set or reset, as the step says", "暗証番号の入力・設定・再設定", &counter_pin},
    {"counter issue", run_counter_go, counter_issue_options, "issue and write into the card", "発行してカードへ記録", &counter_certificates},
    {"counter journal", run_counter_journal, counter_journal_options, "who asked about a resident's certificates, and when", "本人に関する記録の確認", NULL},
    {"counter reenter", run_counter_reenter, counter_reenter_options, "bring back a certificate that the centre lost", "失われた電子証明書の記録をカードから復元", NULL},
    {"counter paper", run_counter_plain, note_options, "the papers were seen", "書類を確認した", PLAIN("step", 1, word_is_number, counter_print_application, NULL, "papers")},
    {"counter step", run_counter_plain, step_options, "a step was done by an officer", "職員による手順の完了", PLAIN("step", 1, word_is_number, counter_print_application, NULL, NULL)},
    {"counter reset", run_counter_plain, reset_options, "reset the PIN in this visit", "この来庁で暗証番号を再設定", PLAIN("reset-join", 1, word_is_number, counter_print_application, NULL, NULL)},
    {"counter execute", run_counter_plain, number_options, "carry out hold, release or revocation", "保留・解除・失効を実行", PLAIN("execute", 1, word_is_number, counter_print_application, NULL, NULL)},
    {"counter close", run_counter_plain, note_options, "close an application without result", "申請を取り下げ", PLAIN("application-close", 1, word_is_number, counter_print_application, NULL, NULL)},
    {"counter hold", run_counter_open, counter_way_options, "hold by telephone", "電話による一時保留", "hold"},
    {"counter loss", run_counter_open, counter_way_options, "report of a loss", "紛失の届出", "loss-report"},
    {"counter release", run_counter_open, counter_way_options, "the card was found", "一時保留の解除", "release"},
    {"counter revoke", run_counter_open, counter_way_options, "revoke at the holder's wish", "失効の申請", "revoke"},
    {"counter exception", run_counter_plain, exception_options, "a signature certificate against S15, by two officers", "例外的な署名用の発行 (職員2名)", PLAIN("exception-open", 0, NULL, counter_print, NULL, NULL)},
    {"counter hold-mistaken", run_counter_plain, mistaken_options, "end a hold made by mistake, by two officers", "誤った一時保留の取消し (職員2名)", PLAIN("hold-mistaken", 0, NULL, counter_print, NULL, NULL)},
    {"counter free", run_counter_plain, counter_free_options, "times that can be booked", "予約できる時間", PLAIN("appointment-free", 0, NULL, counter_print, NULL, NULL)},
    {"counter book", run_counter_plain, counter_book_options, "book an appointment, for a caller", "電話予約を受け付ける", PLAIN("appointment-book", 1, counter_word_begins, counter_print, NULL, NULL)},
    {"counter booked", run_counter_plain, counter_booked_options, "the appointments of a day", "予約の一覧", PLAIN("appointment-list", 0, NULL, counter_print, "appointments", NULL)},
    {"counter caller", run_counter_plain, counter_caller_options, "the appointments of a caller", "電話の方の予約を検索", PLAIN("appointment-find", -1, NULL, counter_print, NULL, NULL)},
    {"counter move", run_counter_plain, counter_move_options, "move an appointment", "予約を変更", PLAIN("appointment-move", 2, counter_words_move, counter_print, NULL, NULL)},
    {"counter cancel", run_counter_plain, number_options, "cancel an appointment", "予約を取り消す", PLAIN("appointment-cancel", 1, word_is_number, counter_print, NULL, NULL)},
    {"counter notices", run_counter_plain, notices_options, "a day's notices: to whom, and what came back", "その日の通知の一覧", PLAIN("notice-list", 0, NULL, counter_print, "letters", NULL)},
    {"counter notice-returned", run_counter_plain, number_options, "a notice came back", "通知が返送された", PLAIN("notice-returned", 1, word_is_number, counter_print, NULL, NULL)},
    {"counter forecast", run_counter_plain, number_options, "what falls due in the coming year, by week", "今後1年の期限の見通し", PLAIN("forecast", 0, NULL, counter_print, NULL, NULL)},
    {"counter approve", run_counter_plain, number_options, "let another person's act run", "他の職員の操作を承認", PLAIN("approve", 1, word_is_number, counter_print, NULL, NULL)},
    {"counter parked", run_counter_plain, number_options, "acts that wait for approval", "承認待ちの一覧", PLAIN("parked-list", 0, NULL, counter_print_parked, "parked", NULL)},
    {0},
};

const struct command admin_commands[] = {
    {"admin status", run_admin_status, admin_status_options, "what is wrong, and what to do", "異常の有無と対処を表示", NULL},
    {"admin staff", run_counter_plain, number_options, "list the staff", "職員の一覧", PLAIN("staff-list", 0, NULL, counter_print, NULL, NULL)},
    {"admin login-code", run_counter_plain, number_options, "a code to log in with once, on the pages", "ページに一度だけログインできるコード", PLAIN("login-code", 0, NULL, counter_print, NULL, NULL)},
    {"admin staff-cards", run_counter_plain, number_options, "the cards with which somebody of the staff logs in", "職員のログイン用カードの一覧", PLAIN("staff-card-list", 1, counter_word_name, counter_print, NULL, NULL)},
    {"admin staff-card-end", run_counter_plain, number_options, "their cards were lost: none logs in any more", "職員のログイン用カードの利用停止", PLAIN("staff-card-end", 1, counter_word_name, counter_print, NULL, NULL)},
    {"admin logout", run_counter_plain, number_options, "end all their logins on the pages", "職員のログインを終了", PLAIN("session-end", 1, counter_word_name, counter_print, NULL, NULL)},
    {"admin journal", run_admin_journal, admin_journal_options, "verify the journal, or erase what is due", "記録簿の検証、満了分の消去", NULL},
    {"admin checkpoint", run_counter_plain, number_options, "sign the journal's head now", "記録簿の末尾に署名", PLAIN("checkpoint", 0, NULL, counter_print, NULL, NULL)},
    {"admin crl", run_counter_plain, number_options, "publish CRLs now", "失効リストを公開", PLAIN("crl", 0, NULL, counter_print, NULL, NULL)},
    {"admin clock", run_counter_plain, number_options, "move the clock of sample data forward", "見本データの時計を進める", PLAIN("clock", 1, word_is_time, counter_print, NULL, NULL)},
    {"admin import", run_admin_import, admin_import_options, "import residents from a CSV file", "住民を取り込む", NULL},
    {"admin event", run_counter_plain, event_options, "an event of a resident's record", "住民票の異動", PLAIN("event", -1, words_are_changes, counter_print, NULL, NULL)},
    {"admin event-withdraw", run_counter_plain, note_options, "withdraw an event before its day", "効力発生日前の異動を取り下げる", PLAIN("event-withdraw", 1, word_is_reference, counter_print, NULL, NULL)},
    {"admin sender-add", run_counter_plain, number_options, "a program may send events, by two persons", "異動の送信元を登録 (職員2名)", PLAIN("sender-add", 1, counter_word_name, counter_print, NULL, NULL)},
    {"admin sender-end", run_counter_plain, number_options, "a program sends events no more", "異動の送信元の登録を解除", PLAIN("sender-end", 1, counter_word_name, counter_print, NULL, NULL)},
    {"admin senders", run_counter_plain, number_options, "the programs that send events", "異動の送信元の一覧", PLAIN("sender-list", 0, NULL, counter_print, NULL, NULL)},
    {"admin mass-hold", run_admin_mass, admin_mass_options, "hold the certificates of a list", "一覧の電子証明書を一時保留", "mass-hold"},
    {"admin mass-release", run_admin_mass_release, admin_mass_release_options, "end a mass hold", "一括の一時保留を解除", NULL},
    {"admin mass-revoke", run_admin_mass, admin_mass_options, "revoke the certificates of a list", "一覧の電子証明書を失効", "mass-revoke"},
    {"admin mass-show", run_counter_plain, number_options, "how far a mass act is", "一括処理の進み具合", PLAIN("mass-show", 1, word_is_number, counter_print, NULL, NULL)},
    {"admin follower-add", run_counter_plain, number_options, "register a node that follows, by two persons", "追従ノードを登録 (職員2名)", PLAIN("follower-add", 2, admin_follower_name_key, counter_print, NULL, NULL)},
    {"admin follower-remove", run_counter_plain, number_options, "make no more certificates for it", "追従ノードの登録を解除 (職員2名)", PLAIN("follower-remove", 1, counter_word_name, counter_print, NULL, NULL)},
    {"admin card-register", run_card_register, register_options, "register the card in the reader", "カードを登録", NULL},
    {0},
};
/* clang-format on */
