/* The manifest of a backup that somebody carried: over a folder with two files, of which it is
 * taken only when it names exactly those. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "main/backup.h"
#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char folder[] = "/tmp/fuzz-backup-XXXXXX";
static const char *const names[] = {"sample", "etc/policy"};

static const char *path_of(const char *name)
{
    static char path[sizeof folder + BACKUP_NAME];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void end(void)
{
    folder_drop(folder);
}

static void start(void)
{
    static const char *const folders[] = {"signer", "database", "published", "journal", "etc"};
    require(mkdtemp(folder) != NULL);
    for (size_t i = 0; i < COUNT_OF(folders); i++)
        require(mkdir(path_of(folders[i]), 0700) == 0);
    for (size_t i = 0; i < COUNT_OF(names); i++)
        require(file_create(path_of(names[i]), bytes_of_text("x\n"), 0600, NULL) == ERR_NONE);
    atexit(end);
}

static enum err visit(void *context, const char *name, struct fault *fault)
{
    size_t *num = context;
    (void)fault;
    require(strcmp(name, names[0]) == 0 || strcmp(name, names[1]) == 0);
    ++*num;
    return ERR_NONE;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static bool is_started;
    struct backup backup = {.time = -1, .entries = -7};
    struct fault fault = {0};
    size_t num = 0;
    if (!is_started)
        start();
    is_started = true;
    FILE *file = fopen(path_of("manifest"), "w");
    require(file && fwrite(data, 1, size, file) == size && fclose(file) == 0);
    enum err err = backup_check(folder, &backup, visit, &num, &fault);
    if (err != ERR_NONE) {
        require(backup.time == -1 && backup.entries == -7 && fault.rule[0]);
        return 0;
    }
    size_t lines = 0;
    for (size_t i = 0; i + 6 <= size; i++)
        lines += memcmp(data + i, "\nfile ", 6) == 0;
    require(lines == num && size <= 256 * 1024 && size > 19 &&
            memcmp(data, "JPKI backup 1\ntime ", 19) == 0);
    return 0;
}
