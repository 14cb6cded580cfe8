#include "main/feed_files.h"

#include "main/data_folder.h"

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
    return data_address_read(data, out->address, fault);
}
