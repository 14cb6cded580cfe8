/* jpki login: shows who asks for what, has the card sign it, brings it there, tells the answer.
 * What a site asks and gets is client/login's; docs/PROTOCOL.login, section 6. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "client/card.h"
#include "client/login.h"
#include "crypto/sign.h"
#include "main/options.h"
#include "main/pin_option.h"
#include "reader/pcsc.h"

enum login_option {
    OPTION_NONE,
    OPTION_READER,
    OPTION_PIN_FD,
    OPTION_LAST_TRY,
    OPTION_JSON,
    NUM_OPTIONS
};

static const struct option login_options[] = {
    {"reader", required_argument, NULL, OPTION_READER},
    {"pin-fd", required_argument, NULL, OPTION_PIN_FD},
    {"last-try", no_argument, NULL, OPTION_LAST_TRY},
    {"json", no_argument, NULL, OPTION_JSON},
    {0},
};

static int refuse(const struct fault *fault)
{
    complain_fault(fault);
    return EXIT_REFUSED;
}

/* --- the card --- */

/* Spends no try. */
static int check_tries(struct card_session *session, bool last_try, uint8_t *tries,
                       struct fault *fault)
{
    if (card_tries(session, KIND_AUTHENTICATION, tries, fault) != ERR_NONE)
        return complain_fault(fault);
    if (*tries == 0)
        fault_set(fault, ERR_LOCKED, "PIN", "%s",
                  say("locked, or never set: the town hall resets it",
                      "ロックされているか未設定です。市区町村の窓口で再設定してください"));
    else if (*tries == 1 && !last_try)
        fault_set(
            fault, ERR_PIN, "PIN", "%s",
            say("one try is left, a wrong PIN locks it; --last-try uses it",
                "残り1回です。間違えるとロックされます。続けるには --last-try を付けてください"));
    else
        return EXIT_DONE;
    return refuse(fault);
}

/* Before the PIN is asked for: is there a certificate to log in with, and how many tries? */
static int look_at_card(struct card_channel *channel, bool last_try, uint8_t *tries)
{
    struct fault fault = {0};
    struct card_session session CLEANUP_CARD_SESSION = {NULL};
    struct card_description card;
    if (card_session_begin(channel, &session, &fault) != ERR_NONE ||
        card_describe(&session, &card, &fault) != ERR_NONE)
        return complain_fault(&fault);
    if (card.has_certificate[KIND_AUTHENTICATION])
        return check_tries(&session, last_try, tries, &fault);
    fault_set(
        &fault, ERR_NOT_FOUND, "authentication certificate", "%s",
        say("there is none in this card", "このカードには利用者証明用電子証明書がありません"));
    return refuse(&fault);
}

static int complain_pin(enum err err, uint8_t tries_left, const struct fault *fault)
{
    if (err == ERR_PIN)
        fprintf(stderr,
                say("jpki: the PIN is wrong; tries left: %u\n",
                    "jpki: 暗証番号が違います。残り回数: %u\n"),
                tries_left);
    else if (err == ERR_LOCKED)
        fputs(say("jpki: the PIN is wrong and now locked: the town hall resets it\n",
                  "jpki: 暗証番号がロックされました。市区町村の窓口で再設定してください\n"),
              stderr);
    else
        return complain_fault(fault);
    return EXIT_REFUSED;
}

/* One transaction: the tries are looked at again, since the card may be another one by now. SELECT
 * follows in it, by card_session_end. PROTOCOL.login 6 */
static int sign(struct card_channel *channel, const struct secret *pin, bool last_try,
                struct bytes digest_info, struct buffer *cert, struct buffer *signature)
{
    struct fault fault = {0};
    struct card_session session CLEANUP_CARD_SESSION = {NULL};
    uint8_t tries;
    if (card_session_begin(channel, &session, &fault) != ERR_NONE ||
        card_read_certificate(&session, KIND_AUTHENTICATION, CARD_LEAF, cert, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = check_tries(&session, last_try, &tries, &fault);
    if (status != EXIT_DONE)
        return status;
    enum err err = card_verify_pin(&session, KIND_AUTHENTICATION, pin, &tries, &fault);
    if (err != ERR_NONE)
        return complain_pin(err, tries, &fault);
    if (card_sign(&session, KIND_AUTHENTICATION, digest_info, signature, &fault) != ERR_NONE)
        return complain_fault(&fault);
    return EXIT_DONE;
}

/* --- the screen --- */

/* The certificate names its municipality as the place of its revocation list. */
static void tell_who_asks(const struct login_page *page, uint8_t tries)
{
    fprintf(stderr,
            say("%s asks you to log in with your card.\n"
                "It will be shown your authentication certificate: its number, its dates and the "
                "municipality that issued it.\n"
                "Your name, address, date of birth and sex are not in it.\n"
                "Tries left for the PIN: %u\n",
                "%s がカードによるログインを求めています。\n"
                "利用者証明用電子証明書（番号、有効期間、発行した市区町村）が提示されます。\n"
                "氏名、住所、生年月日、性別は含まれません。\n"
                "暗証番号の残り回数: %u\n"),
            page->origin, tries);
}

static void print_json(const struct login_page *page, const struct login_answer *answer)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s}", "origin", page->origin, "outcome",
                             login_outcome_name(answer->outcome), "reason", answer->reason,
                             "sentence", answer->sentence);
    char *text = json_dumps(json, 0);
    puts(text ? text : "{}");
    free(text);
    json_decref(json);
}

