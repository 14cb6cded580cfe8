/* Which characters may stand in a certificate: JIS X 0208 (levels 1 and 2) and JIS X 0212
 * (補助漢字), and ASCII. facts: profile, 1.4. Taken from the system's own conversion to EUC-JP,
 * whose code sets 0, 1 and 3 are exactly these three; half-width katakana (code set 2) is not among
 * them. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define CHARSET_NUM_JIS_X_0208 6879 /* the standards' own counts: a conversion with another */
#define CHARSET_NUM_JIS_X_0212 6067 /* number of characters is not the one we mean */

struct charset {
    uint8_t bits[65536 / 8]; /* all of both standards is in the Basic Multilingual Plane */
};

/* charset_load fills the table once; to be called before the process gives up its files, since the
 * conversion is loaded from one. ERR_UNSUPPORTED if this system has no EUC-JP, or another. */
enum err charset_load(struct charset *out, struct fault *fault) MUST_USE;

bool charset_has(const struct charset *charset, uint32_t code_point);
