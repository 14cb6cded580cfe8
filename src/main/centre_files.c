#include "main/centre_files.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "main/data_folder.h"

static enum err town_read(struct centre_files *files, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    struct municipalities list CLEANUP_MUNICIPALITIES = {0};
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = file_read(files->paths.municipalities, &text, fault);
    if (err == ERR_NONE)
        err = municipalities_parse(buffer_bytes(&text), &list, fault);
    if (err != ERR_NONE)
        return err;
    if (list.num == 0)
        return fault_set(fault, ERR_MALFORMED, "town", "the first row is missing");
    memcpy(files->municipality, list.rows[0].code, sizeof files->municipality);
    return ERR_NONE;
}

/* The address that init was given, where it was given one. */
static enum err address_read(const char *data, char out[static PATH_MAX], struct fault *fault)
{
    struct fault why = {0};
    enum err err = data_address_read(data, out, &why);
    if (err == ERR_NOT_FOUND)
        return ERR_NONE;
    if (err != ERR_NONE)
        *fault = why;
    return err;
}

enum err centre_files_find(const char *data, struct centre_files *out, struct fault *fault)
{
    static const enum data_item items[NUM_CENTRE_FILES] = {
        DATA_DATABASE_FILE, DATA_MAP_SIGNATURE,  DATA_MAP_AUTHENTICATION, DATA_PUBLISHED,
        DATA_CHECKPOINTS,   DATA_MUNICIPALITIES, DATA_SUBSTITUTES,        DATA_POLICY,
        DATA_PROFILE,       DATA_MAP_SYNCED,     DATA_APPOINTMENTS};
    for (size_t i = 0; i < NUM_CENTRE_FILES; i++) {
        enum err err = data_path(data, items[i], out->texts[i], fault);
        if (err != ERR_NONE)
            return err;
    }
    out->paths = (struct data_paths){.database = out->texts[0],
                                     .maps = {out->texts[1], out->texts[2]},
                                     .published = out->texts[3],
                                     .checkpoints = out->texts[4],
                                     .municipalities = out->texts[5],
                                     .substitutes = out->texts[6],
                                     .policy = out->texts[7],
                                     .profile = out->texts[8],
                                     .synced = out->texts[9],
                                     .appointments = out->texts[10]};
    enum err err = address_read(data, out->texts[0], fault);
    return err == ERR_NONE ? town_read(out, fault) : err;
}