static int tell_answer(const struct login_page *page, const struct login_answer *answer, bool json)
{
    static const struct {
        int status;
        const char *en, *ja;
    } rows[] = {
        [LOGIN_CANNOT_TELL] = {EXIT_UNDECIDED, "the site could not tell", "確認できませんでした"},
        [LOGIN_REFUSED] = {EXIT_REFUSED, "the login is refused", "ログインは拒否されました"},
        [LOGIN_DONE] = {EXIT_DONE, "logged in", "ログインしました"},
    };
    int status = rows[answer->outcome].status;
    if (json) {
        print_json(page, answer);
        return status;
    }
    FILE *out = status == EXIT_DONE ? stdout : stderr;
    fprintf(out, "%s: %s", page->origin, say(rows[answer->outcome].en, rows[answer->outcome].ja));
    fprintf(out, answer->sentence[0] ? ": %s" : "%s", answer->sentence);
    fprintf(out, answer->reason[0] ? " (%s)\n" : "%s\n", answer->reason);
    return status;
}

/* --- the whole --- */

/* From the page's question to the token's two parts. */
static int ask_card(const struct login_page *page, const char *const *values, struct buffer *cert,
                    struct buffer *signature)
{
    struct fault fault = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct secret pin CLEANUP_SECRET;
    struct buffer digest_info CLEANUP_BUFFER;
    uint8_t digest[SHA256_LEN], tries;
    bool last_try = values[OPTION_LAST_TRY] != NULL;
    secret_init(&pin);
    buffer_init(&digest_info, 64);
    login_page_digest(page, digest);
    if (digest_info_encode(HASH_SHA256, bytes_of(digest, sizeof digest), &digest_info) ||
        pcsc_open(values[OPTION_READER], &channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = look_at_card(&channel, last_try, &tries);
    if (status != EXIT_DONE)
        return status;
    tell_who_asks(page, tries);
    status = pin_option_read(values[OPTION_PIN_FD], KIND_AUTHENTICATION, &pin);
    if (status != EXIT_DONE)
        return status;
    return sign(&channel, &pin, last_try, buffer_bytes(&digest_info), cert, signature);
}

static int login(const char *url, const char *const *values)
{
    struct fault fault = {0};
    struct login_page page;
    struct buffer cert CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&cert, LIMIT_CERTIFICATE);
    buffer_init(&signature, SIGNATURE_MAX);
    enum err err = login_page_fetch(url, &page, &fault);
    if (err == ERR_USAGE) {
        complain_fault(&fault);
        return EXIT_USAGE;
    }
    if (err != ERR_NONE)
        return err == ERR_DENIED ? refuse(&fault) : complain_fault(&fault);
    int status = ask_card(&page, values, &cert, &signature);
    if (status != EXIT_DONE)
        return status;
    struct login_token token = {buffer_bytes(&cert), buffer_bytes(&signature)};
    struct login_answer answer;
    err = login_page_answer(&page, &token, &answer, &fault);
    if (err != ERR_NONE)
        return err == ERR_DENIED ? refuse(&fault) : complain_fault(&fault);
    return tell_answer(&page, &answer, values[OPTION_JSON] != NULL);
}

static int run_login(int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    if (!options_read(argc, argv, login_options, values, NUM_OPTIONS))
        return EXIT_USAGE;
    if (optind + 1 != argc)
        return complain_usage(say("the address of one login page is needed",
                                  "ログインページのアドレスを1つ指定してください"));
    return login(argv[optind], values);
}

const struct command login_commands[] = {
    {"login", run_login, login_options, "log in at a site with the card",
     "カードでサイトにログイン"},
    {0},
};
