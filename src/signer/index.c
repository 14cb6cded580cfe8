/* A segment is a head of one page and a table with open addressing. The marks are SHA-256, so that
 * some of their bits are as good as any hash of them: one part says where to look first, another
 * stands in the slot beside the record's place in the segment. */
#include "signer/index.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "signer/wire.h"

#define HEAD_TEXT   "JPKI signed index 1\n"
#define HEAD_LEN    4096
#define NUM_SLOTS   (4 * LIMIT_SIGNED_SEGMENT) /* a power of two; at most half are taken */
#define SLOT_LEN    4                          /* place u16, tag u16; a tag is never 0 */
#define TABLE_LEN   ((size_t)NUM_SLOTS * SLOT_LEN)
#define SEGMENT_LEN (HEAD_LEN + TABLE_LEN)
#define GROUP       32 /* slots that are read at once */

struct signed_index {
    int fd;
    bool has_failed;
    size_t num_segments; /* closed ones */
    uint64_t *begins;    /* of each, and of the open one: the record before its first */
    uint8_t (*open)[SLOT_LEN];
};

/* --- the head of a segment --- */

struct segment_head {
    uint64_t begin;
    struct index_state state;
    uint8_t table[SHA256_LEN];
};

static enum err head_encode(const struct segment_head *head, uint8_t out[static HEAD_LEN])
{
    struct buffer bytes CLEANUP_BUFFER;
    buffer_init(&bytes, HEAD_LEN - SHA256_LEN);
    buffer_put_text(&bytes, HEAD_TEXT);
    buffer_put_u64(&bytes, head->begin);
    floors_put(&bytes, &head->state.floors);
    buffer_put(&bytes, head->state.chain, SHA256_LEN);
    buffer_put(&bytes, head->table, SHA256_LEN);
    enum err err = buffer_check(&bytes);
    if (err != ERR_NONE)
        return err;
    memset(out, 0, HEAD_LEN);
    memcpy(out, bytes.data, bytes.len);
    sha256(bytes_of(out, HEAD_LEN - SHA256_LEN), out + HEAD_LEN - SHA256_LEN);
    return ERR_NONE;
}

static bool head_parse(const uint8_t raw[static HEAD_LEN], struct segment_head *out)
{
    uint8_t digest[SHA256_LEN];
    struct reader reader = reader_of(bytes_of(raw, HEAD_LEN));
    struct bytes text;
    sha256(bytes_of(raw, HEAD_LEN - SHA256_LEN), digest);
    return memcmp(digest, raw + HEAD_LEN - SHA256_LEN, SHA256_LEN) == 0 &&
           reader_take(&reader, sizeof HEAD_TEXT - 1, &text) && bytes_equal_text(text, HEAD_TEXT) &&
           reader_u64(&reader, &out->begin) && floors_take(&reader, &out->state.floors) &&
           reader_copy(&reader, out->state.chain, SHA256_LEN) &&
           reader_copy(&reader, out->table, SHA256_LEN);
}

/* --- the file --- */

static off_t segment_place(size_t segment)
{
    return (off_t)(segment * SEGMENT_LEN);
}

static void index_cleanup(struct signed_index **index)
{
    signed_index_free(*index);
}

static enum err index_new(const char *path, int flags, struct signed_index **out,
                          struct fault *fault)
{
    fault_name_input(fault, path);
    struct signed_index *index CLEANUP(index_cleanup) = calloc(1, sizeof *index);
    if (!index)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    index->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
    if (index->fd < 0)
        return fault_set(fault, ERR_IO, "open", "%s", strerror(errno));
    index->begins = calloc(1, sizeof *index->begins);
    index->open = calloc(NUM_SLOTS, SLOT_LEN);
    if (!index->begins || !index->open)
        return fault_set(fault, ERR_MEMORY, "open", "out of memory");
    *out = steal(&index);
    return ERR_NONE;
}

/* The next segment begins behind that record. */
static enum err begin_add(struct signed_index *index, uint64_t last)
{
    uint64_t *begins = reallocarray(index->begins, index->num_segments + 2, sizeof *index->begins);
    if (!begins)
        return ERR_MEMORY;
    index->begins = begins;
    index->begins[++index->num_segments] = last;
    return ERR_NONE;
}

