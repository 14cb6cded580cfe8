/* Feeds every file of a corpus folder to one fuzz target, as an ordinary test that speaks TAP. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/bytes.h"
#include "base/file.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(int argc, char **argv)
{
    struct dirent **entries;
    int num = argc == 2 ? scandir(argv[1], &entries, is_visible, alphasort) : -1;
    if (num <= 0) {
        fprintf(stderr, "usage: replay FOLDER (with at least one file)\n");
        return 64;
    }
    printf("1..%d\n", num);
    for (int i = 0; i < num; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s", argv[1], entries[i]->d_name);
        struct buffer input CLEANUP_BUFFER;
        buffer_init(&input, 16 * 1024 * 1024);
        enum err err = file_read(path, &input, NULL);
        if (err == ERR_NONE)
            LLVMFuzzerTestOneInput(input.data ? input.data : (const uint8_t *)"", input.len);
        printf("%s %d - %s\n", err == ERR_NONE ? "ok" : "not ok", i + 1, entries[i]->d_name);
        free(entries[i]);
    }
    free(entries);
    return 0;
}
