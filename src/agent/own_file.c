#include "agent/own_file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"

enum err own_file_path(const char *name, char path[static PATH_MAX], struct fault *fault)
{
    const char *config = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");
    char file[64];
    snprintf(file, sizeof file, ".config/openjpki/%s", name);
    if (config && config[0] == '/')
        return path_join(config, file + strlen(".config/"), path, fault);
    if (home && home[0] == '/')
        return path_join(home, file, path, fault);
    fault_name_input(fault, name);
    return fault_set(fault, ERR_NOT_FOUND, "folder", "neither XDG_CONFIG_HOME nor HOME is set");
}

enum err own_file_folders(const char *path, struct fault *fault)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    for (char *slash = strchr(folder + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(folder, 0700) != 0 && errno != EEXIST)
            return fault_set(fault, ERR_IO, "mkdir", "%s", strerror(errno));
        *slash = '/';
    }
    return ERR_NONE;
}
