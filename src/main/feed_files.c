#include "main/feed_files.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "main/data_folder.h"

static enum err address_read(const char *data, char out[static PATH_MAX], struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, PATH_MAX - 1);
    enum err err = data_path(data, DATA_DATABASE_ADDRESS, path, fault);
    fault_name_input(fault, path);
    if (err == ERR_NONE)
        err = file_read(path, &text, fault);
    if (err == ERR_NONE)
        snprintf(out, PATH_MAX, "%.*s", (int)strcspn(buffer_text(&text), "\n"), buffer_text(&text));
    return err;
}

enum err feed_files_find(const char *data, struct feed_files *out, struct fault *fault)
{
    static const enum data_item items[NUM_FEED_FILES] = {
        DATA_MAP_SIGNATURE, DATA_MAP_AUTHENTICATION, DATA_MAP_SYNCED, DATA_PUBLISHED};
    for (size_t i = 0; i < NUM_FEED_FILES; i++) {
        enum err err = data_path(data, items[i], out->texts[i], fault);
        if (err != ERR_NONE)
            return err;
    }
    out->paths = (struct feed_paths){.database = out->address,
                                     .maps = {out->texts[0], out->texts[1]},
                                     .synced = out->texts[2],
                                     .published = out->texts[3]};
    return address_read(data, out->address, fault);
}
