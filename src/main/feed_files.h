/* Where a follower's files lie in its data folder, and which database it follows. */
#pragma once

#include <limits.h>

#include "centre/feed.h"

#define NUM_FEED_FILES 4

struct feed_files {
    struct feed_paths paths; /* borrows from texts and address */
    char texts[NUM_FEED_FILES][PATH_MAX];
    char address[PATH_MAX]; /* may hold a password */
};

/* *out must not be moved afterwards. ERR_NOT_FOUND when the folder names no database. */
enum err feed_files_find(const char *data, struct feed_files *out, struct fault *fault) MUST_USE;
