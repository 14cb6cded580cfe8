/* Where a centre's files lie in a data folder, and which town it serves. */
#pragma once

#include <limits.h>

#include "centre/data.h"

#define NUM_CENTRE_FILES 11

struct centre_files {
    struct data_paths paths; /* borrows from texts */
    char texts[NUM_CENTRE_FILES][PATH_MAX];
    char municipality[6]; /* the first row of etc/municipalities */
};

/* *out must not be moved afterwards. */
enum err centre_files_find(const char *data, struct centre_files *out,
                           struct fault *fault) MUST_USE;
