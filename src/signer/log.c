#include "signer/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/hash.h"

#define HEAD       "JPKI signed log 1\n"
#define HEAD_LEN   (sizeof HEAD - 1)
#define DETAIL_LEN 62
#define BODY_LEN   (SIGNED_RECORD_LEN - SHA256_LEN)

struct signed_log {
    int fd;
    uint64_t sequence;
    uint8_t chain[SHA256_LEN]; /* of the last record; of the head before the first */
    bool has_failed;
    size_t num_unsynced;
    uint8_t unsynced[SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN];
};

/* --- one record --- */

static void detail_encode(const struct signed_record *record, struct buffer *out)
{
    switch (record->type) {
    case SIGNED_AUTHORITY:
        buffer_put_u64(out, record->number);
        buffer_put(out, record->scope, SIGNED_DIGEST_LEN);
        return;
    case SIGNED_LEAF:
    case SIGNED_RESPONDER:
        buffer_put_u64(out, record->number);
        return;
    case SIGNED_CRL:
        buffer_put_u64(out, record->number);
        buffer_put_u64(out, (uint64_t)record->when);
        buffer_put(out, record->scope, SIGNED_DIGEST_LEN);
        return;
    case SIGNED_PERMIT:
        buffer_put(out, record->card_id, CARD_ID_LEN);
        buffer_put(out, record->challenge, CHALLENGE_LEN);
        return;
    case SIGNED_RESTORED:
        buffer_put_u64(out, record->number);
        buffer_put_u64(out, record->crl_number);
        buffer_put_u64(out, (uint64_t)record->when);
        return;
    case SIGNED_CHECKPOINT:
    case SIGNED_JOURNAL_AGAIN:
        buffer_put_u64(out, record->number);
        buffer_put_u64(out, (uint64_t)record->when);
        buffer_put(out, record->head, SIGNED_DIGEST_LEN);
        return;
    }
}

static bool detail_parse(struct reader *reader, struct signed_record *out)
{
    uint64_t when = 0;
    bool read = false;
    switch (out->type) {
    case SIGNED_AUTHORITY:
        read =
            reader_u64(reader, &out->number) && reader_copy(reader, out->scope, SIGNED_DIGEST_LEN);
        break;
    case SIGNED_LEAF:
    case SIGNED_RESPONDER:
        read = reader_u64(reader, &out->number);
        break;
    case SIGNED_CRL:
        read = reader_u64(reader, &out->number) && reader_u64(reader, &when) &&
               reader_copy(reader, out->scope, SIGNED_DIGEST_LEN);
        break;
    case SIGNED_PERMIT:
        read = reader_copy(reader, out->card_id, CARD_ID_LEN) &&
               reader_copy(reader, out->challenge, CHALLENGE_LEN);
        break;
    case SIGNED_RESTORED:
        read = reader_u64(reader, &out->number) && reader_u64(reader, &out->crl_number) &&
               reader_u64(reader, &when);
        break;
    case SIGNED_CHECKPOINT:
    case SIGNED_JOURNAL_AGAIN:
        read = reader_u64(reader, &out->number) && reader_u64(reader, &when) &&
               reader_copy(reader, out->head, SIGNED_DIGEST_LEN);
        break;
    }
    out->when = (int64_t)when;
    return read;
}

static enum err body_encode(const struct signed_record *record, uint8_t out[static BODY_LEN])
{
    static const uint8_t zeros[DETAIL_LEN];
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, BODY_LEN);
    buffer_put_u64(&body, record->sequence);
    buffer_put_u64(&body, (uint64_t)record->time);
    buffer_put_u8(&body, (uint8_t)record->type);
    buffer_put_u8(&body, (uint8_t)record->kind);
    buffer_put(&body, record->digest, SIGNED_DIGEST_LEN);
    detail_encode(record, &body);
    if (buffer_check(&body) == ERR_NONE)
        buffer_put(&body, zeros, BODY_LEN - body.len);
    enum err err = buffer_check(&body);
    if (err == ERR_NONE)
        memcpy(out, body.data, BODY_LEN);
    return err;
}

