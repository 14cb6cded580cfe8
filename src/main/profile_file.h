/* The file behind --profile, and its copy in the data folder. */
#pragma once

#include "x509/profile_site.h"

enum err profile_file_read(const char *path, struct profile_site *out,
                           struct fault *fault) MUST_USE;