/* The segment goes on where the one before it ends. */
static enum err head_take(struct signed_index *index, struct segment_head *out)
{
    uint8_t raw[HEAD_LEN];
    struct segment_head head;
    enum err err = fd_read_at(index->fd, segment_place(index->num_segments), raw, sizeof raw);
    if (err != ERR_NONE)
        return err;
    if (!head_parse(raw, &head) || head.begin != index->begins[index->num_segments] ||
        head.state.floors.sequence <= head.begin ||
        head.state.floors.sequence - head.begin > LIMIT_SIGNED_SEGMENT)
        return ERR_MALFORMED;
    *out = head;
    return begin_add(index, head.state.floors.sequence);
}

static enum err last_write_again(struct signed_index *index, const struct segment_head *head)
{
    off_t at = segment_place(index->num_segments - 1);
    uint8_t raw[HEAD_LEN], digest[SHA256_LEN];
    enum err err = fd_read_at(index->fd, at, raw, sizeof raw);
    if (err == ERR_NONE)
        err = fd_read_at(index->fd, at + HEAD_LEN, index->open, TABLE_LEN);
    if (err != ERR_NONE)
        return err;
    sha256(bytes_of(index->open, TABLE_LEN), digest);
    if (memcmp(digest, head->table, sizeof digest) != 0)
        return ERR_MALFORMED;
    if (lseek(index->fd, at, SEEK_SET) != at ||
        fd_write_all(index->fd, bytes_of(raw, sizeof raw)) != ERR_NONE ||
        fd_write_all(index->fd, bytes_of(index->open, TABLE_LEN)) != ERR_NONE ||
        fdatasync(index->fd) != 0)
        return ERR_IO;
    memset(index->open, 0, TABLE_LEN);
    return ERR_NONE;
}

static enum err index_read(struct signed_index *index, struct index_state *out)
{
    struct stat info;
    struct segment_head last = {0};
    if (fstat(index->fd, &info) != 0)
        return ERR_IO;
    if ((size_t)info.st_size % SEGMENT_LEN != 0)
        return ERR_MALFORMED;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && segment_place(index->num_segments) < info.st_size)
        err = head_take(index, &last);
    if (err == ERR_NONE && index->num_segments)
        err = last_write_again(index, &last);
    if (err == ERR_NONE)
        *out = last.state;
    return err;
}

enum err signed_index_open(const char *path, struct signed_index **out, struct index_state *state,
                           struct fault *fault)
{
    struct signed_index *index CLEANUP(index_cleanup) = NULL;
    enum err err = index_new(path, 0, &index, fault);
    if (err != ERR_NONE)
        return err;
    err = index_read(index, state);
    if (err != ERR_NONE)
        return fault_set(fault, err, "index", "its segments cannot be read");
    *out = steal(&index);
    return ERR_NONE;
}

/* Not emptied: a crash could bring some of its old segments back behind new ones. */
enum err signed_index_create(const char *path, struct signed_index **out, struct fault *fault)
{
    fault_name_input(fault, path);
    if (unlink(path) != 0 && errno != ENOENT)
        return fault_set(fault, ERR_IO, "unlink", "%s", strerror(errno));
    return index_new(path, O_EXCL, out, fault);
}

void signed_index_free(struct signed_index *index)
{
    if (!index)
        return;
    fd_close(&index->fd);
    free(index->begins);
    free(index->open);
    free(index);
}

enum err signed_index_close(struct signed_index *index, const struct index_state *state)
{
    struct segment_head head = {.begin = index->begins[index->num_segments], .state = *state};
    uint8_t raw[HEAD_LEN];
    if (index->has_failed)
        return ERR_IO;
    sha256(bytes_of(index->open, TABLE_LEN), head.table);
    off_t at = segment_place(index->num_segments);
    enum err err = head_encode(&head, raw);
    if (err == ERR_NONE && lseek(index->fd, at, SEEK_SET) != at)
        err = ERR_IO;
    if (err == ERR_NONE)
        err = fd_write_all(index->fd, bytes_of(raw, sizeof raw));
    if (err == ERR_NONE)
        err = fd_write_all(index->fd, bytes_of(index->open, TABLE_LEN));
    if (err == ERR_NONE && fdatasync(index->fd) != 0)
        err = ERR_IO;
    if (err == ERR_NONE)
        err = begin_add(index, state->floors.sequence);
    index->has_failed = err != ERR_NONE;
    memset(index->open, 0, TABLE_LEN);
    return err;
}

