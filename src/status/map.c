/* The map of one kind: a page of head, then one word for each serial from 0. Shared memory between
 * one writer and any number of readers; every field that changes is one atomic word. The whole
 * range of serials is mapped at once, so that growing the file moves nothing; num_words says how
 * far it may be touched. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "crypto/random.h"
#include "status/status_client.h"

#define MAGIC      "JPKI map 1\n"
#define HEAD_SIZE  4096
#define GROW_WORDS 8192 /* 64 KiB at a time */
#define MAP_SIZE   (HEAD_SIZE + (STATUS_SERIAL_MAX + 1) * sizeof(uint64_t))

struct generation_row {
    uint8_t key[STATUS_KEY_LEN];
    _Atomic uint64_t first, last;
};

/* In the byte order of the machine: the file does not travel. It can be made again from the change
 * rows at any time. id: of this filling of this file. fed: of a follower. */
struct map_head {
    char magic[16];
    uint64_t kind;
    _Atomic uint64_t num_words; /* serials below this may be read */
    _Atomic uint64_t highest;
    _Atomic uint64_t epoch;
    _Atomic uint64_t num_generations;
    struct generation_row generations[STATUS_GENERATIONS_MAX];
    uint8_t id[STATUS_MAP_ID_LEN];
    _Atomic int64_t fed;
};
_Static_assert(sizeof(struct map_head) <= HEAD_SIZE, "the head fits its page");

struct status_map {
    int fd;
    bool writable;
    uint8_t *at; /* MAP_SIZE bytes of address space */
    struct map_head *head;
    _Atomic uint64_t *words;
};

static struct bytes empty_map(enum kind kind, uint8_t page[static HEAD_SIZE])
{
    struct map_head head = {.magic = MAGIC, .kind = kind};
    random_bytes(head.id, sizeof head.id);
    memset(page, 0, HEAD_SIZE);
    memcpy(page, &head, sizeof head);
    return bytes_of(page, HEAD_SIZE);
}

enum err status_map_create(const char *path, enum kind kind, struct fault *fault)
{
    uint8_t page[HEAD_SIZE];
    return file_create(path, empty_map(kind, page), 0640, fault);
}

enum err status_map_replace(const char *path, enum kind kind, struct fault *fault)
{
    uint8_t page[HEAD_SIZE];
    return file_replace(path, empty_map(kind, page), 0640, fault);
}

static enum err head_check(const struct status_map *map, enum kind kind, off_t size,
                           struct fault *fault)
{
    const struct map_head *head = map->head;
    uint64_t end = HEAD_SIZE + atomic_load(&map->head->num_words) * sizeof(uint64_t);
    if (memcmp(head->magic, MAGIC, sizeof MAGIC) != 0)
        return fault_set(fault, ERR_MALFORMED, "head", "not a map of certificates");
    if (head->kind != kind)
        return fault_set(fault, ERR_MALFORMED, "kind", "not the map of %s", kind_name(kind));
    if (atomic_load(&map->head->num_words) > STATUS_SERIAL_MAX + 1 || end > (uint64_t)size ||
        atomic_load(&map->head->num_generations) > STATUS_GENERATIONS_MAX)
        return fault_set(fault, ERR_MALFORMED, "size", "shorter than its head says");
    return ERR_NONE;
}

static enum err map_memory(struct status_map *map, enum kind kind, struct fault *fault)
{
    struct stat info;
    if (fstat(map->fd, &info) != 0 || info.st_size < HEAD_SIZE)
        return fault_set(fault, ERR_MALFORMED, "size", "shorter than a head");
    int protection = PROT_READ | (map->writable ? PROT_WRITE : 0);
    void *at = mmap(NULL, MAP_SIZE, protection, MAP_SHARED | MAP_NORESERVE, map->fd, 0);
    if (at == MAP_FAILED)
        return fault_set(fault, ERR_MEMORY, "map", "%s", strerror(errno));
    map->at = at;
    map->head = at;
    map->words = (_Atomic uint64_t *)(void *)(map->at + HEAD_SIZE);
    return head_check(map, kind, info.st_size, fault);
}

