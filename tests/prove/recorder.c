/* Loaded before the C library (LD_PRELOAD): records what a process writes, syncs and renames below
 * JPKI_RECORD_ROOT, and what leaves and comes through its sockets; has calls fail on request
 * (fault.h). A write is recorded when it has happened, a sync when it has returned, a message
 * before it leaves: so a cut of the record is a moment at which the power may go. What a process
 * stores through a shared mapping of *.map is recorded, page by page, when it syncs it and before a
 * message leaves.
 *
 * SQLite reaches these functions by their names, too. Its wal-index (-shm) is made again at every
 * start and is left out, as are a card's lock and sockets. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fault.h"
#include "record.h"

#define NUM_FDS  1024
#define NUM_MAPS 4
#define PAGE     4096

enum fd_kind { FD_OTHER, FD_FILE, FD_APPEND, FD_MAP };

static unsigned char kinds[NUM_FDS];
static char root[PATH_MAX];
static size_t root_len;
static struct shared_map {
    int fd;
    const unsigned char *at;
    unsigned char *known; /* as it was recorded last */
    size_t len;
} maps[NUM_MAPS];

/* The C library's own function behind ours of the same name. */
#define REAL(name)                                                                                 \
    static __typeof__(name) *real;                                                                 \
    if (!real)                                                                                     \
    real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static enum fd_kind kind_of(int fd)
{
    return fd >= 0 && fd < NUM_FDS ? (enum fd_kind)kinds[fd] : FD_OTHER;
}

static bool is_recorded(const char *path)
{
    static const char *const left_out[] = {"-shm", ".lock", ".sock"};
    size_t len = strlen(path);
    if (!root_len || strncmp(path, root, root_len) != 0)
        return false;
    for (size_t i = 0; i < sizeof left_out / sizeof left_out[0]; i++) {
        size_t end = strlen(left_out[i]);
        if (len >= end && strcmp(path + len - end, left_out[i]) == 0)
            return false;
    }
    return true;
}

/* --- start --- */

static void read_command(char *text, size_t size, size_t *len)
{
    int fd = open("/proc/self/cmdline", O_RDONLY | O_CLOEXEC);
    ssize_t got = fd >= 0 ? read(fd, text, size - 1) : -1;
    if (fd >= 0)
        close(fd);
    *len = got > 0 ? (size_t)got : 0;
    text[*len] = '\0';
}

/* The third word of `jpkid role NAME …`. */
static const char *role_of(const char *command, size_t len)
{
    const char *second = command + strlen(command) + 1;
    if (second >= command + len || strcmp(second, "role") != 0)
        return "";
    const char *third = second + strlen(second) + 1;
    return third < command + len ? third : "";
}

__attribute__((constructor)) static void recorder_open(void)
{
    char command[4096];
    size_t len;
    const char *folder = getenv("JPKI_RECORD_ROOT");
    record_open();
    snprintf(root, sizeof root, "%s", folder ? folder : "");
    root_len = strlen(root);
    read_command(command, sizeof command, &len);
    fault_open(role_of(command, len));
    record_put(EVENT_START, 0, getppid(), command, len);
    pthread_atfork(record_forks, NULL, record_forked);
}

/* --- opening and closing --- */

static int opened(const char *path, int flags, int fd)
{
    if (fd < 0 || fd >= NUM_FDS)
        return fd;
    size_t len = strlen(path);
    bool is_map = len > 4 && strcmp(path + len - 4, ".map") == 0;
    kinds[fd] = FD_OTHER;
    if (is_recorded(path)) {
        kinds[fd] = is_map ? FD_MAP : flags & O_APPEND ? FD_APPEND : FD_FILE;
        record_put(EVENT_OPEN, fd, flags, path, len);
    }
    return fd;
}

static bool open_fails(const char *path, int flags)
{
    return (flags & O_CREAT) && is_recorded(path) && fault_next(false) == FAULT_ERROR;
}

