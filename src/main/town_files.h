/* Files of etc/ that must agree with each other. What one says alone, its own parser checks. */
#pragma once

#include "base/err.h"

/* town_files_check: every office of etc/appointments is one of etc/offices, by its code.
 * ERR_MALFORMED. */
enum err town_files_check(const char *etc, struct fault *fault) MUST_USE;
