/* The subcommands of jpkid, and what they share. */
#pragma once

#include <getopt.h>
#include <stdbool.h>

#include "base/secret.h"

int jpkid_init(int argc, char **argv);
int jpkid_serve(int argc, char **argv);
int jpkid_backup(int argc, char **argv);
int jpkid_restore(int argc, char **argv);
extern const struct option init_options[], serve_options[], backup_options[], restore_options[];

/* jpkid_passphrase reads it from the descriptor named in fd_text, or asks on the terminal when that
 * is NULL (twice for a new one). Returns an exit status, after a complaint if not EXIT_DONE. */
int jpkid_passphrase(const char *fd_text, bool is_new, struct secret *out) MUST_USE;
