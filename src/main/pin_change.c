/* jpki pin change: a PIN changed at home, offline (page:S47). The form is checked before a try
 * is spent; PINs come from the terminal or a descriptor, never from the command line. */
#include <stdio.h>

#include "base/file.h"
#include "base/limits.h"
#include "client/card.h"
#include "main/card.h"
#include "main/pin_option.h"
#include "reader/pcsc.h"

enum change_option {
    CHANGE_NONE,
    CHANGE_KIND,
    CHANGE_READER,
    CHANGE_PIN_FD,
    CHANGE_LAST_TRY,
    CHANGE_POLICY,
    NUM_CHANGE_OPTIONS
};

const struct option pin_change_options[] = {
    {"kind", required_argument, NULL, CHANGE_KIND},
    {"reader", required_argument, NULL, CHANGE_READER},
    {"pin-fd", required_argument, NULL, CHANGE_PIN_FD},
    {"last-try", no_argument, NULL, CHANGE_LAST_TRY},
    {"policy", required_argument, NULL, CHANGE_POLICY},
    {0},
};

struct change {
    enum kind kind;
    struct law_policy policy;
    const char *fd_text; /* of --pin-fd; NULL: the terminal */
    bool may_use_last_try;
    struct secret old, new;
};

static int refuse(const char *sentence)
{
    fprintf(stderr, "jpki: %s\n", sentence);
    return EXIT_REFUSED;
}

/* The mixture of letters and digits is asked of a new PIN; the one in the card may be older. */
static int read_old(struct change *change)
{
    struct law_policy policy = change->policy;
    policy.pin_letter_and_digit = false;
    int status = pin_option_ask(change->fd_text, say("PIN now", "現在の暗証番号"), change->kind,
                                &change->old);
    return status == EXIT_DONE ? pin_option_check(&policy, change->kind, &change->old) : status;
}

static int read_new(struct change *change)
{
    struct secret again CLEANUP_SECRET = {0};
    int status = pin_option_ask(change->fd_text, say("new PIN", "新しい暗証番号"), change->kind,
                                &change->new);
    if (status == EXIT_DONE)
        status = pin_option_ask(change->fd_text, say("new PIN once more", "新しい暗証番号（確認）"),
                                change->kind, &again);
    if (status != EXIT_DONE)
        return status;
    if (!secret_equal(secret_bytes(&change->new), secret_bytes(&again)))
        return refuse(say("the new PIN was not the same twice", "新しい暗証番号が一致しません"));
    return pin_option_check(&change->policy, change->kind, &change->new);
}

/* With one try left a typing error would lock the PIN, and only the counter can reset it. */
static int check_tries(const struct change *change, uint8_t tries)
{
    if (tries == 0)
        return refuse(say("the PIN is locked or was never set: the town's counter sets it",
                          "暗証番号がロックされているか未設定です。窓口で手続きしてください"));
    fprintf(stderr, say("tries left: %u\n", "残り回数: %u\n"), tries);
    if (tries == 1 && !change->may_use_last_try)
        return refuse(say("one try is left; a mistake locks the PIN (--last-try to go on)",
                          "残り1回です。誤るとロックされます（続けるには --last-try）"));
    return EXIT_DONE;
}

static int report_wrong(enum err err, uint8_t tries)
{
    if (err == ERR_LOCKED)
        return refuse(say("the PIN is wrong and now locked: the town's counter resets it",
                          "暗証番号が違います。ロックされました。窓口で初期化してください"));
    fprintf(
        stderr,
        say("jpki: the PIN is wrong; tries left: %u\n", "jpki: 暗証番号が違います。残り回数: %u\n"),
        tries);
    return EXIT_REFUSED;
}

static int change_in_session(struct change *change, struct card_session *session)
{
    struct fault fault = {0};
    uint8_t tries = 0;
    enum err err = card_verify_pin(session, change->kind, &change->old, &tries, &fault);
    if (err == ERR_PIN || err == ERR_LOCKED)
        return report_wrong(err, tries);
    if (err == ERR_NONE)
        err = card_change_pin(session, change->kind, &change->new, &fault);
    if (err != ERR_NONE)
        return complain_fault(&fault);
    puts(say("the PIN is changed", "暗証番号を変更しました"));
    return EXIT_DONE;
}

/* Looks first how many tries there are; the card is not held while a person types. */
static int look_at_tries(const struct change *change, struct card_channel *channel)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct fault fault = {0};
    uint8_t tries;
    if (card_session_begin(channel, &session, &fault) != ERR_NONE ||
        card_tries(&session, change->kind, &tries, &fault) != ERR_NONE)
        return complain_fault(&fault);
    return check_tries(change, tries);
}

static int change_pin(struct change *change, struct card_channel *channel)
{
    int status = look_at_tries(change, channel);
    if (status == EXIT_DONE)
        status = read_old(change);
    if (status == EXIT_DONE)
        status = read_new(change);
    if (status != EXIT_DONE)
        return status;
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct fault fault = {0};
    if (card_session_begin(channel, &session, &fault) != ERR_NONE)
        return complain_fault(&fault);
    return change_in_session(change, &session);
}

static int read_policy(const char *path, struct law_policy *policy)
{
    struct buffer text CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&text, LIMIT_CONFIG_FILE);
    fault_name_input(&fault, path);
    if (file_read(path, &text, &fault) != ERR_NONE ||
        law_policy_parse(buffer_bytes(&text), policy, &fault) != ERR_NONE)
        return complain_fault(&fault);
    return EXIT_DONE;
}

static int read_change(const char *const *values, struct change *change)
{
    *change = (struct change){.policy = law_policy_default()};
    change->fd_text = values[CHANGE_PIN_FD];
    change->may_use_last_try = values[CHANGE_LAST_TRY] != NULL;
    if (!values[CHANGE_KIND] || kind_parse(values[CHANGE_KIND], &change->kind) != ERR_NONE)
        return complain_usage(say("--kind signature or --kind authentication is needed",
                                  "--kind signature または --kind authentication が必要です"));
    return values[CHANGE_POLICY] ? read_policy(values[CHANGE_POLICY], &change->policy) : EXIT_DONE;
}

int run_pin_change(int argc, char **argv)
{
    const char *values[NUM_CHANGE_OPTIONS] = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct fault fault = {0};
    struct change change;
    if (!options_read_all(argc, argv, pin_change_options, values, NUM_CHANGE_OPTIONS))
        return EXIT_USAGE;
    int status = read_change(values, &change);
    if (status != EXIT_DONE)
        return status;
    if (pcsc_open(values[CHANGE_READER], &channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    status = change_pin(&change, &channel);
    secret_done(&change.old);
    secret_done(&change.new);
    return status;
}
