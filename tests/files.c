/* Files that tests read from the source tree, and folders that they leave behind. */
#include "check.h"

#include <dirent.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"

struct buffer source_read(const char *relative)
{
    struct buffer file;
    buffer_init(&file, LIMIT_CSV_FILE);
    assert_ok(file_read(source_path(relative), &file, NULL));
    return file;
}

int folder_remove(const char *path)
{
    DIR *folder = opendir(path);
    for (const struct dirent *entry; folder && (entry = readdir(folder));) {
        char file[PATH_MAX];
        assert_ok(path_join(path, entry->d_name, file, NULL));
        unlink(file);
    }
    if (folder)
        closedir(folder);
    return rmdir(path);
}
