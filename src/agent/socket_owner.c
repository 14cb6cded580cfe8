#include "agent/socket_owner.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "agent/socket_table.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/text.h"

#define LOOKS 3 /* at a table that moves while it is read */

/* --- the table --- */

struct wish {
    bool (*fits)(const struct wish *wish, const struct socket_row *row);
    struct sockaddr_in local, remote;
    uint16_t port;
};

static bool is_peer(const struct wish *wish, const struct socket_row *row)
{
    return row->inode &&
           socket_end_is(row->local, wish->local.sin_addr.s_addr, ntohs(wish->local.sin_port)) &&
           socket_end_is(row->remote, wish->remote.sin_addr.s_addr, ntohs(wish->remote.sin_port));
}

static bool is_listener(const struct wish *wish, const struct socket_row *row)
{
    return row->listens && socket_end_has_port(row->local, wish->port);
}

static enum err find_in(const char *path, const struct wish *wish, struct socket_owner *out)
{
    struct buffer text CLEANUP_BUFFER;
    struct socket_row row;
    buffer_init(&text, LIMIT_SOCKET_TABLE);
    enum err err = file_read(path, &text, NULL);
    if (err != ERR_NONE)
        return err;
    struct reader reader = reader_of(buffer_bytes(&text));
    while (socket_row_next(&reader, &row))
        if (wish->fits(wish, &row)) {
            *out = (struct socket_owner){row.uid, row.inode};
            return ERR_NONE;
        }
    return ERR_NOT_FOUND;
}

/* A row may be passed over while others of its bucket come and go: so more than one look. */
static enum err find(const struct wish *wish, struct socket_owner *out)
{
    static const char *const paths[] = {"/proc/net/tcp", "/proc/net/tcp6"};
    enum err err = ERR_NOT_FOUND;
    for (size_t i = 0; err == ERR_NOT_FOUND && i < LOOKS * COUNT_OF(paths); i++)
        err = find_in(paths[i % COUNT_OF(paths)], wish, out);
    return err;
}

enum err socket_owner_of_peer(int fd, struct socket_owner *out)
{
    struct wish wish = {.fits = is_peer};
    socklen_t peer = sizeof wish.local, own = sizeof wish.remote;
    if (getpeername(fd, (struct sockaddr *)&wish.local, &peer) != 0 ||
        getsockname(fd, (struct sockaddr *)&wish.remote, &own) != 0)
        return ERR_NOT_FOUND;
    if (wish.local.sin_family != AF_INET || wish.remote.sin_family != AF_INET)
        return ERR_UNSUPPORTED;
    return find(&wish, out);
}

enum err socket_owner_of_port(uint16_t port, struct socket_owner *out)
{
    const struct wish wish = {.fits = is_listener, .port = port};
    return find(&wish, out);
}

/* --- the process --- */

static bool is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

static bool process_has(const char *process, const char *wanted)
{
    char path[PATH_MAX], target[64];
    snprintf(path, sizeof path, "/proc/%s/fd", process);
    DIR *folder = opendir(path);
    bool is_found = false;
    for (const struct dirent *entry; folder && !is_found && (entry = readdir(folder));) {
        ssize_t len = readlinkat(dirfd(folder), entry->d_name, target, sizeof target - 1);
        target[len > 0 ? len : 0] = '\0';
        is_found = strcmp(target, wanted) == 0;
    }
    if (folder)
        closedir(folder);
    return is_found;
}

/* Only those of processes that we may look into; "" when it is none of them. */
static void process_find(uint64_t inode, char *out, size_t size)
{
    char wanted[64];
    snprintf(wanted, sizeof wanted, "socket:[%" PRIu64 "]", inode);
    DIR *folder = opendir("/proc");
    out[0] = '\0';
    for (const struct dirent *entry; folder && !out[0] && (entry = readdir(folder));)
        if (is_number(entry->d_name) && process_has(entry->d_name, wanted))
            snprintf(out, size, "%s", entry->d_name);
    if (folder)
        closedir(folder);
}

/* A process calls itself what it likes. */
static void name_of(const char *process, char *out, size_t size)
{
    char path[PATH_MAX];
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 256);
    snprintf(path, sizeof path, "/proc/%s/comm", process);
    out[0] = '\0';
    if (file_read(path, &text, NULL) != ERR_NONE)
        return;
    struct bytes name = buffer_bytes(&text);
    name.len -= name.len && name.data[name.len - 1] == '\n';
    text_copy_visible(name, out, size);
}

const char *socket_owner_print(const struct socket_owner *owner, char *text, size_t size)
{
    char process[16], name[64], user[64];
    const struct passwd *known = getpwuid(owner->uid);
    process_find(owner->inode, process, sizeof process);
    name_of(process, name, sizeof name);
    snprintf(user, sizeof user, "%" PRIu32, owner->uid);
    if (known)
        snprintf(user, sizeof user, "%s", known->pw_name);
    if (process[0])
        snprintf(text, size, "%s (process %s) of %s", name, process, user);
    else
        snprintf(text, size, "a process of %s", user);
    return text;
}
