/* jpkid backup: copies what must not be lost into a new folder, while the service runs or not. The
 * database comes first and signed.log last, so that the log is never behind the database: what the
 * signer has signed since is in the log, and a restore starts above it. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/encoding.h"
#include "base/file.h"
#include "centre/journal.h"
#include "crypto/hash.h"
#include "main/backup.h"
#include "main/centre_files.h"
#include "main/data_folder.h"
#include "main/jpkid.h"
#include "main/options.h"
#include "main/settings.h"
#include "status/status_client.h"
#include "store/store.h"

enum { OPTION_TO = FIRST_OPTION, OPTION_DUMP, NUM_OPTIONS };

const struct option backup_options[] = {
    SETTING_OPTIONS(EVERY),
    {"to", required_argument, NULL, OPTION_TO},
    {"dump", required_argument, NULL, OPTION_DUMP},
    {0},
};

struct making {
    const char *data;
    const char *dump;      /* NULL: the database is a file */
    char folder[PATH_MAX]; /* unfinished; "" when there is none */
    struct backup backup;
};

static void making_done(struct making *making)
{
    if (making->folder[0])
        data_folder_remove(making->folder);
}

/* --- files --- */

/* Names end in .new while they are being written: another has them soon. The lists of
 * municipalities are made again when they are missing, and say nothing that the full ones do not;
 * signed.index is made again from the restored log, which so is read as a whole. */
static int is_wanted(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);
    return entry->d_type != DT_DIR && (len < 4 || strcmp(entry->d_name + len - 4, ".new") != 0) &&
           strcmp(entry->d_name, "signed.index") != 0 && !status_list_is_municipal(entry->d_name);
}

struct copying {
    const char *to;
    mode_t mode;
};

static enum err copy_one(void *context, const char *from, const char *name, struct fault *fault)
{
    const struct copying *copying = context;
    char source[PATH_MAX], target[PATH_MAX];
    enum err err = path_join(from, name, source, fault);
    if (err == ERR_NONE)
        err = path_join(copying->to, name, target, fault);
    return err == ERR_NONE ? file_copy(source, target, copying->mode, fault) : err;
}

static enum err folder_copy(const struct making *making, enum data_item item, mode_t mode,
                            struct fault *fault)
{
    char from[PATH_MAX], to[PATH_MAX];
    struct copying copying = {to, mode};
    enum err err = data_path(making->data, item, from, fault);
    if (err == ERR_NONE)
        err = data_path(making->folder, item, to, fault);
    return err == ERR_NONE ? folder_each(from, is_wanted, copy_one, &copying, fault) : err;
}

static enum err item_copy(const struct making *making, enum data_item item, mode_t mode,
                          struct fault *fault)
{
    char from[PATH_MAX], to[PATH_MAX];
    enum err err = data_path(making->data, item, from, fault);
    if (err == ERR_NONE && access(from, F_OK) != 0 && errno == ENOENT)
        return ERR_NONE;
    if (err == ERR_NONE)
        err = data_path(making->folder, item, to, fault);
    return err == ERR_NONE ? file_copy(from, to, mode, fault) : err;
}

/* --- the database --- */

static enum err entries_count(const char *path, int64_t *out, struct fault *fault)
{
    struct store *store CLEANUP_STORE = NULL;
    uint8_t head[CHAIN_LEN];
    enum err err = store_open(path, STORE_WRITER, &store, fault);
    return err == ERR_NONE ? journal_head(store, out, head, fault) : err;
}

static enum err file_database_copy(struct making *making, const char *database, struct fault *fault)
{
    char path[PATH_MAX];
    struct store *store CLEANUP_STORE = NULL;
    enum err err = data_path(making->folder, DATA_DATABASE_FILE, path, fault);
    if (err == ERR_NONE)
        err = store_open(database, STORE_READER, &store, fault);
    if (err == ERR_NONE)
        err = store_copy(store, path, fault);
    return err == ERR_NONE ? entries_count(path, &making->backup.entries, fault) : err;
}

static enum err dump_copy(struct making *making, struct fault *fault)
{
    char path[PATH_MAX];
    making->backup.entries = -1;
    enum err err = data_path(making->folder, DATA_DATABASE_DUMP, path, fault);
    if (err == ERR_NONE)
        err = file_copy(making->dump, path, 0600, fault);
    return err == ERR_NONE ? item_copy(making, DATA_DATABASE_ADDRESS, 0600, fault) : err;
}

