/* The subcommands of jpkid, and what they share. */
#pragma once

#include <getopt.h>
#include <stdbool.h>

#include "base/secret.h"
#include "main/command.h"

int jpkid_init(const struct command *command, int argc, char **argv);
int jpkid_serve(const struct command *command, int argc, char **argv);
int jpkid_backup(const struct command *command, int argc, char **argv);
int jpkid_restore(const struct command *command, int argc, char **argv);
int jpkid_follow(const struct command *command, int argc, char **argv);
int jpkid_authority_new(const struct command *command, int argc, char **argv);
int jpkid_permit_key_new(const struct command *command, int argc, char **argv);
extern const struct option init_options[], serve_options[], backup_options[], restore_options[],
    authority_new_options[], permit_key_new_options[], follow_options[];

/* jpkid_passphrase reads it from the descriptor named in fd_text, or asks on the terminal when that
 * is NULL (twice for a new one). In its place shares may be given, one a line, until they are
 * enough (crypto/shares.h). Returns an exit status, after a complaint if not EXIT_DONE. */
int jpkid_passphrase(const char *fd_text, bool is_new, struct secret *out) MUST_USE;

/* jpkid_clock_ok sets this process's clock to the time in text, if any: of sample data alone. False
 * for what is no time. */
bool jpkid_clock_ok(const char *text, bool is_sample) MUST_USE;
