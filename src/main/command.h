/* The subcommands of jpki. Each file of this folder that has any defines one list of them, ended by
 * a row without a name; jpki.c names the lists. */
#pragma once

#include <getopt.h>

struct command {
    const char *name; /* one word, or two: "guide", "rules window" */
    /* run reads options and calls; argv[0] is the command's name. Returns the exit status. */
    int (*run)(int argc, char **argv);
    const struct option *options; /* ended by zeros; what `jpki --options` prints */
    const char *en, *ja;          /* one line of help */
};

extern const struct command admin_commands[];
extern const struct command card_commands[];
extern const struct command counter_commands[];
extern const struct command guide_commands[];
extern const struct command rules_commands[];
extern const struct command verify_commands[];
extern const struct command login_commands[];
extern const struct command sign_commands[];