static enum err database_copy(struct making *making, struct fault *fault)
{
    struct centre_files files;
    enum err err = centre_files_find(making->data, &files, fault);
    if (err != ERR_NONE)
        return err;
    bool is_file = store_is_file(files.paths.database);
    if (is_file && making->dump)
        return fault_set(fault, ERR_USAGE, "--dump", "only where the database is PostgreSQL's");
    if (!is_file && !making->dump)
        return fault_set(fault, ERR_USAGE, "--dump",
                         "the database is PostgreSQL's: run pg_dump -Fc first, then give its file");
    return is_file ? file_database_copy(making, files.paths.database, fault)
                   : dump_copy(making, fault);
}

/* --- the whole --- */

static enum err folder_fill(struct making *making, struct fault *fault)
{
    making->backup.time = clock_now();
    enum err err = database_copy(making, fault);
    if (err == ERR_NONE)
        err = folder_copy(making, DATA_PUBLISHED, 0644, fault);
    if (err == ERR_NONE)
        err = folder_copy(making, DATA_ETC, 0644, fault);
    if (err == ERR_NONE)
        err = folder_copy(making, DATA_JOURNAL, 0644, fault);
    if (err == ERR_NONE)
        err = item_copy(making, DATA_SAMPLE, 0644, fault);
    return err == ERR_NONE ? folder_copy(making, DATA_SIGNER, 0600, fault) : err;
}

/* One line for each backup, for `jpki admin status`. */
static enum err backup_note(const struct making *making, const char *to, const char *digest,
                            struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer line CLEANUP_BUFFER;
    buffer_init(&line, PATH_MAX + 256);
    buffer_put_format(&line, "%" PRId64 " %" PRId64 " %s %s\n", making->backup.time,
                      making->backup.entries, digest, to);
    enum err err = data_path(making->data, DATA_BACKUPS, path, fault);
    if (err != ERR_NONE)
        return err;
    int fd CLEANUP_FD = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || fd_write_all(fd, buffer_bytes(&line)) != ERR_NONE || fsync(fd) != 0) {
        fault_name_input(fault, path);
        return fault_set(fault, ERR_IO, "note", "the backup is whole, but could not be noted");
    }
    return ERR_NONE;
}

static enum err backup_make(struct making *making, const char *to, char digest[static 65],
                            struct fault *fault)
{
    uint8_t sum[SHA256_LEN];
    enum err err = data_folder_make(to, DATA_OF_WRITER, making->folder, fault);
    if (err != ERR_NONE)
        making->folder[0] = '\0';
    if (err == ERR_NONE)
        err = folder_fill(making, fault);
    if (err == ERR_NONE)
        err = backup_seal(making->folder, &making->backup, sum, fault);
    if (err == ERR_NONE)
        err = data_folder_finish(making->folder, to, fault);
    if (err != ERR_NONE)
        return err;
    making->folder[0] = '\0';
    return backup_note(making, to, hex_print(sum, sizeof sum, digest), fault);
}

static int say_made(const struct making *making, const char *to, const char *digest)
{
    char time[TIME_TEXT];
    printf(say("%s: backup of %s, %" PRId64 " journal entries\n",
               "%s: %s のバックアップ (記録簿 %" PRId64 " 件)\n"),
           to, time_print(making->backup.time, time), making->backup.entries);
    printf(say("manifest SHA-256 %s: write it down where this machine cannot change it\n",
               "manifest の SHA-256 %s: この機械から変更できない場所に控えてください\n"),
           digest);
    return EXIT_DONE;
}

int jpkid_backup(const struct command *command, int argc, char **argv)
{
    const char *values[NUM_OPTIONS] = {0};
    struct settings settings;
    struct making making CLEANUP(making_done) = {0};
    char digest[2 * SHA256_LEN + 1];
    struct fault fault = {0};
    int status = settings_read(argc, argv, command, values, NUM_OPTIONS, &settings);
    if (status != EXIT_DONE)
        return status;
    if (!values[SETTING_DATA] || !values[OPTION_TO])
        return complain_usage("backup: --data and --to are needed");
    if (backup_is(values[SETTING_DATA]))
        return refuse(say("%s is a backup itself", "%s はバックアップです"), values[SETTING_DATA]);
    making.data = values[SETTING_DATA];
    making.dump = values[OPTION_DUMP];
    making.backup.is_sample = data_is_sample(making.data);
    enum err err = backup_make(&making, values[OPTION_TO], digest, &fault);
    if (err == ERR_NONE)
        return say_made(&making, values[OPTION_TO], digest);
    complain_fault(&fault);
    return err == ERR_EXISTS || err == ERR_USAGE ? EXIT_REFUSED : EXIT_UNDECIDED;
}
