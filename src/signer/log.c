#include "signer/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/hash.h"

#define HEAD     "JPKI signed log 1\n"
#define HEAD_LEN (sizeof HEAD - 1)
#define BODY_LEN SIGNED_BODY_LEN

struct signed_log {
    int fd;
    uint64_t sequence;
    uint8_t chain[SHA256_LEN]; /* of the last record; of the head before the first */
    bool has_failed;
    size_t num_unsynced;
    uint8_t unsynced[SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN];
};

/* --- the file --- */

enum err signed_log_create(const char *path, struct fault *fault)
{
    return file_create(path, bytes_of(HEAD, HEAD_LEN), 0600, fault);
}

static off_t place_of(uint64_t sequence)
{
    return (off_t)(HEAD_LEN + (sequence - 1) * SIGNED_RECORD_LEN);
}

/* Does the record follow from the chain before it? */
static bool chain_holds(const uint8_t before[static SHA256_LEN],
                        const uint8_t raw[static SIGNED_RECORD_LEN])
{
    uint8_t chain[SHA256_LEN];
    memcpy(chain, before, sizeof chain);
    signed_chain_step(chain, raw);
    return memcmp(chain, raw + BODY_LEN, sizeof chain) == 0;
}

/* Reads up to len bytes; fewer only at the end of the file. -1 on an error. */
static ssize_t read_full(int fd, uint8_t *out, size_t len)
{
    size_t have = 0;
    while (have < len) {
        ssize_t got = read(fd, out + have, len - have);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        have += (size_t)got;
    }
    return (ssize_t)have;
}

static bool record_is_good(struct signed_log *log, const uint8_t raw[static SIGNED_RECORD_LEN],
                           struct signed_record *out)
{
    if (!chain_holds(log->chain, raw) || !signed_body_parse(bytes_of(raw, BODY_LEN), out) ||
        out->sequence != log->sequence + 1)
        return false;
    memcpy(log->chain, raw + BODY_LEN, sizeof log->chain);
    log->sequence++;
    return true;
}

static enum err cut_tail(const struct signed_log *log, bool *was_torn, struct fault *fault)
{
    off_t end = place_of(log->sequence + 1);
    if (ftruncate(log->fd, end) != 0 || fsync(log->fd) != 0 || lseek(log->fd, end, SEEK_SET) != end)
        return fault_set(fault, ERR_IO, "cut the torn tail", "%s", strerror(errno));
    *was_torn = true;
    return ERR_NONE;
}

/* Does some record of the tail follow from the one before it? A crash leaves no such pair behind
 * the record that it spoilt; whoever changed or took out a record does. */
static bool tail_goes_on(struct bytes tail)
{
    for (size_t at = SIGNED_RECORD_LEN; at + SIGNED_RECORD_LEN <= tail.len; at += SIGNED_RECORD_LEN)
        if (chain_holds(tail.data + at - SHA256_LEN, tail.data + at))
            return true;
    return false;
}

/* No more may stand behind the last good record than a crash can leave of one write. */
static enum err tail_check(const struct signed_log *log, bool *was_torn, struct fault *fault)
{
    uint8_t tail[SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN + 1];
    off_t end = place_of(log->sequence + 1);
    ssize_t len = lseek(log->fd, end, SEEK_SET) == end ? read_full(log->fd, tail, sizeof tail) : -1;
    if (len < 0)
        return fault_set(fault, ERR_IO, "read", "%s", strerror(errno));
    if ((size_t)len < sizeof tail && !tail_goes_on(bytes_of(tail, (size_t)len)))
        return cut_tail(log, was_torn, fault);
    return fault_set(fault, ERR_MALFORMED, "record",
                     "record %llu does not follow from the one before it",
                     (unsigned long long)log->sequence + 1);
}

