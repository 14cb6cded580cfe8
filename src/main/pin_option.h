/* A PIN on its way from the resident to the card: from the descriptor that --pin-fd names, or from
 * the keyboard. Its form is checked here, before a try is spent. page:S05 page:S07 */
#pragma once

#include "base/kind.h"
#include "base/secret.h"
#include "law/policy.h"

/* pin_option_read reads one line. fd_text is the value of --pin-fd, NULL: ask on the terminal.
 * Returns EXIT_DONE, or complains and returns EXIT_USAGE (no descriptor), EXIT_UNDECIDED
 * (nothing to read) or EXIT_REFUSED (not the form of such a PIN). */
int pin_option_read(const char *fd_text, enum kind kind, struct secret *out);

/* Its two halves, for whoever asks for more than one PIN: with a question of one's own and no check
 * of the form, and the check. */
int pin_option_ask(const char *fd_text, const char *question, enum kind kind, struct secret *out);
int pin_option_check(const struct law_policy *policy, enum kind kind, const struct secret *pin);
