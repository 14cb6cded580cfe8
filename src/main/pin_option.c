#include "main/pin_option.h"

#include <stdio.h>

#include "law/pin.h"
#include "main/options.h"

static int ask(const char *fd_text, const char *question, enum kind kind, struct secret *out)
{
    int fd = -1;
    char prompt[128];
    if (fd_text && !option_descriptor("pin-fd", fd_text, &fd))
        return EXIT_USAGE;
    if (secret_guard_process() != ERR_NONE)
        return complain_err(say("no core, not dumpable", "メモリの保護"), ERR_DENIED);
    snprintf(prompt, sizeof prompt, "%s (%s): ", question, kind_label(kind, language_of_locale()));
    enum err err = fd_text ? secret_read_fd(fd, out) : secret_ask(prompt, out);
    const char *input = say("the PIN", "暗証番号");
    if (err == ERR_NONE)
        return EXIT_DONE;
    return fd_text ? complain_descriptor(input, "pin-fd", err) : complain_ask(input, "pin-fd", err);
}

static int exit_status_of(struct ruling ruling)
{
    if (ruling.decision == DECISION_ALLOWED)
        return EXIT_DONE;
    return refuse("%s", say(ruling.reason.en, ruling.reason.ja));
}

int pin_option_read(const char *fd_text, enum kind kind, struct secret *out)
{
    int status = ask(fd_text, say("PIN", "暗証番号"), kind, out);
    if (status != EXIT_DONE)
        return status;
    return exit_status_of(pin_check_old(kind, secret_bytes(out)));
}

int pin_option_read_new(const char *fd_text, const struct law_policy *policy, enum kind kind,
                        struct secret *out)
{
    struct secret again CLEANUP_SECRET = {0};
    int status = ask(fd_text, say("new PIN", "新しい暗証番号"), kind, out);
    if (status == EXIT_DONE && !fd_text)
        status = ask(NULL, say("new PIN once more", "新しい暗証番号（確認）"), kind, &again);
    if (status != EXIT_DONE)
        return status;
    if (!fd_text && !secret_equal(secret_bytes(out), secret_bytes(&again)))
        return refuse("%s",
                      say("the new PIN was not the same twice", "新しい暗証番号が一致しません"));
    return exit_status_of(pin_check(policy, kind, secret_bytes(out)));
}
