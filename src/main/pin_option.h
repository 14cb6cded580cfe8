/* A PIN on its way from the resident to the card: from the descriptor that --pin-fd names, or from
 * the keyboard. Its form is checked here, before a try is spent; and before it is asked for, the
 * process is one that leaves no core and that nobody looks into. page:S05 page:S07 */
#pragma once

#include "base/kind.h"
#include "base/secret.h"
#include "law/policy.h"

/* Both read PINs, a line each. fd_text is the value of --pin-fd, NULL: ask on the terminal. They
 * return EXIT_DONE, or complain and return EXIT_USAGE (no descriptor), EXIT_UNDECIDED (nothing to
 * read) or EXIT_REFUSED (not the form of such a PIN). */

/* pin_option_read reads the PIN that is in the card. */
int pin_option_read(const char *fd_text, enum kind kind, struct secret *out) MUST_USE;
/* pin_option_read_new reads one that is to be set; on the terminal twice, EXIT_REFUSED when the two
 * differ. */
int pin_option_read_new(const char *fd_text, const struct law_policy *policy, enum kind kind,
                        struct secret *out) MUST_USE;