static enum err records_read(struct signed_log *log,
                             enum err (*visit)(void *context, const struct signed_record *record),
                             void *context, bool *was_torn, struct fault *fault)
{
    for (;;) {
        uint8_t raw[SIGNED_RECORD_LEN];
        struct signed_record record;
        ssize_t len = read_full(log->fd, raw, sizeof raw);
        if (len < 0)
            return fault_set(fault, ERR_IO, "read", "%s", strerror(errno));
        if (len == 0)
            return ERR_NONE;
        if ((size_t)len < sizeof raw || !record_is_good(log, raw, &record))
            return tail_check(log, was_torn, fault);
        enum err err = visit(context, &record);
        if (err != ERR_NONE)
            return fault_set(fault, err, "record", "record %llu cannot stand where it stands",
                             (unsigned long long)record.sequence);
    }
}

/* Who was killed between a write and its sync left records that can be read and are not on the
 * disk; their bytes may be signed again without new records. After a sync that failed, only writing
 * them again brings them there. */
static enum err last_write_again(const struct signed_log *log, struct fault *fault)
{
    uint8_t raw[SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN];
    size_t num = log->sequence < SIGNED_UNSYNCED_MAX ? (size_t)log->sequence : SIGNED_UNSYNCED_MAX;
    size_t len = num * SIGNED_RECORD_LEN;
    off_t at = place_of(log->sequence - num + 1);
    if (num == 0)
        return ERR_NONE;
    if (lseek(log->fd, at, SEEK_SET) != at || read_full(log->fd, raw, len) != (ssize_t)len ||
        lseek(log->fd, at, SEEK_SET) != at ||
        fd_write_all(log->fd, bytes_of(raw, len)) != ERR_NONE || fdatasync(log->fd) != 0)
        return fault_set(fault, ERR_IO, "write the last records again", "%s", strerror(errno));
    return ERR_NONE;
}

static enum err head_read(struct signed_log *log, struct fault *fault)
{
    uint8_t head[HEAD_LEN];
    if (read_full(log->fd, head, sizeof head) != (ssize_t)sizeof head ||
        memcmp(head, HEAD, HEAD_LEN) != 0)
        return fault_set(fault, ERR_MALFORMED, "head", "not a log of signatures");
    sha256(bytes_of(head, sizeof head), log->chain);
    return ERR_NONE;
}

static void log_cleanup(struct signed_log **log)
{
    signed_log_free(*log);
}

enum err signed_log_open(const char *path, struct signed_log **out, struct fault *fault)
{
    fault_name_input(fault, path);
    struct signed_log *log CLEANUP(log_cleanup) = calloc(1, sizeof *log);
    if (!log)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    log->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (log->fd < 0)
        return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "open", "%s",
                         strerror(errno));
    if (flock(log->fd, LOCK_EX | LOCK_NB) != 0)
        return fault_set(fault, ERR_STATE, "lock", "another signer uses this log");
    enum err err = head_read(log, fault);
    if (err == ERR_NONE)
        *out = steal(&log);
    return err;
}

enum err signed_log_read(struct signed_log *log,
                         enum err (*visit)(void *context, const struct signed_record *record),
                         void *context, bool *was_torn, struct fault *fault)
{
    bool torn = false;
    enum err err = records_read(log, visit, context, &torn, fault);
    if (err == ERR_NONE)
        err = last_write_again(log, fault);
    if (err == ERR_NONE)
        *was_torn = torn;
    return err;
}

void signed_log_free(struct signed_log *log)
{
    if (!log)
        return;
    fd_close(&log->fd);
    free(log);
}

enum err signed_log_put(struct signed_log *log, struct signed_record *record)
{
    uint8_t *raw = log->unsynced + log->num_unsynced * SIGNED_RECORD_LEN;
    if (log->has_failed)
        return ERR_IO;
    if (log->num_unsynced == SIGNED_UNSYNCED_MAX)
        return ERR_LIMIT;
    record->sequence = log->sequence + 1;
    enum err err = signed_body_encode(record, raw);
    if (err != ERR_NONE)
        return err;
    signed_chain_step(log->chain, raw);
    memcpy(raw + BODY_LEN, log->chain, sizeof log->chain);
    log->sequence++;
    log->num_unsynced++;
    return ERR_NONE;
}

