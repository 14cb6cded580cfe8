#include "main/agent_log.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"

static int lines[2] = {-1, -1}; /* a pipe to ourselves: what it has no room for is dropped */

static void put_or_drop(int fd, const char *text, size_t len)
{
    enum err err = fd_write_all(fd, bytes_of(text, len));
    (void)err;
}

static void *write_lines(void *context)
{
    char text[PIPE_BUF];
    for (ssize_t len; (len = read(lines[0], text, sizeof text)) > 0;)
        put_or_drop(STDERR_FILENO, text, (size_t)len);
    return context;
}

enum err agent_log_start(void)
{
    pthread_t thread;
    if (pipe2(lines, O_CLOEXEC) != 0 || fcntl(lines[1], F_SETFL, O_NONBLOCK) != 0)
        return ERR_IO;
    if (pthread_create(&thread, NULL, write_lines, NULL) != 0)
        return ERR_MEMORY;
    pthread_detach(thread);
    return ERR_NONE;
}

/* No longer than PIPE_BUF: whole or not at all (pipe(7)). */
void agent_log_tell(const char *origin, const char *what)
{
    char line[PIPE_BUF];
    int len = snprintf(line, sizeof line, "agent: %s: %s\n", origin, what);
    if (len > 0 && (size_t)len < sizeof line)
        put_or_drop(lines[1], line, (size_t)len);
}
