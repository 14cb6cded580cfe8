#include "base/clock.h"

#include <time.h>

static int64_t offset_milliseconds;

static int64_t read_milliseconds(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void clock_start_at(int64_t t)
{
    offset_milliseconds = t * 1000 - read_milliseconds(CLOCK_REALTIME);
}

int64_t clock_now_milliseconds(void)
{
    return read_milliseconds(CLOCK_REALTIME) + offset_milliseconds;
}

int64_t clock_now(void)
{
    return clock_now_milliseconds() / 1000;
}

struct date clock_today(void)
{
    return date_of_time(clock_now());
}

int64_t clock_monotonic(void)
{
    return read_milliseconds(CLOCK_MONOTONIC);
}