int open64(const char *path, int flags, ...)
{
    REAL(open64);
    va_list list;
    va_start(list, flags);
    mode_t mode = flags & O_CREAT ? va_arg(list, mode_t) : 0;
    va_end(list);
    return open_fails(path, flags) ? -1 : opened(path, flags, real(path, flags, mode));
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
    REAL(open64);
    return opened(path, flags, real(path, flags));
}

static void map_forget(int fd)
{
    for (int i = 0; i < NUM_MAPS; i++)
        if (maps[i].at && maps[i].fd == fd) {
            free(maps[i].known);
            maps[i] = (struct shared_map){0};
        }
}

int close(int fd)
{
    REAL(close);
    if (kind_of(fd) == FD_OTHER)
        return real(fd);
    map_forget(fd);
    record_put(EVENT_CLOSE, fd, 0, "", 0);
    kinds[fd] = FD_OTHER;
    return real(fd);
}

/* --- content --- */

static ssize_t written(int fd, off_t at, const void *data, ssize_t len)
{
    if (len > 0)
        record_put(EVENT_WRITE, fd, kind_of(fd) == FD_APPEND ? -1 : at, data, (size_t)len);
    return len;
}

/* How much of the bytes may be written; 0: the call fails, errno is set. */
static size_t let_write(size_t len)
{
    enum fault_how how = fault_next(true);
    return how == FAULT_ERROR ? 0 : how == FAULT_SHORT && len > 1 ? len / 2 : len;
}

ssize_t write(int fd, const void *data, size_t len)
{
    REAL(write);
    if (kind_of(fd) == FD_OTHER)
        return real(fd, data, len);
    size_t let = let_write(len);
    if (len && !let)
        return -1;
    off_t at = lseek(fd, 0, SEEK_CUR);
    return written(fd, at, data, real(fd, data, let));
}

ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    REAL(pwrite64);
    if (kind_of(fd) == FD_OTHER)
        return real(fd, data, len, at);
    size_t let = let_write(len);
    if (len && !let)
        return -1;
    return written(fd, at, data, real(fd, data, let, at));
}

int ftruncate64(int fd, off64_t len)
{
    REAL(ftruncate64);
    if (kind_of(fd) == FD_OTHER)
        return real(fd, len);
    if (fault_next(false) == FAULT_ERROR)
        return -1;
    int status = real(fd, len);
    if (status == 0)
        record_put(EVENT_TRUNCATE, fd, len, "", 0);
    return status;
}

/* --- shared mappings --- */

/* The first look at a mapping takes it as it is: the file said so already. */
static void map_look(struct shared_map *map)
{
    struct stat info;
    if (!map->at || fstat(map->fd, &info) != 0)
        return;
    size_t len = (size_t)info.st_size;
    bool is_first = !map->known;
    if (len > map->len) {
        map->known = realloc(map->known, len);
        if (!map->known)
            abort();
        memset(map->known + map->len, 0, len - map->len);
        map->len = len;
    }
    for (size_t at = 0; at + PAGE <= len; at += PAGE)
        if (memcmp(map->known + at, map->at + at, PAGE) != 0) {
            memcpy(map->known + at, map->at + at, PAGE);
            if (!is_first)
                record_put(EVENT_WRITE, map->fd, (int64_t)at, map->at + at, PAGE);
        }
}

void *mmap64(void *where, size_t len, int protection, int flags, int fd, off64_t offset)
{
    REAL(mmap64);
    void *at = real(where, len, protection, flags, fd, offset);
    if (at == MAP_FAILED || kind_of(fd) != FD_MAP || !(protection & PROT_WRITE))
        return at;
    for (int i = 0; i < NUM_MAPS; i++)
        if (!maps[i].at) {
            maps[i] = (struct shared_map){.fd = fd, .at = at};
            map_look(&maps[i]);
            break;
        }
    return at;
}

static void maps_look(void)
{
    for (int i = 0; i < NUM_MAPS; i++)
        map_look(&maps[i]);
}

