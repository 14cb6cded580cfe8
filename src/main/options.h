/* What all subcommands share: exit statuses, reading options, complaining. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "base/date.h"
#include "base/err.h"
#include "main/command.h"

enum exit_status {
    EXIT_DONE = 0,      /* done, yes, valid */
    EXIT_REFUSED = 1,   /* refused, no, invalid: the reason on stderr */
    EXIT_UNDECIDED = 2, /* could not be decided or done; nothing changed */
    EXIT_USAGE = 64,
};

/* options_read fills values[option.val] with the argument of each option given ("" where it takes
 * none); the others stay NULL. Options have `val` from 1 and no flag. False, after a complaint on
 * stderr, for an unknown option, one given twice or a missing argument. More arguments start at
 * optind. values come all NULL. For options that may come more than once call getopt_long yourself.
 */
bool options_read(int argc, char **argv, const struct option *options, const char **values,
                  size_t num_values) MUST_USE;

/* options_read_all also refuses further arguments. */
bool options_read_all(int argc, char **argv, const struct option *options, const char **values,
                      size_t num_values) MUST_USE;

/* say picks the sentence by locale. */
const char *say(const char *en, const char *ja) __attribute__((format_arg(1), format_arg(2)));

/* These print "jpki: …" (the program's name) on stderr and return the status for main. */
int complain_usage(const char *format, ...) PRINTF_LIKE(1, 2); /* 64 */
int complain_err(const char *input, enum err code);            /* 2 */
int complain_fault(const struct fault *fault);                 /* 2 */
/* After secret_read_fd failed on the descriptor that this option names. */
int complain_descriptor(const char *input, const char *option, enum err code); /* 2 */
/* After secret_ask failed: option is the one that takes a descriptor in place of the terminal. */
int complain_ask(const char *input, const char *option, enum err code); /* 2 */
int refuse(const char *format, ...) PRINTF_LIKE(1, 2);                  /* 1 */
int refuse_fault(const struct fault *fault);                            /* 1 */

/* option_date, option_birth and option_time read a date or a moment, or complain. */
bool option_date(const char *name, const char *text, struct date *out) MUST_USE;
bool option_time(const char *name, const char *text, int64_t *out) MUST_USE;
bool option_birth(const char *name, const char *text, struct date *out) MUST_USE;
/* option_descriptor reads the number of an open file descriptor, or complains. */
bool option_descriptor(const char *name, const char *text, int *out) MUST_USE;
