#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/resource.h>
#include <unistd.h>

static enum err file_fault(struct fault *fault, const char *path, const char *what)
{
    int number = errno;
    enum err code = number == ENOENT ? ERR_NOT_FOUND : number == EEXIST ? ERR_EXISTS : ERR_IO;
    fault_name_input(fault, path);
    return fault_set(fault, code, what, "%s", strerror(number));
}

enum err fd_read_parts(int fd, fd_take_part *take, void *context, struct fault *fault)
{
    uint8_t part[16384];
    enum err err = ERR_NONE;
    bool is_over = false;
    while (err == ERR_NONE && !is_over) {
        ssize_t len = read(fd, part, sizeof part);
        is_over = len == 0;
        if (len > 0)
            err = take(context, bytes_of(part, (size_t)len), fault);
        else if (len < 0 && errno != EINTR)
            err = fault_set(fault, ERR_IO, "read", "%s", strerror(errno));
    }
    explicit_bzero(part, sizeof part);
    return err;
}

static enum err put_part(void *context, struct bytes part, struct fault *fault)
{
    struct buffer *out = context;
    buffer_put_bytes(out, part);
    enum err err = buffer_check(out);
    return err == ERR_NONE ? err : fault_set(fault, err, "size", "longer than %zu bytes", out->cap);
}

enum err file_read(const char *path, struct buffer *out, struct fault *fault)
{
    bool is_stdin = strcmp(path, "-") == 0;
    int fd CLEANUP_FD = is_stdin ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return file_fault(fault, path, "open");
    enum err err = fd_read_parts(fd, put_part, out, fault);
    if (err != ERR_NONE)
        fault_name_input(fault, path);
    return err;
}

enum err path_join(const char *folder, const char *name, char path[static PATH_MAX],
                   struct fault *fault)
{
    int len = snprintf(path, PATH_MAX, "%s/%s", folder, name);
    if (len >= 0 && len < PATH_MAX)
        return ERR_NONE;
    fault_name_input(fault, folder);
    return fault_set(fault, ERR_LIMIT, "path", "longer than %d bytes", PATH_MAX);
}

enum err fd_read_at(int fd, off_t at, void *out, size_t len)
{
    uint8_t *next = out;
    while (len) {
        ssize_t got = pread(fd, next, len, at);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? ERR_IO : ERR_MALFORMED;
        next += got;
        at += got;
        len -= (size_t)got;
    }
    return ERR_NONE;
}

enum err fd_write_all(int fd, struct bytes content)
{
    while (content.len) {
        ssize_t len = write(fd, content.data, content.len);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return ERR_IO;
        content.data += len;
        content.len -= (size_t)len;
    }
    return ERR_NONE;
}

enum err folder_each(const char *folder, int (*is_wanted)(const struct dirent *entry),
                     folder_take *take, void *context, struct fault *fault)
{
    struct dirent **entries = NULL;
    int num = scandir(folder, &entries, is_wanted, alphasort);
    if (num < 0) {
        enum err code = errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
        fault_name_input(fault, folder);
        return fault_set(fault, code, "folder", "%s", strerror(errno));
    }
    enum err err = ERR_NONE;
    for (int i = 0; i < num; i++) {
        if (err == ERR_NONE)
            err = take(context, folder, entries[i]->d_name, fault);
        free(entries[i]);
    }
    free(entries);
    return err;
}

enum err folder_sync(const char *path, struct fault *fault)
{
    char copy[PATH_MAX];
    snprintf(copy, sizeof copy, "%s", path);
    int fd CLEANUP_FD = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) != 0)
        return file_fault(fault, path, "sync of the folder");
    return ERR_NONE;
}

static enum err file_write_synced(const char *path, struct bytes content, mode_t mode,
                                  struct fault *fault)
{
    int fd CLEANUP_FD = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return file_fault(fault, path, "create");
    if (fd_write_all(fd, content) != ERR_NONE)
        return file_fault(fault, path, "write");
    if (fsync(fd) != 0)
        return file_fault(fault, path, "sync");
    return ERR_NONE;
}

enum err file_replace(const char *path, struct bytes content, mode_t mode, struct fault *fault)
{
    char temporary[PATH_MAX];
    int len = snprintf(temporary, sizeof temporary, "%s.new", path);
    if (len < 0 || (size_t)len >= sizeof temporary)
        return fault_set(fault, ERR_LIMIT, "path", "longer than %d bytes", PATH_MAX);
    enum err err = file_write_synced(temporary, content, mode, fault);
    if (err == ERR_NONE && rename(temporary, path) != 0)
        err = file_fault(fault, path, "rename");
    if (err != ERR_NONE) {
        unlink(temporary);
        return err;
    }
    return folder_sync(path, fault);
}

enum err file_create(const char *path, struct bytes content, mode_t mode, struct fault *fault)
{
    int fd CLEANUP_FD = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return file_fault(fault, path, "create");
    if (fd_write_all(fd, content) != ERR_NONE || fsync(fd) != 0) {
        enum err err = file_fault(fault, path, "write");
        unlink(path);
        return err;
    }
    return folder_sync(path, fault);
}

struct target {
    int fd;
    const char *path;
};

static enum err write_part(void *context, struct bytes part, struct fault *fault)
{
    const struct target *target = context;
    return fd_write_all(target->fd, part) == ERR_NONE ? ERR_NONE
                                                      : file_fault(fault, target->path, "write");
}

enum err file_copy(const char *from, const char *to, mode_t mode, struct fault *fault)
{
    int source CLEANUP_FD = open(from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (source < 0)
        return file_fault(fault, from, "open");
    int fd CLEANUP_FD = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
    if (fd < 0)
        return file_fault(fault, to, "create");
    fault_name_input(fault, from);
    enum err err = fd_read_parts(source, write_part, &(struct target){fd, to}, fault);
    if (err == ERR_NONE && fsync(fd) != 0)
        err = file_fault(fault, to, "sync");
    if (err != ERR_NONE) {
        unlink(to);
        return err;
    }
    return folder_sync(to, fault);
}

void fd_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

enum err memfd_sealed(const char *name, struct bytes content, int *out)
{
    int fd CLEANUP_FD = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || fd_write_all(fd, content) != ERR_NONE ||
        fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL) != 0)
        return ERR_IO;
    *out = fd;
    fd = -1;
    return ERR_NONE;
}

void fd_allow(size_t num)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur >= num)
        return;
    limit.rlim_cur = limit.rlim_max < num ? limit.rlim_max : num;
    (void)setrlimit(RLIMIT_NOFILE, &limit);
}