enum err signed_log_sync(struct signed_log *log)
{
    struct bytes records = bytes_of(log->unsynced, log->num_unsynced * SIGNED_RECORD_LEN);
    if (log->has_failed)
        return ERR_IO;
    if (records.len == 0)
        return ERR_NONE;
    log->has_failed = fd_write_all(log->fd, records) != ERR_NONE || fdatasync(log->fd) != 0;
    log->num_unsynced = 0;
    return log->has_failed ? ERR_IO : ERR_NONE;
}

bool signed_log_has_failed(const struct signed_log *log)
{
    return log->has_failed;
}

uint64_t signed_log_sequence(const struct signed_log *log)
{
    return log->sequence;
}

const uint8_t *signed_log_chain(const struct signed_log *log)
{
    return log->chain;
}

/* --- one record among them --- */

/* The chain before the record, which stands at the end of the one before it, and the record. */
static enum err pair_read(const struct signed_log *log, uint64_t sequence,
                          uint8_t out[static SHA256_LEN + SIGNED_RECORD_LEN])
{
    size_t before = sequence == 1 ? HEAD_LEN : SHA256_LEN;
    uint8_t raw[SHA256_LEN + SIGNED_RECORD_LEN];
    enum err err =
        fd_read_at(log->fd, place_of(sequence) - (off_t)before, raw, before + SIGNED_RECORD_LEN);
    if (err != ERR_NONE)
        return err;
    if (sequence == 1)
        sha256(bytes_of(raw, HEAD_LEN), out);
    else
        memcpy(out, raw, SHA256_LEN);
    memcpy(out + SHA256_LEN, raw + before, SIGNED_RECORD_LEN);
    return ERR_NONE;
}

static enum err pair_parse(const uint8_t pair[static SHA256_LEN + SIGNED_RECORD_LEN],
                           uint64_t sequence, struct signed_record *out)
{
    const uint8_t *raw = pair + SHA256_LEN;
    struct signed_record record;
    if (!chain_holds(pair, raw) || !signed_body_parse(bytes_of(raw, BODY_LEN), &record) ||
        record.sequence != sequence)
        return ERR_MALFORMED;
    *out = record;
    return ERR_NONE;
}

enum err signed_log_get(const struct signed_log *log, uint64_t sequence, struct signed_record *out)
{
    uint8_t pair[SHA256_LEN + SIGNED_RECORD_LEN];
    uint64_t num_synced = log->sequence - log->num_unsynced;
    if (sequence == 0 || sequence > log->sequence)
        return ERR_MALFORMED;
    if (sequence > num_synced) {
        size_t place = (size_t)(sequence - num_synced - 1) * SIGNED_RECORD_LEN;
        return signed_body_parse(bytes_of(log->unsynced + place, BODY_LEN), out) ? ERR_NONE
                                                                                 : ERR_MALFORMED;
    }
    enum err err = pair_read(log, sequence, pair);
    return err == ERR_NONE ? pair_parse(pair, sequence, out) : err;
}

enum err signed_log_skip(struct signed_log *log, uint64_t sequence,
                         const uint8_t chain[static SHA256_LEN], struct fault *fault)
{
    uint8_t pair[SHA256_LEN + SIGNED_RECORD_LEN], *raw = pair + SHA256_LEN;
    struct signed_record record;
    enum err err = pair_read(log, sequence, pair);
    if (err == ERR_NONE)
        err = pair_parse(pair, sequence, &record);
    if (err == ERR_NONE && memcmp(raw + BODY_LEN, chain, SHA256_LEN) != 0)
        err = ERR_MALFORMED;
    if (err == ERR_NONE && lseek(log->fd, place_of(sequence + 1), SEEK_SET) < 0)
        err = ERR_IO;
    if (err != ERR_NONE)
        return fault_set(fault, err == ERR_MALFORMED ? ERR_NOT_FOUND : err, "record",
                         "record %llu is not the one that was asked for",
                         (unsigned long long)sequence);
    log->sequence = sequence;
    memcpy(log->chain, chain, SHA256_LEN);
    return ERR_NONE;
}
