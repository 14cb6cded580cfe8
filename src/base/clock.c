#include "base/clock.h"

#include <stdatomic.h>
#include <sys/mman.h>
#include <time.h>

static _Atomic int64_t own_offset;
static _Atomic int64_t *offset = &own_offset; /* milliseconds; or in shared memory */

static int64_t read_microseconds(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static int64_t read_milliseconds(clockid_t id)
{
    return read_microseconds(id) / 1000;
}

void clock_start_at(int64_t t)
{
    atomic_store(offset, t * 1000 - read_milliseconds(CLOCK_REALTIME));
}

enum err clock_share(int fd, bool may_set)
{
    int protection = PROT_READ | (may_set ? PROT_WRITE : 0);
    void *at = mmap(NULL, sizeof *offset, protection, MAP_SHARED, fd, 0);
    if (at == MAP_FAILED)
        return ERR_IO;
    offset = at;
    return ERR_NONE;
}

int64_t clock_now(void)
{
    return (read_milliseconds(CLOCK_REALTIME) + atomic_load(offset)) / 1000;
}

struct date clock_today(void)
{
    return date_of_time(clock_now());
}

int64_t clock_monotonic(void)
{
    return read_milliseconds(CLOCK_MONOTONIC);
}

int64_t clock_monotonic_micro(void)
{
    return read_microseconds(CLOCK_MONOTONIC);
}

int64_t clock_boot(void)
{
    return read_milliseconds(CLOCK_BOOTTIME);
}
