/* Landlock: a process limits itself to some files, to no new TCP port, and to signals and abstract
 * sockets of its own. */
#pragma once

#include "base/sandbox.h"

/* *version is that of the kernel's interface; 0, and nothing done, when it has none. */
enum err landlock_apply(const struct sandbox_path *paths, size_t num_paths, int *version,
                        struct fault *fault) MUST_USE;
