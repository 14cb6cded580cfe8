/* The two kinds of certificate, the word that every room shares. page:S03 */
#pragma once

#include "base/err.h"

enum kind { KIND_SIGNATURE, KIND_AUTHENTICATION };
#define NUM_KINDS 2

const char *kind_name(enum kind kind); /* "signature", "authentication" */
const char *kind_label(enum kind kind, enum language language);
enum err kind_parse(const char *name, enum kind *out) MUST_USE;
