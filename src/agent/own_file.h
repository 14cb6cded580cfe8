/* Files of the person whose program this is: openjpki/NAME below XDG_CONFIG_HOME, or below .config
 * of HOME (XDG Base Directory). */
#pragma once

#include <limits.h>

#include "base/bytes.h"

/* ERR_NOT_FOUND: the environment names neither folder. */
enum err own_file_path(const char *name, char path[static PATH_MAX], struct fault *fault) MUST_USE;
/* own_file_folders makes every folder on the way that is not there yet, for that person alone. */
enum err own_file_folders(const char *path, struct fault *fault) MUST_USE;