bool signed_index_has_failed(const struct signed_index *index)
{
    return index->has_failed;
}

/* --- a table --- */

static size_t first_slot(const uint8_t mark[static INDEX_MARK_LEN])
{
    return ((size_t)mark[0] << 16 | (size_t)mark[1] << 8 | mark[2]) & (NUM_SLOTS - 1);
}

static uint16_t tag_of(const uint8_t mark[static INDEX_MARK_LEN])
{
    uint16_t tag = (uint16_t)(mark[3] << 8 | mark[4]);
    return tag ? tag : 1;
}

static uint16_t slot_tag(const uint8_t slot[static SLOT_LEN])
{
    return (uint16_t)(slot[2] << 8 | slot[3]);
}

static uint16_t slot_place(const uint8_t slot[static SLOT_LEN])
{
    return (uint16_t)(slot[0] << 8 | slot[1]);
}

bool signed_index_is_full(const struct signed_index *index, uint64_t sequence, size_t more)
{
    return sequence - index->begins[index->num_segments] + more > LIMIT_SIGNED_SEGMENT;
}

void signed_index_add(struct signed_index *index, const uint8_t mark[static INDEX_MARK_LEN],
                      uint64_t sequence)
{
    uint16_t tag = tag_of(mark);
    uint16_t place = (uint16_t)(sequence - index->begins[index->num_segments] - 1);
    size_t slot = first_slot(mark);
    while (slot_tag(index->open[slot]) != 0)
        slot = (slot + 1) % NUM_SLOTS;
    const uint8_t taken[SLOT_LEN] = {(uint8_t)(place >> 8), (uint8_t)place, (uint8_t)(tag >> 8),
                                     (uint8_t)tag};
    memcpy(index->open[slot], taken, SLOT_LEN);
}

static enum err group_read(const struct signed_index *index, size_t segment, size_t group,
                           uint8_t out[static GROUP][SLOT_LEN])
{
    size_t at = group * GROUP;
    if (segment == index->num_segments) {
        memcpy(out, index->open[at], GROUP * SLOT_LEN);
        return ERR_NONE;
    }
    return fd_read_at(index->fd, segment_place(segment) + (off_t)(HEAD_LEN + at * SLOT_LEN), out,
                      GROUP * SLOT_LEN);
}

/* Up to the first free slot; at most once around. */
static enum err segment_find(const struct signed_index *index, size_t segment,
                             const uint8_t mark[static INDEX_MARK_LEN], index_ask *ask,
                             void *context, bool *found)
{
    size_t slot = first_slot(mark);
    for (size_t seen = 0; seen < NUM_SLOTS;) {
        uint8_t group[GROUP][SLOT_LEN];
        enum err err = group_read(index, segment, slot / GROUP, group);
        for (size_t i = slot % GROUP; err == ERR_NONE && i < GROUP; i++, seen++) {
            if (slot_tag(group[i]) == 0)
                return ERR_NONE;
            if (slot_tag(group[i]) == tag_of(mark))
                err = ask(context, index->begins[segment] + 1 + slot_place(group[i]), found);
            if (*found)
                return err;
        }
        if (err != ERR_NONE)
            return err;
        slot = (slot / GROUP + 1) * GROUP % NUM_SLOTS;
    }
    return ERR_NONE;
}

enum err signed_index_find(const struct signed_index *index, enum index_range range,
                           const uint8_t mark[static INDEX_MARK_LEN], index_ask *ask, void *context,
                           bool *found)
{
    bool has_it = false;
    size_t last = range == INDEX_OPEN ? index->num_segments : 0;
    enum err err = ERR_NONE;
    for (size_t segment = index->num_segments + 1; !has_it && err == ERR_NONE && segment > last;
         segment--)
        err = segment_find(index, segment - 1, mark, ask, context, &has_it);
    if (err == ERR_NONE)
        *found = has_it;
    return err;
}
