/* The filter of system calls, by libseccomp. */
#pragma once

#include "base/sandbox.h"

/* *lacks says why when no filter could be loaded (static text). */
enum err seccomp_apply(enum sandbox_calls calls, bool *applied, const char **lacks,
                       struct fault *fault) MUST_USE;
