/* Files: read whole under a cap, written so that a reader sees the old bytes or the new ones, never
 * a mixture, also after power loss. */
#pragma once

#include <dirent.h>
#include <limits.h>
#include <sys/types.h>

#include "base/bytes.h"

/* file_read appends the file's bytes to *out, whose cap is the limit. "-" is standard input. */
enum err file_read(const char *path, struct buffer *out, struct fault *fault) MUST_USE;

/* fd_read_parts hands over what there is up to the end, in parts, until `take` fails; no part stays
 * in memory. The caller names the input in the fault. */
typedef enum err fd_take_part(void *context, struct bytes part, struct fault *fault);
enum err fd_read_parts(int fd, fd_take_part *take, void *context, struct fault *fault) MUST_USE;

/* path_join makes "folder/name"; ERR_LIMIT where that is no path. */
enum err path_join(const char *folder, const char *name, char path[static PATH_MAX],
                   struct fault *fault) MUST_USE;

/* file_replace writes to a new file beside it, syncs, renames, syncs the folder. */
enum err file_replace(const char *path, struct bytes content, mode_t mode,
                      struct fault *fault) MUST_USE;

/* file_create is file_replace that refuses when the file exists (ERR_EXISTS). */
enum err file_create(const char *path, struct bytes content, mode_t mode,
                     struct fault *fault) MUST_USE;

/* file_copy copies a file of any length to one that must not exist (ERR_EXISTS), and syncs both it
 * and its name. */
enum err file_copy(const char *from, const char *to, mode_t mode, struct fault *fault) MUST_USE;

/* folder_each hands over the names in a folder that is_wanted lets through (scandir(3); NULL: all),
 * in their order, until `take` fails. ERR_NOT_FOUND: there is no such folder. */
typedef enum err folder_take(void *context, const char *folder, const char *name,
                             struct fault *fault);
enum err folder_each(const char *folder, int (*is_wanted)(const struct dirent *entry),
                     folder_take *take, void *context, struct fault *fault) MUST_USE;

/* folder_sync syncs the folder that holds a file or folder: a name that was made, renamed or
 * removed is on the disk only then. */
enum err folder_sync(const char *path, struct fault *fault) MUST_USE;

/* fd_write_all writes everything or fails; restarts after a signal. */
enum err fd_write_all(int fd, struct bytes content) MUST_USE;

/* fd_read_at reads exactly so many bytes there; ERR_MALFORMED: the file ends before. The place that
 * read and write go on from stays. */
enum err fd_read_at(int fd, off_t at, void *out, size_t len) MUST_USE;

/* memfd_sealed makes a file in memory that nobody can change any more; *out is the caller's. */
enum err memfd_sealed(const char *name, struct bytes content, int *out) MUST_USE;

/* fd_allow raises the number of descriptors that this process may have open, as far as it may. */
void fd_allow(size_t num);

/* fd_close is for CLEANUP: closes *fd unless negative. */
void fd_close(int *fd);
#define CLEANUP_FD CLEANUP(fd_close)
