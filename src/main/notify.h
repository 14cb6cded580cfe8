/* Telling the service manager how the service stands: one datagram for each change, as sd_notify(3)
 * describes them. Without NOTIFY_SOCKET nobody is told, and that is no error. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct notify {
    int fd;           /* -1: nobody listens */
    int64_t interval; /* milliseconds between two signs of life; 0: none are wanted */
    int64_t last;
};

/* notify_open takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment: they are
 * not for the processes that are started from this one. A socket that cannot be reached is none. */
void notify_open(struct notify *notify);
void notify_done(struct notify *notify);

void notify_say(const struct notify *notify, const char *text);
/* notify_alive says WATCHDOG=1 if it is time; to be called often. */
void notify_alive(struct notify *notify);
