/* Writing the journal, and having its head signed. */
#include "centre/journal.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "crypto/random.h"
#include "store/rows.h"

struct journal_end {
    int64_t number, time;
    uint8_t head[CHAIN_LEN];
};

static enum err journal_end(struct store *store, struct journal_end *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct journal_end end = {0};
    store_query(store, STATEMENT_JOURNAL_LAST, NO_VALUES, &rows, fault);
    if (rows_next(&rows)) {
        end.number = row_integer(&rows, 0);
        row_copy_blob(&rows, 1, end.head, CHAIN_LEN);
        end.time = row_integer(&rows, 2);
    }
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = end;
    return err;
}

enum err journal_head(struct store *store, int64_t *number, uint8_t head[static CHAIN_LEN],
                      struct fault *fault)
{
    struct journal_end end;
    enum err err = journal_end(store, &end, fault);
    if (err != ERR_NONE)
        return err;
    *number = end.number;
    memcpy(head, end.head, CHAIN_LEN);
    return ERR_NONE;
}

static enum err journal_insert(struct store *store, const struct chain_entry *entry,
                               const uint8_t previous[static CHAIN_LEN],
                               const uint8_t head[static CHAIN_LEN], struct fault *fault)
{
    return store_run(store, STATEMENT_JOURNAL_INSERT,
                     VALUES(value_integer(entry->number), value_blob(bytes_of(previous, CHAIN_LEN)),
                            value_blob(bytes_of(entry->commitment, CHAIN_LEN)),
                            value_text(entry->kind), value_text(entry->actor),
                            value_text(entry->role),
                            entry->second[0] ? value_text(entry->second) : value_null(),
                            value_integer(entry->time), value_blob(bytes_of(head, CHAIN_LEN))),
                     fault);
}

enum err journal_append(struct store *store, struct chain_entry *entry, struct bytes data,
                        struct fault *fault)
{
    struct journal_end end;
    uint8_t salt[CHAIN_LEN], link[CHAIN_LEN];
    enum err err = journal_end(store, &end, fault);
    if (err != ERR_NONE)
        return err;
    random_bytes(salt, sizeof salt);
    entry->number = end.number + 1;
    entry->time = entry->time < end.time ? end.time : entry->time;
    err = chain_commit(salt, data, entry->commitment);
    if (err == ERR_NONE)
        err = chain_link(entry, link);
    if (err != ERR_NONE)
        return err;
    uint8_t head[CHAIN_LEN];
    memcpy(head, end.head, CHAIN_LEN);
    chain_walk(head, link);
    err = journal_insert(store, entry, end.head, head, fault);
    if (err != ERR_NONE)
        return err;
    return store_run(store, STATEMENT_JOURNAL_PERSONAL_INSERT,
                     VALUES(value_integer(entry->number), value_blob(bytes_of(salt, sizeof salt)),
                            value_blob(data)),
                     fault);
}

/* The columns that the chain covers, of the present row of JOURNAL_READ. */
static enum err link_of_row(struct rows *rows, uint8_t link[static CHAIN_LEN])
{
    char kind[128], actor[64], role[64], second[64];
    struct chain_entry entry = {.number = row_integer(rows, 0),
                                .kind = kind,
                                .actor = actor,
                                .role = role,
                                .second = second,
                                .time = row_integer(rows, 7)};
    row_copy_blob(rows, 2, entry.commitment, CHAIN_LEN);
    row_copy_text(rows, 3, kind, sizeof kind);
    row_copy_text(rows, 4, actor, sizeof actor);
    row_copy_text(rows, 5, role, sizeof role);
    row_copy_text(rows, 6, second, sizeof second);
    return chain_link(&entry, link);
}

static enum err links_between(struct store *store, int64_t after, int64_t until, struct buffer *out,
                              struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    store_query(store, STATEMENT_JOURNAL_READ,
                VALUES(value_integer(after + 1), value_integer(until - after)), &rows, fault);
    enum err err = ERR_NONE;
    while (err == ERR_NONE && rows_next(&rows)) {
        uint8_t link[CHAIN_LEN];
        err = link_of_row(&rows, link);
        if (err == ERR_NONE)
            buffer_put(out, link, sizeof link);
    }
    enum err end = rows_end(&rows);
    return err != ERR_NONE ? err : end != ERR_NONE ? end : buffer_check(out);
}

