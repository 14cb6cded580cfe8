/* A backup: a folder of the data folder's layout, and a manifest that names every file in it with
 * its SHA-256. docs/FORMAT.backup. */
#pragma once

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

#define BACKUP_NAME 96 /* of a file below the folder, with its zero */

/* What the manifest says of the whole. */
struct backup {
    int64_t time; /* when the copy of the database was made */
    bool is_sample;
    int64_t
        entries; /* of the journal, in that copy; -1 where it is a dump that nobody looked into */
};

/* backup_seal writes the manifest over all that lies in the folder, and its SHA-256 to `digest`. */
enum err backup_seal(const char *folder, const struct backup *backup, uint8_t digest[static 32],
                     struct fault *fault) MUST_USE;

/* backup_check reads the manifest and holds every file against it, each given to `visit` (its name
 * below the folder) after it was found right. What stands in no line is passed over.
 * ERR_MALFORMED: a file is missing or was changed. */
enum err backup_check(const char *folder, struct backup *out,
                      enum err (*visit)(void *context, const char *name, struct fault *fault),
                      void *context, struct fault *fault) MUST_USE;

/* backup_is: has the folder a manifest? */
bool backup_is(const char *folder);
