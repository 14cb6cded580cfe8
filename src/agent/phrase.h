/* The phrase that the agent's pages show: the resident chose it, and a page that only looks like
 * the agent's does not know it. It is one line of a file of the resident's. */
#pragma once

#include <limits.h>

#include "base/bytes.h"
#include "base/limits.h"

struct phrase {
    char path[PATH_MAX];
    char text[LIMIT_PHRASE + 1]; /* UTF-8, nothing hidden in it */
    bool is_new;                 /* made up now */
};

/* phrase_path is openjpki/phrase below XDG_CONFIG_HOME, or below .config of HOME (XDG Base
 * Directory). ERR_NOT_FOUND: the environment names neither. */
enum err phrase_path(char path[static PATH_MAX], struct fault *fault) MUST_USE;

/* phrase_read reads the file, or makes it: words by chance, in that language. ERR_MALFORMED: not
 * one line of 1 to LIMIT_PHRASE octets that people can read. */
enum err phrase_read(const char *path, enum language language, struct phrase *out,
                     struct fault *fault) MUST_USE;
