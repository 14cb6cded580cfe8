/* The files of a restore: from a backup, with the log and the lists that were kept elsewhere, to a
 * new data folder. */
#pragma once

#include "base/bytes.h"
#include "base/kind.h"

/* restore_files_copy holds the backup against its manifest and copies what it names into a folder
 * of that layout. `log` is the kept signed.log, or NULL: it must begin with the backup's own
 * (ERR_DENIED). *backup_time is when the backup was made. */
enum err restore_files_copy(const char *backup, const char *log, const char *folder,
                            int64_t *backup_time, struct fault *fault) MUST_USE;

/* restore_files_list reads the list of one authority from a folder like published/. */
enum err restore_files_list(const char *folder, enum kind kind, unsigned generation,
                            struct buffer *out, struct fault *fault) MUST_USE;
