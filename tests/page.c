#include "check.h"
#include <errno.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void page_saw(const char *statements, const char *rule, int accepted)
{
    const char *path = getenv("JPKI_PAGE_LOG");
    if (!path)
        return;
    char line[512];
    int len = snprintf(line, sizeof line, "%s\t%s\t%s\t%s\n", statements, rule,
                       accepted ? "accepted" : "refused", program_invocation_short_name);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || len < 0 || write(fd, line, (size_t)len) != len)
        fail_msg("cannot write %s", path);
    close(fd);
}

const char *source_path(const char *relative)
{
    static char path[4096];
    const char *root = getenv("JPKI_SOURCE");
    snprintf(path, sizeof path, "%s/%s", root ? root : ".", relative);
    return path;
}

const char *vectors_path(const char *relative)
{
    static char path[4096];
    const char *vectors = getenv("JPKI_VECTORS");
    if (!vectors)
        vectors = "../shared/vectors";
    const char *folder = *vectors == '/' ? vectors : source_path(vectors);
    snprintf(path, sizeof path, "%s/%s", folder, relative);
    return access(path, R_OK) == 0 ? path : NULL;
}
