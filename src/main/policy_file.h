/* The file behind --policy. */
#pragma once

#include "law/policy.h"

/* policy_file_read gives the compiled rows, changed by the file unless path is NULL. Returns the
 * exit status: EXIT_DONE, or EXIT_UNDECIDED after a complaint. */
int policy_file_read(const char *path, struct law_policy *out) MUST_USE;
