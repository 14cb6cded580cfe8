/* The names of the published folder's files: KIND.crl, KIND.epoch, KIND.cer. */
#pragma once

#include <limits.h>

#include "base/bytes.h"
#include "base/kind.h"

enum err published_path(const char *folder, enum kind kind, const char *suffix,
                        char path[static PATH_MAX]) MUST_USE;
enum err published_replace(const char *folder, enum kind kind, const char *suffix,
                           struct bytes content, struct fault *fault) MUST_USE;
