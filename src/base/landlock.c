#include "base/landlock.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"

/* The kernel's interface (Documentation/userspace-api/landlock.rst), with names of our own: the
 * headers of this system know only a part of it. */
struct ruleset {
    uint64_t files, network, scope;
};
struct path_rule {
    uint64_t allowed;
    int32_t parent;
} __attribute__((packed));

enum { RULE_PATH = 1, FLAG_VERSION = 1 };

#define FILE_WRITE       (UINT64_C(1) << 1)
#define FILE_READ        (UINT64_C(1) << 2)
#define FOLDER_READ      (UINT64_C(1) << 3)
#define FOLDER_REMOVE    (UINT64_C(1) << 5)
#define FOLDER_MAKE_REG  (UINT64_C(1) << 8)
#define FOLDER_MAKE_SOCK (UINT64_C(1) << 9)
#define FILE_TRUNCATE    (UINT64_C(1) << 14)

/* All rights on files that a version knows, so that what is not allowed is refused. */
static const uint64_t files_of_version[] = {0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff};
#define NETWORK_ALL 3 /* bind and connect, TCP; from version 4 */
#define SCOPE_ALL   3 /* abstract sockets and signals; from version 6 */

static uint64_t rights_on(int fd, bool may_write)
{
    struct stat info;
    uint64_t rights = FILE_READ;
    if (may_write)
        rights |= FILE_WRITE | FILE_TRUNCATE;
    if (fstat(fd, &info) == 0 && S_ISDIR(info.st_mode)) {
        rights |= FOLDER_READ;
        if (may_write)
            rights |= FOLDER_REMOVE | FOLDER_MAKE_REG | FOLDER_MAKE_SOCK;
    }
    return rights;
}

static enum err path_allow(int ruleset, uint64_t known, const struct sandbox_path *path,
                           struct fault *fault)
{
    int fd CLEANUP_FD = open(path->path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return fault_set(fault, ERR_NOT_FOUND, "Landlock", "%s: %s", path->path, strerror(errno));
    struct path_rule rule = {.allowed = rights_on(fd, path->may_write) & known, .parent = fd};
    if (syscall(SYS_landlock_add_rule, ruleset, RULE_PATH, &rule, 0) != 0)
        return fault_set(fault, ERR_DENIED, "Landlock", "%s: %s", path->path, strerror(errno));
    return ERR_NONE;
}

enum err landlock_apply(const struct sandbox_path *paths, size_t num_paths, int *version,
                        struct fault *fault)
{
    long found = syscall(SYS_landlock_create_ruleset, NULL, 0, FLAG_VERSION);
    if (found <= 0) {
        *version = 0;
        return ERR_NONE;
    }
    size_t row =
        (size_t)found < COUNT_OF(files_of_version) ? (size_t)found : COUNT_OF(files_of_version) - 1;
    struct ruleset rules = {.files = files_of_version[row],
                            .network = found >= 4 ? NETWORK_ALL : 0,
                            .scope = found >= 6 ? SCOPE_ALL : 0};
    int ruleset CLEANUP_FD = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (ruleset < 0)
        return fault_set(fault, ERR_DENIED, "Landlock", "%s", strerror(errno));
    for (size_t i = 0; i < num_paths; i++) {
        enum err err = path_allow(ruleset, rules.files, &paths[i], fault);
        if (err != ERR_NONE)
            return err;
    }
    if (syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        return fault_set(fault, ERR_DENIED, "Landlock", "%s", strerror(errno));
    *version = (int)found;
    return ERR_NONE;
}
