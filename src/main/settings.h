/* What stands in jpkid.conf(5). One table drives the file, the options of the same names, what
 * `jpkid --settings` prints, and by that the man page and etc/jpkid.conf, which tools/lint compares
 * with it. An option on the command line wins over the file, the file over the default. No secret
 * is a setting. */
#pragma once

#include <limits.h>
#include <stdio.h>

#include "http/server.h"
#include "main/command.h"

/* id, name, kind, default or NULL, least and most of a number; whether it is an option of EVERY
 * command that reads settings, of those that are SERVING somebody, or of SERVE alone */
#define SETTINGS(X)                                                                                \
    X(DATA, "data", FOLDER, NULL, 0, 0, EVERY)                                                     \
    X(LISTEN, "listen", ADDRESS, NULL, 0, 0, SERVING)                                              \
    X(WEB, "web", ADDRESS, NULL, 0, 0, SERVE)                                                      \
    X(WEB_URL, "web-url", URL, NULL, 0, 0, SERVE)                                                  \
    X(USER, "user", NAME, NULL, 0, 0, SERVING)                                                     \
    X(STATUS_THREADS, "status-threads", NUMBER, "2", 1, HTTP_THREADS_MAX, SERVING)

/* These are the `val` of the options, too; a command's own begin at FIRST_OPTION. */
enum setting {
    SETTING_NONE,
#define X(id, ...) SETTING_##id,
    SETTINGS(X)
#undef X
        NUM_SETTINGS,
    OPTION_CONFIG = NUM_SETTINGS,
    FIRST_OPTION
};

/* SETTING_OPTIONS(SERVE): the first rows of a command's list of options. */
#define SETTING_OPTIONS(command)                                                                   \
    SETTINGS(SETTING_OF_##command) OPTION_VALUE("config", OPTION_CONFIG)
#define SETTING_OF_EVERY(id, name, kind, value, least, most, of)   SETTING_EVERY_##of(name, id)
#define SETTING_OF_SERVING(id, name, kind, value, least, most, of) SETTING_SERVING_##of(name, id)
#define SETTING_OF_SERVE(id, name, kind, value, least, most, of)   SETTING_OPTION(name, id)
#define SETTING_EVERY_EVERY(name, id)                              SETTING_OPTION(name, id)
#define SETTING_EVERY_SERVING(name, id)
#define SETTING_EVERY_SERVE(name, id)
#define SETTING_SERVING_EVERY(name, id)   SETTING_OPTION(name, id)
#define SETTING_SERVING_SERVING(name, id) SETTING_OPTION(name, id)
#define SETTING_SERVING_SERVE(name, id)
#define SETTING_OPTION(name, id) {name, required_argument, NULL, SETTING_##id},

/* What a file says. */
struct settings {
    const char *file; /* NULL: none was read; borrowed */
    struct {
        char text[PATH_MAX];
        int line; /* 0: it does not stand there */
    } of[NUM_SETTINGS];
};

/* settings_parse reads the text of a file: every setting is known, stands once, and is within its
 * bounds, whichever command it is for. */
enum err settings_parse(struct bytes text, struct settings *out, struct fault *fault) MUST_USE;

/* settings_read reads a command's options as options_read_all does, and fills in those settings
 * that they leave open from the file of --config, or with the default. Returns an exit status,
 * after a complaint if not EXIT_DONE. values borrow from argv and *out. */
int settings_read(int argc, char **argv, const struct command *command, const char **values,
                  size_t num_values, struct settings *out) MUST_USE;

/* settings_print writes the values that settings_read made for a command and where each comes from,
 * as a file of this form. */
void settings_print(const struct command *command, const char *const *values,
                    const struct settings *settings, FILE *out);

/* settings_list prints the table, a line each: NAME: WHAT; default VALUE; which of the commands */
void settings_list(const struct command *commands);
