#include "main/pin_option.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#include "law/pin.h"
#include "main/options.h"

static bool descriptor_parse(const char *text, int *out)
{
    char *end;
    errno = 0;
    unsigned long value = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || value > INT_MAX)
        return false;
    *out = (int)value;
    return true;
}

static enum err ask(const char *question, enum kind kind, struct secret *out)
{
    char prompt[128];
    snprintf(prompt, sizeof prompt, "%s (%s): ", question, kind_label(kind, language_of_locale()));
    return secret_ask(prompt, out);
}

int pin_option_ask(const char *fd_text, const char *question, enum kind kind, struct secret *out)
{
    int fd;
    if (fd_text && !descriptor_parse(fd_text, &fd))
        return complain_usage(
            say("--pin-fd %s: no descriptor", "--pin-fd %s: ファイル記述子ではありません"),
            fd_text);
    enum err err = fd_text ? secret_read_fd(fd, out) : ask(question, kind, out);
    return err == ERR_NONE ? EXIT_DONE : complain_err(say("the PIN", "暗証番号"), err);
}

int pin_option_check(const struct law_policy *policy, enum kind kind, const struct secret *pin)
{
    struct ruling ruling = pin_check(policy, kind, secret_bytes(pin));
    if (ruling.decision == DECISION_ALLOWED)
        return EXIT_DONE;
    fprintf(stderr, "jpki: %s\n", say(ruling.reason.en, ruling.reason.ja));
    return EXIT_REFUSED;
}

int pin_option_read(const char *fd_text, enum kind kind, struct secret *out)
{
    struct law_policy policy = law_policy_default();
    policy.pin_letter_and_digit = false; /* asked of a new PIN; the one in the card may be older */
    int status = pin_option_ask(fd_text, say("PIN", "暗証番号"), kind, out);
    return status == EXIT_DONE ? pin_option_check(&policy, kind, out) : status;
}
