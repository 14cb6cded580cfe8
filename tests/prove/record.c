/* The shared file of the record, and writing one event into it. */
#include "record.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static struct record_head *head;
static int32_t process;

void record_open(void)
{
    struct stat info;
    const char *path = getenv("JPKI_RECORD");
    process = getpid();
    if (!path)
        return;
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &info) != 0)
        abort();
    void *at = mmap(NULL, (size_t)info.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        abort();
    close(fd);
    head = at;
}

struct record_head *record_head(void)
{
    return head;
}

void record_forks(void)
{
    record_put(EVENT_FORK, 0, 0, "", 0);
}

void record_forked(void)
{
    int32_t parent = process;
    process = getpid();
    record_put(EVENT_START, 0, parent, "", 0);
}

/* Room for one event; what it says is filled in before its size is. */
static struct record_event *record_room(enum event_type type, int fd, int64_t number, size_t len,
                                        uint32_t *size)
{
    *size = (uint32_t)((sizeof(struct record_event) + len + 7) & ~(size_t)7);
    uint64_t at = atomic_fetch_add(&head->end, *size);
    if (at + *size > head->size)
        abort();
    struct record_event *event = (void *)((char *)head + at);
    event->type = type;
    event->process = process;
    event->fd = fd;
    event->number = number;
    event->len = len;
    return event;
}

void record_put(enum event_type type, int fd, int64_t number, const void *data, size_t len)
{
    uint32_t size;
    if (!head)
        return;
    struct record_event *event = record_room(type, fd, number, len, &size);
    if (len)
        memcpy(event + 1, data, len);
    atomic_store(&event->size, size);
}

void record_put_two(enum event_type type, int fd, const char *first, const char *second)
{
    uint32_t size;
    if (!head)
        return;
    size_t first_len = strlen(first) + 1, second_len = strlen(second);
    struct record_event *event = record_room(type, fd, 0, first_len + second_len, &size);
    memcpy(event + 1, first, first_len);
    memcpy((char *)(event + 1) + first_len, second, second_len);
    atomic_store(&event->size, size);
}
