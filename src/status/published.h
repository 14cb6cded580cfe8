/* The published folder's files: NAME.crl, NAME.epoch, NAME.cer, where NAME is the kind's of its
 * first generation, KIND-2 of the second, and so on. */
#pragma once

#include <limits.h>

#include "base/bytes.h"
#include "base/kind.h"

enum err published_path(const char *folder, enum kind kind, unsigned generation, const char *suffix,
                        char path[static PATH_MAX]) MUST_USE;
enum err published_replace(const char *folder, enum kind kind, unsigned generation,
                           const char *suffix, struct bytes content, struct fault *fault) MUST_USE;
/* published_parse reads NAME and the ending (".crl", or ""). ERR_NOT_FOUND for what is none. */
enum err published_parse(const char *name, const char *ending, enum kind *kind,
                         unsigned *generation) MUST_USE;
