/* jpki pin change: a PIN changed at home, offline (page:S47). The form is checked before a try
 * is spent; PINs come from the terminal or a descriptor, never from the command line. */
#include <stdio.h>

#include "main/card.h"
#include "main/pin_option.h"
#include "main/pin_tries.h"
#include "main/policy_file.h"
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
    struct pin_use use;
    struct law_policy policy;
    const char *fd_text; /* of --pin-fd; NULL: the terminal */
    struct secret old, new;
};

static void change_done(struct change *change)
{
    secret_done(&change->old);
    secret_done(&change->new);
}

static int change_in_card(const struct change *change, struct card_channel *channel)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct fault fault = {0};
    if (card_session_begin(channel, &session, &fault) != ERR_NONE)
        return complain_fault(&fault);
    int status = pin_tries_verify(&session, &change->use, &change->old);
    if (status != EXIT_DONE)
        return status;
    if (card_change_pin(&session, change->use.kind, &change->new, &fault) != ERR_NONE)
        return complain_fault(&fault);
    puts(say("the PIN is changed", "暗証番号を変更しました"));
    return EXIT_DONE;
}

static int change_pin(struct change *change, struct card_channel *channel)
{
    uint8_t tries;
    int status = pin_tries_look(channel, &change->use, &tries);
    if (status != EXIT_DONE)
        return status;
    fprintf(stderr, say("tries left: %u\n", "残り回数: %u\n"), tries);
    status = pin_option_read(change->fd_text, change->use.kind, &change->old);
    if (status == EXIT_DONE)
        status =
            pin_option_read_new(change->fd_text, &change->policy, change->use.kind, &change->new);
    return status == EXIT_DONE ? change_in_card(change, channel) : status;
}

static int read_change(const char *const *values, struct change *change)
{
    change->fd_text = values[CHANGE_PIN_FD];
    change->use.may_use_last = values[CHANGE_LAST_TRY] != NULL;
    if (!values[CHANGE_KIND] || kind_parse(values[CHANGE_KIND], &change->use.kind) != ERR_NONE)
        return complain_usage(say("--kind signature or --kind authentication is needed",
                                  "--kind signature または --kind authentication が必要です"));
    return policy_file_read(values[CHANGE_POLICY], &change->policy);
}

int run_pin_change(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_CHANGE_OPTIONS] = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    struct fault fault = {0};
    struct change change CLEANUP(change_done) = {0};
    if (!options_read_all(argc, argv, command->options, values, NUM_CHANGE_OPTIONS))
        return EXIT_USAGE;
    int status = read_change(values, &change);
    if (status != EXIT_DONE)
        return status;
    if (pcsc_open(values[CHANGE_READER], &channel, &fault) != ERR_NONE)
        return complain_fault(&fault);
    return change_pin(&change, &channel);
}
