#include "main/backup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/hash.h"

#define MANIFEST "manifest"
/* of struct backup: time, is_sample, entries */
#define HEAD "JPKI backup 1\ntime %" PRId64 "\nsample %d\nentries %" PRId64 "\n"

/* Where files of a backup lie: one level, and nowhere else. */
static const char *const folders[] = {"signer", "database", "published", "journal", "etc", "."};

/* --- one file --- */

struct sum {
    uint8_t digest[SHA256_LEN];
    uint64_t len;
};

struct summing {
    struct sum sum;
    struct hash_stream *stream;
};

static enum err sum_part(void *context, struct bytes part, struct fault *fault)
{
    struct summing *summing = context;
    (void)fault;
    summing->sum.len += part.len;
    return hash_stream_update(summing->stream, part);
}

static enum err file_sum(const char *path, struct sum *out, struct fault *fault)
{
    struct hash_stream *stream CLEANUP_HASH_STREAM = NULL;
    int fd CLEANUP_FD = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    fault_name_input(fault, path);
    if (fd < 0)
        return fault_set(fault, errno == ENOENT ? ERR_MALFORMED : ERR_IO, "file", "%s",
                         strerror(errno));
    enum err err = hash_stream_new(HASH_SHA256, &stream);
    struct summing summing = {.stream = stream};
    if (err == ERR_NONE)
        err = fd_read_parts(fd, sum_part, &summing, fault);
    if (err == ERR_NONE)
        err = hash_stream_finish(stream, summing.sum.digest);
    if (err == ERR_NONE)
        *out = summing.sum;
    return err;
}

/* --- all files, in a fixed order --- */

static int is_kept(const struct dirent *entry)
{
    return entry->d_type != DT_DIR && strcmp(entry->d_name, MANIFEST) != 0 &&
           strcmp(entry->d_name, "lock") != 0;
}

struct walk {
    const char *folder;
    enum err (*visit)(void *context, const char *name, struct fault *fault);
    void *context;
};

/* One folder of the walk. */
struct walk_below {
    const struct walk *walk;
    const char *below;
};

static enum err walk_file(void *context, const char *folder, const char *file, struct fault *fault)
{
    const struct walk_below *at = context;
    char name[BACKUP_NAME];
    bool is_top = at->below[0] == '.';
    (void)folder;
    int len =
        snprintf(name, sizeof name, "%s%s%s", is_top ? "" : at->below, is_top ? "" : "/", file);
    if (len >= BACKUP_NAME)
        return fault_set(fault, ERR_LIMIT, "file name", "longer than %d bytes", BACKUP_NAME);
    return at->walk->visit(at->walk->context, name, fault);
}

static enum err walk_folder(const struct walk *walk, const char *below, struct fault *fault)
{
    char path[PATH_MAX];
    struct walk_below at = {walk, below};
    enum err err = path_join(walk->folder, below, path, fault);
    return err == ERR_NONE ? folder_each(path, is_kept, walk_file, &at, fault) : err;
}

static enum err walk_all(const struct walk *walk, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && i < COUNT_OF(folders); i++)
        err = walk_folder(walk, folders[i], fault);
    return err;
}

/* --- sealing --- */

struct sealing {
    const char *folder;
    struct buffer text;
};

static enum err seal_file(void *context, const char *name, struct fault *fault)
{
    struct sealing *sealing = context;
    char path[PATH_MAX], hex[2 * SHA256_LEN + 1];
    struct sum sum;
    enum err err = path_join(sealing->folder, name, path, fault);
    if (err == ERR_NONE)
        err = file_sum(path, &sum, fault);
    if (err != ERR_NONE)
        return err;
    buffer_put_format(&sealing->text, "file %s %" PRIu64 " %s\n",
                      hex_print(sum.digest, sizeof sum.digest, hex), sum.len, name);
    return buffer_check(&sealing->text);
}

enum err backup_seal(const char *folder, const struct backup *backup, uint8_t digest[static 32],
                     struct fault *fault)
{
    char path[PATH_MAX];
    struct sealing sealing = {.folder = folder};
    buffer_init(&sealing.text, LIMIT_CONFIG_FILE);
    buffer_put_format(&sealing.text, HEAD, backup->time, backup->is_sample, backup->entries);
    enum err err = walk_all(&(struct walk){folder, seal_file, &sealing}, fault);
    if (err == ERR_NONE)
        err = path_join(folder, MANIFEST, path, fault);
    if (err == ERR_NONE)
        err = file_create(path, buffer_bytes(&sealing.text), 0644, fault);
    if (err == ERR_NONE)
        sha256(buffer_bytes(&sealing.text), digest);
    buffer_done(&sealing.text);
    return err;
}

