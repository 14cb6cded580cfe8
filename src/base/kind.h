/* The two kinds of certificate, the word that every room shares. page:S03 */
#pragma once

#include <stdint.h>

#include "base/err.h"

enum kind { KIND_SIGNATURE, KIND_AUTHENTICATION };
#define NUM_KINDS 2

const char *kind_name(enum kind kind); /* "signature", "authentication" */
const char *kind_label(enum kind kind, enum language language);
enum err kind_parse(const char *name, enum kind *out) MUST_USE;

/* kind_most_tries is how many wrong PINs in a row lock that kind's PIN in the card. */
uint8_t kind_most_tries(enum kind kind);
