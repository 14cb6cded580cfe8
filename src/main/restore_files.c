#include "main/restore_files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "main/backup.h"
#include "status/status_client.h"
#include "main/data_folder.h"

#define SIGNED_LOG    "signer/signed.log"
#define DATABASE_DUMP "database/dump" /* pg_restore's, not ours */

struct copying {
    const char *backup, *log, *folder;
};

/* Who may read it is as it was: keys and the database by their owner alone. */
static enum err copy_as_is(const char *from, const char *to, struct fault *fault)
{
    struct stat info;
    fault_name_input(fault, from);
    if (stat(from, &info) != 0)
        return fault_set(fault, ERR_IO, "file", "%s", strerror(errno));
    return file_copy(from, to, info.st_mode & 0777, fault);
}

/* How far two files are the same, from their beginning. */
static off_t common_length(int a, int b)
{
    uint8_t first[4096], second[4096];
    off_t common = 0;
    ssize_t len;
    while ((len = pread(a, first, sizeof first, common)) > 0) {
        ssize_t other = pread(b, second, (size_t)len, common);
        ssize_t same = 0;
        while (same < other && first[same] == second[same])
            same++;
        common += same;
        if (same < (ssize_t)sizeof first)
            break;
    }
    return common;
}

/* The end of the backup's may be a record that was being written. */
#define LOG_RECORD 144

static enum err log_check(const char *backup, const char *kept, struct fault *fault)
{
    int old CLEANUP_FD = open(backup, O_RDONLY | O_CLOEXEC);
    int new CLEANUP_FD = open(kept, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    struct stat info;
    fault_name_input(fault, kept);
    if (old < 0 || new < 0 || fstat(old, &info) != 0)
        return fault_set(fault, ERR_IO, "signed.log", "%s", strerror(errno));
    if (info.st_size - common_length(old, new) < LOG_RECORD)
        return ERR_NONE;
    return fault_set(fault, ERR_DENIED, "signed.log",
                     "it does not go on from the backup's: it is older, or another authority's");
}

static enum err copy_named(void *context, const char *name, struct fault *fault)
{
    const struct copying *copying = context;
    char from[PATH_MAX], to[PATH_MAX];
    bool is_log = strcmp(name, SIGNED_LOG) == 0;
    if (strcmp(name, DATABASE_DUMP) == 0)
        return ERR_NONE;
    enum err err = path_join(copying->backup, name, from, fault);
    if (err == ERR_NONE)
        err = path_join(copying->folder, name, to, fault);
    if (err == ERR_NONE && is_log && copying->log)
        err = log_check(from, copying->log, fault);
    if (err != ERR_NONE)
        return err;
    return copy_as_is(is_log && copying->log ? copying->log : from, to, fault);
}

enum err restore_files_copy(const char *backup, const char *log, const char *folder,
                            int64_t *backup_time, struct fault *fault)
{
    struct copying copying = {.backup = backup, .log = log, .folder = folder};
    struct backup made;
    enum err err = backup_check(backup, &made, copy_named, &copying, fault);
    if (err == ERR_NONE)
        *backup_time = made.time;
    return err;
}

enum err restore_files_list(const char *folder, enum kind kind, unsigned generation,
                            struct buffer *out, struct fault *fault)
{
    char path[PATH_MAX], own[STATUS_NAME], name[STATUS_NAME + 8];
    snprintf(name, sizeof name, "%s.crl", status_published_name(kind, generation, own));
    enum err err = path_join(folder, name, path, fault);
    return err == ERR_NONE ? file_read(path, out, fault) : err;
}
