#include "base/frame.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

static enum err send_all(int fd, struct bytes content, int passed)
{
    while (content.len) {
        union {
            struct cmsghdr header;
            char room[CMSG_SPACE(sizeof(int))];
        } control = {0};
        struct iovec part = {(void *)(uintptr_t)content.data, content.len};
        struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
        if (passed >= 0) {
            message.msg_control = control.room;
            message.msg_controllen = sizeof control.room;
            struct cmsghdr *header = CMSG_FIRSTHDR(&message);
            header->cmsg_level = SOL_SOCKET;
            header->cmsg_type = SCM_RIGHTS;
            header->cmsg_len = CMSG_LEN(sizeof(int));
            memcpy(CMSG_DATA(header), &passed, sizeof passed);
        }
        ssize_t len = sendmsg(fd, &message, MSG_NOSIGNAL);
        if (len < 0 && errno == EINTR)
            continue;
        if (len <= 0)
            return errno == EPIPE || errno == ECONNRESET ? ERR_CLOSED : ERR_IO;
        passed = -1;
        content.data += len;
        content.len -= (size_t)len;
    }
    return ERR_NONE;
}

size_t frame_size(struct bytes beginning, size_t limit)
{
    struct reader reader = reader_of(beginning);
    uint32_t len;
    if (!reader_u32(&reader, &len))
        return 0;
    return len > limit ? SIZE_MAX : FRAME_HEAD + len;
}

enum err frame_send_fd(int fd, struct bytes body, int passed)
{
    if (body.len > LIMIT_FRAME)
        return ERR_LIMIT;
    struct buffer frame CLEANUP_BUFFER;
    buffer_init(&frame, FRAME_HEAD + LIMIT_FRAME);
    buffer_put_sized(&frame, body);
    enum err err = buffer_check(&frame);
    return err != ERR_NONE ? err : send_all(fd, buffer_bytes(&frame), passed);
}

enum err frame_send(int fd, struct bytes body)
{
    return frame_send_fd(fd, body, -1);
}

static enum err wait_readable(int fd, int64_t deadline)
{
    for (;;) {
        int64_t left = deadline < 0 ? -1 : deadline - clock_monotonic();
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        int num = poll(&ready, 1, deadline < 0 ? -1 : left < 0 ? 0 : (int)left);
        if (num > 0)
            return ERR_NONE;
        if (num == 0)
            return ERR_TIMEOUT;
        if (errno != EINTR)
            return ERR_IO;
    }
}

static void take_passed(struct msghdr *message, int *passed)
{
    for (struct cmsghdr *h = CMSG_FIRSTHDR(message); h; h = CMSG_NXTHDR(message, h)) {
        if (h->cmsg_level != SOL_SOCKET || h->cmsg_type != SCM_RIGHTS)
            continue;
        int fd;
        memcpy(&fd, CMSG_DATA(h), sizeof fd);
        if (*passed < 0)
            *passed = fd;
        else
            close(fd);
    }
}

/* Reads exactly len bytes. ERR_CLOSED only when the stream ends before the first of them. */
static enum err receive_exactly(int fd, uint8_t *out, size_t len, int64_t deadline, int *passed)
{
    size_t have = 0;
    while (have < len) {
        enum err err = wait_readable(fd, deadline);
        if (err != ERR_NONE)
            return err;
        char control[CMSG_SPACE(sizeof(int))];
        struct iovec part = {out + have, len - have};
        struct msghdr message = {.msg_iov = &part,
                                 .msg_iovlen = 1,
                                 .msg_control = control,
                                 .msg_controllen = sizeof control};
        ssize_t got = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
        if (got < 0 && (errno == EINTR || errno == EAGAIN))
            continue;
        if (got < 0 && errno != ECONNRESET)
            return ERR_IO;
        if (got <= 0)
            return have ? ERR_PEER : ERR_CLOSED;
        take_passed(&message, passed);
        have += (size_t)got;
    }
    return ERR_NONE;
}

static enum err receive_body(int fd, struct buffer *out, size_t len, int64_t deadline, int *passed)
{
    uint8_t chunk[16384];
    while (len) {
        size_t part = len < sizeof chunk ? len : sizeof chunk;
        enum err err = receive_exactly(fd, chunk, part, deadline, passed);
        if (err != ERR_NONE)
            return err == ERR_CLOSED ? ERR_PEER : err;
        buffer_put(out, chunk, part);
        len -= part;
    }
    return buffer_check(out);
}

enum err frame_receive_fd(int fd, struct buffer *out, int timeout, int *passed)
{
    int64_t deadline = timeout < 0 ? -1 : clock_monotonic() + timeout;
    uint8_t head[FRAME_HEAD];
    int got = -1;
    enum err err = receive_exactly(fd, head, sizeof head, deadline, &got);
    if (err == ERR_NONE) {
        size_t size = frame_size(bytes_of(head, sizeof head), LIMIT_FRAME);
        err =
            size == SIZE_MAX ? ERR_PEER : receive_body(fd, out, size - FRAME_HEAD, deadline, &got);
    }
    if (err == ERR_NONE)
        *passed = got;
    else
        fd_close(&got);
    return err;
}

enum err frame_receive(int fd, struct buffer *out, int timeout)
{
    int passed CLEANUP_FD = -1;
    return frame_receive_fd(fd, out, timeout, &passed);
}

static enum err socket_address(const char *path, struct sockaddr_un *out, struct fault *fault)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    fault_name_input(fault, path);
    if (strlen(path) >= sizeof out->sun_path)
        return fault_set(fault, ERR_LIMIT, "socket path", "longer than %zu bytes",
                         sizeof out->sun_path - 1);
    memcpy(out->sun_path, path, strlen(path));
    return ERR_NONE;
}

static enum err socket_fault(struct fault *fault, const char *what)
{
    enum err code = errno == ENOENT || errno == ECONNREFUSED ? ERR_NOT_FOUND : ERR_IO;
    return fault_set(fault, code, what, "%s", strerror(errno));
}

enum err socket_connect(const char *path, int *out, struct fault *fault)
{
    struct sockaddr_un address;
    enum err err = socket_address(path, &address, fault);
    if (err != ERR_NONE)
        return err;
    int fd CLEANUP_FD = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return socket_fault(fault, "connect");
    *out = fd;
    fd = -1;
    return ERR_NONE;
}

enum err socket_listen(const char *path, int *out, struct fault *fault)
{
    struct sockaddr_un address;
    enum err err = socket_address(path, &address, fault);
    if (err != ERR_NONE)
        return err;
    int fd CLEANUP_FD = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return socket_fault(fault, "socket");
    struct stat old;
    if (lstat(path, &old) == 0 && S_ISSOCK(old.st_mode))
        unlink(path);
    if (bind(fd, (const struct sockaddr *)&address, sizeof address) != 0)
        return socket_fault(fault, "bind");
    if (chmod(path, 0660) != 0 || listen(fd, 128) != 0)
        return socket_fault(fault, "listen");
    *out = fd;
    fd = -1;
    return ERR_NONE;
}
