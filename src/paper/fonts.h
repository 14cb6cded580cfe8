/* The two fonts of every paper. No other font is known here, so that none can slip in. */
#pragma once

#include "base/err.h"

struct fonts;

/* fonts_open reads the system's list of fonts and opens their files, and pango begins threads:
 * before the sandbox. ERR_NOT_FOUND: one of them is not installed. */
enum err fonts_open(struct fonts **out, struct fault *fault) MUST_USE;
void fonts_close(struct fonts *fonts); /* takes NULL */