/* --- checking --- */

struct checking {
    const char *folder;
    const char *text; /* of the manifest */
    size_t num_lines; /* file lines */
    size_t num_found; /* files that stand in a line */
    enum err (*visit)(void *context, const char *name, struct fault *fault);
    void *context;
};

static enum err is_not_as_sealed(const char *name, const char *how, struct fault *fault)
{
    fault_name_input(fault, name);
    return fault_set(fault, ERR_MALFORMED, "manifest", "%s", how);
}

static enum err check_file(void *context, const char *name, struct fault *fault)
{
    struct checking *checking = context;
    char path[PATH_MAX], hex[2 * SHA256_LEN + 1], line[BACKUP_NAME + 128], tail[BACKUP_NAME + 3];
    struct sum sum;
    enum err err = path_join(checking->folder, name, path, fault);
    if (err == ERR_NONE)
        err = file_sum(path, &sum, fault);
    if (err != ERR_NONE)
        return err;
    snprintf(tail, sizeof tail, " %s\n", name);
    snprintf(line, sizeof line, "\nfile %s %" PRIu64 "%s",
             hex_print(sum.digest, sizeof sum.digest, hex), sum.len, tail);
    if (!strstr(checking->text, tail))
        return ERR_NONE; /* whoever looked into the database with a tool left it there */
    if (!strstr(checking->text, line))
        return is_not_as_sealed(name, "it is not as it was when the backup was made", fault);
    checking->num_found++;
    return checking->visit(checking->context, name, fault);
}

static size_t count_lines(const char *text)
{
    size_t num = 0;
    for (const char *at = text; (at = strstr(at, "\nfile ")); at++)
        num++;
    return num;
}

/* sscanf takes other blanks and other forms of numbers, too: what it read is written again, and
 * must be the same. PRId64 is SCNd64 here. */
static enum err head_parse(const char *text, struct backup *out, struct fault *fault)
{
    char again[128] = "";
    int sample = -1;
    struct backup backup;
    int num = sscanf(text, HEAD, &backup.time, &sample, &backup.entries);
    if (num == 3)
        snprintf(again, sizeof again, HEAD, backup.time, sample, backup.entries);
    if (num != 3 || (sample != 0 && sample != 1) || strncmp(text, again, strlen(again)) != 0)
        return fault_set(fault, ERR_MALFORMED, "manifest", "not the manifest of a backup");
    backup.is_sample = sample == 1;
    *out = backup;
    return ERR_NONE;
}

static enum err manifest_read(const char *folder, struct buffer *text, struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_join(folder, MANIFEST, path, fault);
    fault_name_input(fault, path);
    if (err == ERR_NONE)
        err = file_read(path, text, fault);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "manifest", "this folder is no backup: it has no manifest");
    if (err == ERR_NONE && (!buffer_text(text) || memchr(text->data, 0, text->len)))
        return fault_set(fault, ERR_MALFORMED, "manifest", "not the manifest of a backup");
    return err;
}

enum err backup_check(const char *folder, struct backup *out,
                      enum err (*visit)(void *context, const char *name, struct fault *fault),
                      void *context, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    struct backup backup;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = manifest_read(folder, &text, fault);
    if (err == ERR_NONE)
        err = head_parse(buffer_text(&text), &backup, fault);
    if (err != ERR_NONE)
        return err;
    struct checking checking = {.folder = folder,
                                .text = buffer_text(&text),
                                .num_lines = count_lines(buffer_text(&text)),
                                .visit = visit,
                                .context = context};
    err = walk_all(&(struct walk){folder, check_file, &checking}, fault);
    if (err == ERR_NONE && checking.num_found != checking.num_lines)
        err = is_not_as_sealed(folder, "a file that it names is missing", fault);
    if (err == ERR_NONE)
        *out = backup;
    return err;
}

bool backup_is(const char *folder)
{
    char path[PATH_MAX];
    return path_join(folder, MANIFEST, path, NULL) == ERR_NONE && access(path, F_OK) == 0;
}