/* --- syncs --- */

static int synced(int fd, int status)
{
    if (status == 0 && kind_of(fd) != FD_OTHER)
        record_put(EVENT_SYNC, fd, 0, "", 0);
    return status;
}

int fsync(int fd)
{
    REAL(fsync);
    maps_look();
    return kind_of(fd) != FD_OTHER && fault_next(false) == FAULT_ERROR ? -1 : synced(fd, real(fd));
}

int fdatasync(int fd)
{
    REAL(fdatasync);
    maps_look();
    return kind_of(fd) != FD_OTHER && fault_next(false) == FAULT_ERROR ? -1 : synced(fd, real(fd));
}

/* --- names --- */

int rename(const char *from, const char *to)
{
    REAL(rename);
    if (is_recorded(to) && fault_next(false) == FAULT_ERROR)
        return -1;
    int status = real(from, to);
    if (status == 0 && is_recorded(to))
        record_put_two(EVENT_RENAME, 0, from, to);
    return status;
}

int renameat2(int from_fd, const char *from, int to_fd, const char *to, unsigned flags)
{
    REAL(renameat2);
    int status = real(from_fd, from, to_fd, to, flags);
    if (status == 0 && is_recorded(to))
        record_put_two(EVENT_RENAME, 0, from, to);
    return status;
}

int unlink(const char *path)
{
    REAL(unlink);
    int status = real(path);
    if (status == 0 && is_recorded(path))
        record_put(EVENT_UNLINK, 0, 0, path, strlen(path));
    return status;
}

static int made_folder(const char *path, int status)
{
    if (status == 0 && is_recorded(path))
        record_put(EVENT_MKDIR, 0, 0, path, strlen(path));
    return status;
}

int mkdir(const char *path, mode_t mode)
{
    REAL(mkdir);
    return made_folder(path, real(path, mode));
}

char *mkdtemp(char *path)
{
    REAL(mkdtemp);
    char *made = real(path);
    made_folder(path, made ? 0 : -1);
    return made;
}

/* --- messages --- */

static bool is_socket(int fd)
{
    struct stat info;
    return fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode);
}

ssize_t send(int fd, const void *data, size_t len, int flags)
{
    REAL(send);
    maps_look();
    record_put(EVENT_SEND, fd, 0, data, len);
    return real(fd, data, len, flags);
}

ssize_t sendmsg(int fd, const struct msghdr *message, int flags)
{
    REAL(sendmsg);
    maps_look();
    if (message->msg_iovlen == 1)
        record_put(EVENT_SEND, fd, 0, message->msg_iov->iov_base, message->msg_iov->iov_len);
    return real(fd, message, flags);
}

ssize_t recvmsg(int fd, struct msghdr *message, int flags)
{
    REAL(recvmsg);
    ssize_t got = real(fd, message, flags);
    if (got > 0 && message->msg_iovlen == 1)
        record_put(EVENT_RECEIVE, fd, 0, message->msg_iov->iov_base, (size_t)got);
    return got;
}

ssize_t recv(int fd, void *data, size_t len, int flags)
{
    REAL(recv);
    ssize_t got = real(fd, data, len, flags);
    if (got > 0)
        record_put(EVENT_RECEIVE, fd, 0, data, (size_t)got);
    return got;
}

ssize_t read(int fd, void *data, size_t len)
{
    REAL(read);
    ssize_t got = real(fd, data, len);
    if (got > 0 && record_head() && kind_of(fd) == FD_OTHER && is_socket(fd))
        record_put(EVENT_RECEIVE, fd, 0, data, (size_t)got);
    return got;
}

int accept4(int fd, struct sockaddr *address, socklen_t *len, int flags)
{
    REAL(accept4);
    int got = real(fd, address, len, flags);
    if (got >= 0)
        record_put(EVENT_CLOSE, got, 0, "", 0); /* what the number meant before is over */
    return got;
}
