#include "agent/socket_owner.h"

#include <dirent.h>
#include <inttypes.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/file.h"
#include "base/text.h"

/* --- the kernel's answer --- */

/* A message of netlink is a header and what follows it without a gap (netlink(7)). */
struct question {
    struct nlmsghdr header;
    struct inet_diag_req_v2 about;
};

struct answer {
    struct nlmsghdr header;
    struct inet_diag_msg about;
};

static bool ask(const struct inet_diag_sockid *id, struct answer *answer)
{
    const struct question question = {
        .header = {sizeof question, SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST, 0, 0},
        .about = {AF_INET, IPPROTO_TCP, 0, 0, UINT32_MAX, *id},
    };
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);
    if (fd < 0)
        return false;
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
    struct sockaddr_nl from = {0};
    socklen_t size = sizeof from;
    ssize_t len =
        sendto(fd, &question, sizeof question, 0, (const struct sockaddr *)&kernel, sizeof kernel);
    if (len == sizeof question)
        len = recvfrom(fd, answer, sizeof *answer, 0, (struct sockaddr *)&from, &size);
    fd_close(&fd);
    return len == sizeof *answer && from.nl_pid == 0 &&
           answer->header.nlmsg_type == SOCK_DIAG_BY_FAMILY;
}

/* Where no connection has these two ends, the kernel shows who listens at the first one. */
static enum err find(const struct sockaddr_in *end, const struct sockaddr_in *other,
                     struct socket_owner *out)
{
    const struct inet_diag_sockid id = {
        .idiag_sport = end->sin_port,
        .idiag_dport = other->sin_port,
        .idiag_src = {end->sin_addr.s_addr},
        .idiag_dst = {other->sin_addr.s_addr},
        .idiag_cookie = {INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE},
    };
    struct answer answer;
    if (!ask(&id, &answer) || answer.about.id.idiag_sport != id.idiag_sport ||
        answer.about.id.idiag_dport != id.idiag_dport || !answer.about.idiag_inode)
        return ERR_NOT_FOUND;
    *out = (struct socket_owner){answer.about.idiag_uid, answer.about.idiag_inode};
    return ERR_NONE;
}

enum err socket_owner_of_peer(int fd, struct socket_owner *out)
{
    struct sockaddr_in peer = {0}, own = {0};
    socklen_t peer_size = sizeof peer, own_size = sizeof own;
    if (getpeername(fd, (struct sockaddr *)&peer, &peer_size) != 0 ||
        getsockname(fd, (struct sockaddr *)&own, &own_size) != 0)
        return ERR_NOT_FOUND;
    if (peer.sin_family != AF_INET || own.sin_family != AF_INET)
        return ERR_UNSUPPORTED;
    return find(&peer, &own, out);
}

bool socket_is_own(int fd)
{
    struct socket_owner owner;
    return socket_owner_of_peer(fd, &owner) == ERR_NONE && owner.uid == geteuid();
}

enum err socket_owner_of_port(uint16_t port, struct socket_owner *out)
{
    const struct sockaddr_in listener = {AF_INET, htons(port), {htonl(INADDR_LOOPBACK)}, {0}};
    const struct sockaddr_in nobody = {0};
    return find(&listener, &nobody, out);
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
