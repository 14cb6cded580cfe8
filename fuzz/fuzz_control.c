/* Frames between our processes, as bytes of a socket, and in them what commit and status say to
 * each other. The first byte chooses who listens. */
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"
#include "status/control.h"
#include "status/status_client.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void hear_responder(int fd)
{
    enum err err = ERR_NONE;
    while (err != ERR_CLOSED && err != ERR_PEER) {
        struct buffer certificate CLEANUP_BUFFER;
        enum kind kind;
        buffer_init(&certificate, LIMIT_CERTIFICATE);
        err = control_receive_responder(fd, 0, &kind, &certificate);
        if (err == ERR_TIMEOUT || (err == ERR_NONE && kind >= NUM_KINDS))
            abort();
    }
}

static void hear_wishes(int fd)
{
    enum err err = ERR_NONE;
    while (err == ERR_NONE) {
        struct buffer body CLEANUP_BUFFER;
        struct status_wish wish;
        buffer_init(&body, LIMIT_FRAME);
        err = frame_receive(fd, &body, 0);
        if (err == ERR_NONE && status_wish_parse(buffer_bytes(&body), &wish) == ERR_NONE &&
            (!wish.spki_len || wish.spki_len > STATUS_SPKI_MAX))
            abort();
    }
    if (err != ERR_CLOSED && err != ERR_PEER)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    int pair[2];
    if (size == 0)
        return 0;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0 ||
        write(pair[0], data + 1, size - 1) != (ssize_t)(size - 1))
        abort();
    fd_close(&pair[0]);
    (data[0] & 1 ? hear_wishes : hear_responder)(pair[1]);
    fd_close(&pair[1]);
    return 0;
}