static bool body_parse(struct bytes input, struct signed_record *out)
{
    *out = (struct signed_record){0};
    struct reader reader = reader_of(input);
    uint64_t time = 0;
    uint8_t type = 0, kind = 0;
    if (!reader_u64(&reader, &out->sequence) || !reader_u64(&reader, &time) ||
        !reader_u8(&reader, &type) || !reader_u8(&reader, &kind) ||
        !reader_copy(&reader, out->digest, SIGNED_DIGEST_LEN))
        return false;
    if (type < SIGNED_AUTHORITY || type > SIGNED_JOURNAL_AGAIN || kind >= NUM_KINDS)
        return false;
    out->time = (int64_t)time;
    out->type = (enum signed_type)type;
    out->kind = (enum kind)kind;
    if (!detail_parse(&reader, out))
        return false;
    for (size_t i = 0; i < reader.left; i++)
        if (reader.at[i] != 0)
            return false;
    return true;
}

/* chain = SHA-256(the chain before ‖ body) */
static void chain_step(uint8_t chain[static SHA256_LEN], const uint8_t body[static BODY_LEN])
{
    uint8_t input[SHA256_LEN + BODY_LEN];
    memcpy(input, chain, SHA256_LEN);
    memcpy(input + SHA256_LEN, body, BODY_LEN);
    sha256(bytes_of(input, sizeof input), chain);
}

/* --- the file --- */

enum err signed_log_create(const char *path, struct fault *fault)
{
    return file_create(path, bytes_of(HEAD, HEAD_LEN), 0600, fault);
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
    uint8_t chain[SHA256_LEN];
    memcpy(chain, log->chain, sizeof chain);
    chain_step(chain, raw);
    if (memcmp(chain, raw + BODY_LEN, sizeof chain) != 0 ||
        !body_parse(bytes_of(raw, BODY_LEN), out) || out->sequence != log->sequence + 1)
        return false;
    memcpy(log->chain, chain, sizeof chain);
    log->sequence++;
    return true;
}

static enum err cut_tail(const struct signed_log *log, bool *was_torn, struct fault *fault)
{
    off_t end = (off_t)(HEAD_LEN + log->sequence * SIGNED_RECORD_LEN);
    if (ftruncate(log->fd, end) != 0 || fsync(log->fd) != 0 || lseek(log->fd, end, SEEK_SET) != end)
        return fault_set(fault, ERR_IO, "cut the torn tail", "%s", strerror(errno));
    *was_torn = true;
    return ERR_NONE;
}

/* Does some record of the tail follow from the one before it? A crash leaves no such pair behind
 * the record that it spoilt; whoever changed or took out a record does. */
static bool tail_goes_on(struct bytes tail)
{
    for (size_t at = SIGNED_RECORD_LEN; at + SIGNED_RECORD_LEN <= tail.len;
         at += SIGNED_RECORD_LEN) {
        uint8_t chain[SHA256_LEN];
        memcpy(chain, tail.data + at - SHA256_LEN, sizeof chain);
        chain_step(chain, tail.data + at);
        if (memcmp(chain, tail.data + at + BODY_LEN, sizeof chain) == 0)
            return true;
    }
    return false;
}

/* No more may stand behind the last good record than a crash can leave of one write. */
static enum err tail_check(const struct signed_log *log, bool *was_torn, struct fault *fault)
{
    uint8_t tail[SIGNED_UNSYNCED_MAX * SIGNED_RECORD_LEN + 1];
    off_t end = (off_t)(HEAD_LEN + log->sequence * SIGNED_RECORD_LEN);
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
    off_t at = (off_t)(HEAD_LEN + (log->sequence - num) * SIGNED_RECORD_LEN);
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

enum err signed_log_open(const char *path,
                         enum err (*visit)(void *context, const struct signed_record *record),
                         void *context, struct signed_log **out, bool *was_torn,
                         struct fault *fault)
{
    fault_name_input(fault, path);
    struct signed_log *log CLEANUP(log_cleanup) = calloc(1, sizeof *log);
    if (!log)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    bool torn = false;
    log->fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    if (log->fd < 0)
        return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "open", "%s",
                         strerror(errno));
    if (flock(log->fd, LOCK_EX | LOCK_NB) != 0)
        return fault_set(fault, ERR_STATE, "lock", "another signer uses this log");
    enum err err = head_read(log, fault);
    if (err == ERR_NONE)
        err = records_read(log, visit, context, &torn, fault);
    if (err == ERR_NONE)
        err = last_write_again(log, fault);
    if (err != ERR_NONE)
        return err;
    *was_torn = torn;
    *out = steal(&log);
    return ERR_NONE;
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
    enum err err = body_encode(record, raw);
    if (err != ERR_NONE)
        return err;
    chain_step(log->chain, raw);
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