/* How long the file is up to its last whole line; what stands behind is a write that was cut short.
 * -1 on an error. */
static off_t whole_lines(int fd)
{
    char last = '\n';
    off_t end = lseek(fd, 0, SEEK_END);
    while (end > 0 && pread(fd, &last, 1, end - 1) == 1 && last != '\n')
        end--;
    return end > 0 && last != '\n' ? -1 : end;
}

static enum err checkpoint_export(const char *path, const struct signer_checkpoint *checkpoint,
                                  const uint8_t signature[static SIGNER_RAW_LEN],
                                  struct fault *fault)
{
    struct buffer line CLEANUP_BUFFER;
    buffer_init(&line, 512);
    buffer_put_format(&line, "%llu %lld ", (unsigned long long)checkpoint->number,
                      (long long)checkpoint->time);
    hex_encode(bytes_of(checkpoint->head, CHAIN_LEN), &line);
    buffer_put_text(&line, " ");
    hex_encode(bytes_of(signature, SIGNER_RAW_LEN), &line);
    buffer_put_text(&line, "\n");
    int fd CLEANUP_FD = open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0644);
    off_t end = fd < 0 ? -1 : whole_lines(fd);
    if (end < 0 || ftruncate(fd, end) != 0 || fd_write_all(fd, buffer_bytes(&line)) != ERR_NONE ||
        fdatasync(fd) != 0)
        return fault_set(fault, ERR_IO, "checkpoints", "%s cannot be written", path);
    return end == 0 ? folder_sync(path, fault) : ERR_NONE;
}

static enum err checkpoint_store(struct store *store, const struct signer_checkpoint *checkpoint,
                                 const uint8_t signature[static SIGNER_RAW_LEN],
                                 struct fault *fault)
{
    enum err err = store_begin(store, fault);
    if (err != ERR_NONE)
        return err;
    err = store_run(store, STATEMENT_CHECKPOINT_INSERT,
                    VALUES(value_integer((int64_t)checkpoint->number),
                           value_blob(bytes_of(checkpoint->head, CHAIN_LEN)),
                           value_integer(checkpoint->time),
                           value_blob(bytes_of(signature, SIGNER_RAW_LEN))),
                    fault);
    if (err == ERR_NONE)
        return store_commit(store, fault);
    store_rollback(store);
    return err;
}

/* What the signer remembers, to walk on from there. */
static enum err checkpoint_sign(struct store *store, struct signer_client *signer,
                                const struct signer_checkpoint *last,
                                const struct signer_checkpoint *checkpoint,
                                uint8_t signature[static SIGNER_RAW_LEN], struct fault *fault)
{
    struct buffer links CLEANUP_BUFFER;
    buffer_init(&links, (size_t)SIGNER_LINKS_MAX * CHAIN_LEN);
    enum err err =
        links_between(store, (int64_t)last->number, (int64_t)checkpoint->number, &links, fault);
    return err != ERR_NONE ? err
                           : signer_client_checkpoint(signer, checkpoint, buffer_bytes(&links),
                                                      signature, fault);
}

enum err journal_checkpoint(struct store *store, struct signer_client *signer, int64_t now,
                            const char *path, struct fault *fault)
{
    struct journal_end end;
    struct signer_floors floors;
    enum err err = journal_end(store, &end, fault);
    if (err == ERR_NONE)
        err = signer_client_floors(signer, &floors);
    if (err != ERR_NONE)
        return err;
    if ((uint64_t)end.number <= floors.checkpoint.number)
        return ERR_NONE;
    struct signer_checkpoint checkpoint = {.number = (uint64_t)end.number, .time = now};
    memcpy(checkpoint.head, end.head, CHAIN_LEN);
    uint8_t signature[SIGNER_RAW_LEN];
    err = checkpoint_sign(store, signer, &floors.checkpoint, &checkpoint, signature, fault);
    if (err == ERR_NONE)
        err = checkpoint_store(store, &checkpoint, signature, fault);
    return err != ERR_NONE ? err : checkpoint_export(path, &checkpoint, signature, fault);
}
