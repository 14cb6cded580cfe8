/* The clock, asked in this one place. Times are seconds since 1970 UTC; dates are Japan time
 * (UTC+9, no summer time). --clock sets where it starts; it runs on from there (sample data only).
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/date.h"

/* clock_start_at makes clock_now() answer t at this moment and run on from there. */
void clock_start_at(int64_t t);

/* clock_share lets several processes have one clock: its offset then lives in the file behind fd
 * (at least 8 bytes, zero at first), and clock_start_at by one of them is seen by all. A process
 * that may not set it must not call clock_start_at. */
enum err clock_share(int fd, bool may_set) MUST_USE;

int64_t clock_now(void);
struct date clock_today(void); /* in Japan */

/* clock_monotonic is for measuring and timeouts; never compared with clock_now. Milliseconds. */
int64_t clock_monotonic(void);
int64_t clock_monotonic_micro(void); /* the same in microseconds */
/* clock_boot is the same, and goes on while the machine sleeps: for how old something is. All
 * processes of the machine see one. */
int64_t clock_boot(void);