enum err status_map_open(const char *path, enum kind kind, bool writable, struct status_map **out,
                         struct fault *fault)
{
    fault_name_input(fault, path);
    struct status_map *map CLEANUP_STATUS_MAP = calloc(1, sizeof *map);
    if (!map)
        return fault_set(fault, ERR_MEMORY, "map", "out of memory");
    map->writable = writable;
    map->fd = open(path, (writable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NOFOLLOW);
    if (map->fd < 0)
        return fault_set(fault, errno == ENOENT ? ERR_NOT_FOUND : ERR_IO, "open", "%s",
                         strerror(errno));
    enum err err = map_memory(map, kind, fault);
    if (err == ERR_NONE)
        *out = steal(&map);
    return err;
}

void status_map_free(struct status_map *map)
{
    if (!map)
        return;
    if (map->at)
        munmap(map->at, MAP_SIZE);
    fd_close(&map->fd);
    free(map);
}

void status_map_cleanup(struct status_map **map)
{
    status_map_free(*map);
}

enum err status_map_set_generation(struct status_map *map,
                                   const struct status_generation *generation)
{
    uint64_t num = atomic_load(&map->head->num_generations);
    if (!map->writable || generation->first == 0 || generation->first > generation->last ||
        generation->last > STATUS_SERIAL_MAX)
        return ERR_USAGE;
    size_t at = 0;
    while (at < num && memcmp(map->head->generations[at].key, generation->key, STATUS_KEY_LEN) != 0)
        at++;
    if (at == STATUS_GENERATIONS_MAX)
        return ERR_LIMIT;
    struct generation_row *row = &map->head->generations[at];
    memcpy(row->key, generation->key, STATUS_KEY_LEN);
    atomic_store(&row->first, generation->first);
    atomic_store(&row->last, generation->last);
    if (at == num)
        atomic_store(&map->head->num_generations, num + 1);
    return ERR_NONE;
}

size_t status_map_generations(const struct status_map *map,
                              struct status_generation out[static STATUS_GENERATIONS_MAX])
{
    uint64_t num = atomic_load(&map->head->num_generations);
    if (num > STATUS_GENERATIONS_MAX)
        return 0;
    for (size_t i = 0; i < num; i++) {
        memcpy(out[i].key, map->head->generations[i].key, STATUS_KEY_LEN);
        out[i].first = atomic_load(&map->head->generations[i].first);
        out[i].last = atomic_load(&map->head->generations[i].last);
    }
    return num;
}

/* The file grows first, on the disk too, then num_words: neither a reader nor a start after a power
 * cut touches what is not there. */
static enum err map_grow(struct status_map *map, uint64_t serial)
{
    uint64_t num = (serial / GROW_WORDS + 1) * GROW_WORDS;
    if (serial < atomic_load(&map->head->num_words))
        return ERR_NONE;
    if (ftruncate(map->fd, (off_t)(HEAD_SIZE + num * sizeof(uint64_t))) != 0 ||
        fdatasync(map->fd) != 0)
        return ERR_IO;
    atomic_store(&map->head->num_words, num);
    return ERR_NONE;
}

enum err status_map_set(struct status_map *map, uint64_t serial, const struct status_entry *entry)
{
    uint64_t word;
    if (!map->writable || serial == 0 || serial > STATUS_SERIAL_MAX)
        return ERR_USAGE;
    enum err err = status_word_encode(entry, &word);
    if (err == ERR_NONE)
        err = map_grow(map, serial);
    if (err != ERR_NONE)
        return err;
    atomic_store(&map->words[serial], word);
    if (serial > atomic_load(&map->head->highest))
        atomic_store(&map->head->highest, serial);
    return ERR_NONE;
}

uint64_t status_map_word(const struct status_map *map, uint64_t serial)
{
    uint64_t num = atomic_load(&map->head->num_words);
    bool is_there = serial < num && num <= STATUS_SERIAL_MAX + 1;
    return is_there ? atomic_load(&map->words[serial]) : 0;
}

enum err status_map_get(const struct status_map *map, uint64_t serial, struct status_entry *out)
{
    return status_word_decode(status_map_word(map, serial), out);
}

uint64_t status_map_highest(const struct status_map *map)
{
    return atomic_load(&map->head->highest);
}

uint64_t status_map_epoch(const struct status_map *map)
{
    return atomic_load(&map->head->epoch);
}

enum err status_map_set_epoch(struct status_map *map, uint64_t epoch)
{
    if (!map->writable)
        return ERR_USAGE;
    if (epoch < atomic_load(&map->head->epoch))
        return ERR_STATE;
    atomic_store(&map->head->epoch, epoch);
    return ERR_NONE;
}

enum err status_map_rewind(struct status_map *map, uint64_t epoch)
{
    if (!map->writable)
        return ERR_USAGE;
    atomic_store(&map->head->epoch, epoch);
    return ERR_NONE;
}

void status_map_set_fed(struct status_map *map, int64_t time)
{
    if (map->writable)
        atomic_store(&map->head->fed, time);
}

int64_t status_map_fed(const struct status_map *map)
{
    return atomic_load(&map->head->fed);
}

/* Where the file system cannot take the words out, they are written over. */
static void words_clear(struct status_map *map)
{
    size_t len = atomic_load(&map->head->num_words) * sizeof(uint64_t);
    if (len &&
        fallocate(map->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HEAD_SIZE, (off_t)len) != 0)
        memset(map->at + HEAD_SIZE, 0, len);
}

enum err status_map_clear(struct status_map *map)
{
    if (!map->writable)
        return ERR_USAGE;
    atomic_store(&map->head->num_generations, 0);
    atomic_store(&map->head->epoch, 0);
    atomic_store(&map->head->highest, 0);
    words_clear(map);
    random_bytes(map->head->id, STATUS_MAP_ID_LEN);
    return ERR_NONE;
}

enum err status_map_sync(struct status_map *map)
{
    return map->writable && fdatasync(map->fd) == 0 ? ERR_NONE : ERR_IO;
}

void status_map_id(const struct status_map *map, uint8_t out[static STATUS_MAP_ID_LEN])
{
    memcpy(out, map->head->id, STATUS_MAP_ID_LEN);
}
