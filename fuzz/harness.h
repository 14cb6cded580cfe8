/* What the targets share: a check that ends the process, and the folder that a target had made. */
#pragma once

#include <ftw.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static inline void require(bool holds)
{
    if (!holds)
        abort();
}

static inline int drop_one(const char *path, const struct stat *what, int type, struct FTW *where)
{
    (void)what, (void)type, (void)where;
    return remove(path);
}

static inline void folder_drop(const char *path)
{
    nftw(path, drop_one, 4, FTW_DEPTH | FTW_PHYS);
}
