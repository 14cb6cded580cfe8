#include "main/data_folder.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"

/* mode: of a folder that init makes; 0 for a file. A follower has some of them. */
static const struct {
    const char *name;
    mode_t mode;
    bool is_followers;
} items[NUM_DATA_ITEMS] = {
    [DATA_SIGNED_LOG] = {"signer/signed.log", 0, false},
    [DATA_SIGNER] = {"signer", 0700, false},
    [DATA_DATABASE] = {"database", 0700, true},
    [DATA_STATUS] = {"status", 0750, true},
    [DATA_PUBLISHED] = {"published", 0755, true},
    [DATA_JOURNAL] = {"journal", 0755, false},
    [DATA_RUN] = {"run", 0755, false},
    [DATA_ETC] = {"etc", 0755, false},
    [DATA_POLICY] = {"etc/policy", 0, false},
    [DATA_OFFICES] = {"etc/offices", 0, false},
    [DATA_APPOINTMENTS] = {"etc/appointments", 0, false},
    [DATA_MUNICIPALITIES] = {"etc/municipalities", 0, false},
    [DATA_SUBSTITUTES] = {"etc/substitutes", 0, false},
    [DATA_PROFILE] = {"etc/profile", 0, false},
    [DATA_DATABASE_FILE] = {"database/jpki.db", 0, false},
    [DATA_DATABASE_DUMP] = {"database/dump", 0, false},
    [DATA_DATABASE_ADDRESS] = {"database/address", 0, false},
    [DATA_MAP_SIGNATURE] = {"status/signature.map", 0, false},
    [DATA_MAP_AUTHENTICATION] = {"status/authentication.map", 0, false},
    [DATA_MAP_SYNCED] = {"status/synced", 0, false},
    [DATA_CHECKPOINTS] = {"journal/checkpoints", 0, false},
    [DATA_BACKUPS] = {"journal/backups", 0, false},
    [DATA_CEREMONY] = {"journal/ceremony", 0, false},
    [DATA_ACTS_SOCKET] = {"run/acts.sock", 0, false},
    [DATA_LOCK] = {"lock", 0, false},
    [DATA_FOLLOWER_KEY] = {"follower.key", 0, false},
    [DATA_FOLLOWER_PUBLIC] = {"follower.pem", 0, false},
    [DATA_SAMPLE] = {"sample", 0, false},
};

static enum err folder_fault(struct fault *fault, const char *path, const char *what)
{
    enum err code = errno == EEXIST ? ERR_EXISTS : errno == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    fault_name_input(fault, path);
    return fault_set(fault, code, what, "%s", strerror(errno));
}

enum err data_path(const char *root, enum data_item item, char path[static PATH_MAX],
                   struct fault *fault)
{
    return path_join(root, items[item].name, path, fault);
}

static enum err folders_make(const char *root, enum data_layout layout, struct fault *fault)
{
    char path[PATH_MAX];
    for (enum data_item item = 0; item < NUM_DATA_ITEMS; item++) {
        if (items[item].mode == 0 || (layout == DATA_OF_FOLLOWER && !items[item].is_followers))
            continue;
        enum err err = data_path(root, item, path, fault);
        if (err != ERR_NONE)
            return err;
        if (mkdir(path, items[item].mode) != 0 || chmod(path, items[item].mode) != 0)
            return folder_fault(fault, path, "make the folder");
    }
    enum err err = data_path(root, DATA_LOCK, path, fault);
    return err == ERR_NONE ? file_create(path, bytes_of("", 0), 0600, fault) : err;
}

enum err data_folder_make(const char *root, enum data_layout layout,
                          char temporary[static PATH_MAX], struct fault *fault)
{
    struct stat there;
    fault_name_input(fault, root);
    if (lstat(root, &there) == 0)
        return fault_set(fault, ERR_EXISTS, "new folder", "it exists already");
    int len = snprintf(temporary, PATH_MAX, "%s.new-XXXXXX", root);
    if (len < 0 || len >= PATH_MAX)
        return fault_set(fault, ERR_LIMIT, "path", "longer than %d bytes", PATH_MAX);
    if (!mkdtemp(temporary) || chmod(temporary, 0755) != 0)
        return folder_fault(fault, root, "make the folder");
    enum err err = folders_make(temporary, layout, fault);
    if (err != ERR_NONE)
        data_folder_remove(temporary);
    return err;
}

enum err data_folder_finish(const char *temporary, const char *root, struct fault *fault)
{
    if (renameat2(AT_FDCWD, temporary, AT_FDCWD, root, RENAME_NOREPLACE) == 0)
        return folder_sync(root, fault);
    return folder_fault(fault, root, "rename the finished folder");
}

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *at)
{
    (void)info;
    (void)type;
    (void)at;
    return remove(path);
}

void data_folder_remove(const char *temporary)
{
    nftw(temporary, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

enum err data_folder_lock(const char *root, int *out, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = data_path(root, DATA_LOCK, path, fault);
    if (err != ERR_NONE)
        return err;
    int fd CLEANUP_FD = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0)
        return folder_fault(fault, root, "data folder of jpkid");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        fault_name_input(fault, root);
        return fault_set(fault, ERR_STATE, "one service", "another jpkid serves this folder");
    }
    *out = fd;
    fd = -1;
    return ERR_NONE;
}

static bool has_item(const char *root, enum data_item item)
{
    char path[PATH_MAX];
    return data_path(root, item, path, NULL) == ERR_NONE && access(path, F_OK) == 0;
}

enum err data_item_create(const char *root, enum data_item item, struct bytes content, mode_t mode,
                          struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = data_path(root, item, path, fault);
    return err == ERR_NONE ? file_create(path, content, mode, fault) : err;
}

enum err data_sample_mark(const char *root, struct fault *fault)
{
    return data_item_create(root, DATA_SAMPLE, bytes_of_text("見本／SAMPLE\n"), 0644, fault);
}

enum err data_address_read(const char *root, char out[static PATH_MAX], struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, PATH_MAX - 1);
    enum err err = data_path(root, DATA_DATABASE_ADDRESS, path, fault);
    fault_name_input(fault, path);
    if (err == ERR_NONE)
        err = file_read(path, &text, fault);
    if (err == ERR_NONE)
        snprintf(out, PATH_MAX, "%.*s", (int)strcspn(buffer_text(&text), "\n"), buffer_text(&text));
    return err;
}

bool data_is_sample(const char *root)
{
    return has_item(root, DATA_SAMPLE);
}

bool data_is_follower(const char *root)
{
    return has_item(root, DATA_FOLLOWER_KEY);
}
