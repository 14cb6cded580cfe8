/* Subcommands. Each file of this folder that has any defines one list of them, ended by a row
 * without a name; jpki.c and jpkid.c name the lists. */
#pragma once

#include <getopt.h>

struct command {
    const char *name; /* one word, or two: "guide", "rules window" */
    /* run reads the options and calls. It is handed its row; argv[0] is the command's last word.
     * Returns the exit status. */
    int (*run)(const struct command *command, int argc, char **argv);
    const struct option *options; /* ended by zeros; what `jpki --options` prints */
    const char *en, *ja;          /* one line of help */
    const void *what;             /* where several rows share a run: what this one is about */
};

/* Rows of a list of options. */
#define OPTION_FLAG(name, id)                                                                      \
    {                                                                                              \
        name, no_argument, NULL, id                                                                \
    }
#define OPTION_VALUE(name, id)                                                                     \
    {                                                                                              \
        name, required_argument, NULL, id                                                          \
    }

/* command_run is a program's main: runs the subcommand that argv names, or prints help or, with
 * --version, the version or, with --options, one line for each option of each subcommand, which the
 * man page is compared with. lists ends with NULL. Returns the exit status. */
int command_run(const struct command *const *lists, int argc, char **argv);

extern const struct command admin_commands[];
extern const struct command agent_commands[];
extern const struct command card_commands[];
extern const struct command counter_commands[];
extern const struct command guide_commands[];
extern const struct command rules_commands[];
extern const struct command verify_commands[];
extern const struct command login_commands[];
extern const struct command sign_commands[];
