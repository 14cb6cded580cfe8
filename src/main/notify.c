/* Datagrams to the service manager. */
#include "main/notify.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"

/* An absolute path, or a name in the abstract namespace behind '@'. */
static int connect_to(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    size_t len = strlen(name);
    if ((name[0] != '/' && name[0] != '@') || len >= sizeof address.sun_path)
        return -1;
    memcpy(address.sun_path, name, len);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    static const struct timeval wait = {.tv_sec = 1};
    if (fd >= 0)
        (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &wait, sizeof wait);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)&address,
                           (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0)
        fd_close(&fd);
    return fd;
}

/* Half of what the manager waits; 0 where it watches nobody, or another process. */
static int64_t read_interval(void)
{
    const char *wait = getenv("WATCHDOG_USEC"), *pid = getenv("WATCHDOG_PID");
    if (!wait || (pid && atoll(pid) != getpid()))
        return 0;
    int64_t half = atoll(wait) / 2000;
    return half > 0 ? half : 0;
}

void notify_open(struct notify *notify)
{
    const char *name = getenv("NOTIFY_SOCKET");
    *notify = (struct notify){.fd = name ? connect_to(name) : -1, .interval = read_interval()};
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
}

void notify_done(struct notify *notify)
{
    fd_close(&notify->fd);
    notify->fd = -1;
}

void notify_say(const struct notify *notify, const char *text)
{
    if (notify->fd >= 0 && send(notify->fd, text, strlen(text), MSG_NOSIGNAL) < 0)
        return; /* the manager is gone or slow: it finds out itself */
}

void notify_alive(struct notify *notify)
{
    int64_t now = clock_monotonic();
    if (notify->interval == 0 || now - notify->last < notify->interval)
        return;
    notify->last = now;
    notify_say(notify, "WATCHDOG=1");
}
