/* jpki login: shows who asks for what, has the card sign it, brings it there, tells the answer.
 * What a site asks and gets is client/login's; docs/PROTOCOL.login, section 6. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/login_sign.h"
#include "main/options.h"
#include "main/pin_option.h"
#include "main/pin_tries.h"
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
static int ask_card(const struct login_page *page, const char *const *values,
                    struct login_proof *proof)
{
    struct fault fault = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct secret pin CLEANUP_SECRET;
    struct pin_result result;
    uint8_t tries;
    const struct pin_use use = {KIND_AUTHENTICATION, values[OPTION_LAST_TRY] != NULL, true};
    secret_init(&pin);
    if (pcsc_open(values[OPTION_READER], &channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = pin_tries_look(&channel, &use, &tries);
    if (status != EXIT_DONE)
        return status;
    tell_who_asks(page, tries);
    status = pin_option_read(values[OPTION_PIN_FD], use.kind, &pin);
    if (status != EXIT_DONE)
        return status;
    login_sign(&channel, &use, &pin, page, proof, &result);
    return pin_tries_say(&result, &use);
}

static int login(const char *url, const char *const *values)
{
    struct fault fault = {0};
    struct login_page page;
    struct login_proof proof CLEANUP_LOGIN_PROOF;
    login_proof_init(&proof);
    enum err err = login_page_fetch(url, &page, &fault);
    if (err == ERR_USAGE) {
        complain_fault(&fault);
        return EXIT_USAGE;
    }
    if (err != ERR_NONE)
        return err == ERR_DENIED ? refuse_fault(&fault) : complain_fault(&fault);
    int status = ask_card(&page, values, &proof);
    if (status != EXIT_DONE)
        return status;
    struct login_token token = login_proof_token(&proof);
    struct login_answer answer;
    err = login_page_answer(&page, &token, &answer, &fault);
    if (err != ERR_NONE)
        return err == ERR_DENIED ? refuse_fault(&fault) : complain_fault(&fault);
    return tell_answer(&page, &answer, values[OPTION_JSON] != NULL);
}

static int run_login(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    if (!options_read(argc, argv, command->options, values, NUM_OPTIONS))
        return EXIT_USAGE;
    if (optind + 1 != argc)
        return complain_usage(say("the address of one login page is needed",
                                  "ログインページのアドレスを1つ指定してください"));
    return login(argv[optind], values);
}

const struct command login_commands[] = {
    {"login", run_login, login_options, "log in at a site with the card",
     "カードでサイトにログイン", NULL},
    {0},
};
