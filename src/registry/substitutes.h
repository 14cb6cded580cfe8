/* Substitute characters (代替文字): what stands in a certificate for a character that may not, from
 * the file etc/substitutes. What the town's record says is never changed by this. */
#pragma once

#include "base/bytes.h"
#include "registry/charset.h"

#define SUBSTITUTES_MAX 1024
#define GETA_MARK       0x3013 /* 〓, for a character that the file does not have */

struct substitutes {
    struct charset charset;
    size_t num;
    struct {
        uint32_t from, to;
    } rows[SUBSTITUTES_MAX];
};

/* substitutes_parse reads lines of two characters parted by one blank ("髙 高"); '#' begins a
 * comment line. Refused, with the line in the fault: a first character that is permitted anyway or
 * given twice, a second one that is not permitted, anything else (ERR_MALFORMED, ERR_LIMIT). Also
 * loads the character set, so call it before the process gives up its files. */
enum err substitutes_parse(struct bytes file, struct substitutes *out,
                           struct fault *fault) MUST_USE;

/* substitutes_apply gives the character as it may stand in a certificate. */
uint32_t substitutes_apply(const struct substitutes *substitutes, uint32_t code_point);
