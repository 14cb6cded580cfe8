/* One connection to the acts socket. */
#include "centre/act_client.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/frame.h"
#include "base/limits.h"

void client_open(struct client *client, int fd, const struct act_peer *peer)
{
    *client = (struct client){.fd = fd, .peer = *peer, .since = clock_monotonic()};
    buffer_init(&client->in, FRAME_HEAD + LIMIT_FRAME);
    buffer_init(&client->out, FRAME_HEAD + LIMIT_FRAME);
}

void client_close(struct client *client)
{
    fd_close(&client->fd);
    client->fd = -1;
    buffer_done(&client->in);
    buffer_done(&client->out);
    client->written = 0;
    client->is_busy = false;
}

static size_t size_under_way(const struct client *client)
{
    return frame_size(buffer_bytes(&client->in), LIMIT_FRAME);
}

bool client_has_request(const struct client *client)
{
    return client->fd >= 0 && !client->is_busy && client->out.len == 0 && client->in.len > 0 &&
           client->in.len == size_under_way(client);
}

bool client_has_asked(const struct client *client)
{
    return client->is_busy || client_has_request(client);
}

void client_read(struct client *client)
{
    uint8_t bytes[16384];
    while (!client_has_request(client)) {
        size_t size = size_under_way(client);
        if (size == SIZE_MAX) {
            client_close(client);
            return;
        }
        size_t wanted = (size ? size : FRAME_HEAD) - client->in.len;
        ssize_t got = read(client->fd, bytes, wanted < sizeof bytes ? wanted : sizeof bytes);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            client_close(client);
            return;
        }
        if (client->in.len == 0)
            client->since = clock_monotonic();
        buffer_put(&client->in, bytes, (size_t)got);
    }
}

void client_write(struct client *client)
{
    ssize_t put = send(client->fd, client->out.data + client->written,
                       client->out.len - client->written, MSG_NOSIGNAL);
    if (put < 0 && (errno == EAGAIN || errno == EINTR))
        return;
    if (put < 0) {
        client_close(client);
        return;
    }
    client->written += (size_t)put;
    if (client->written == client->out.len) {
        buffer_done(&client->out);
        client->written = 0;
    }
}

struct bytes client_take(struct client *client)
{
    client->is_busy = true;
    return bytes_of(client->in.data + FRAME_HEAD, client->in.len - FRAME_HEAD);
}

void client_answer(struct client *client, const struct buffer *message)
{
    client->is_busy = false;
    buffer_done(&client->in);
    if (buffer_check(message) != ERR_NONE) {
        client_close(client);
        return;
    }
    buffer_put_sized(&client->out, buffer_bytes(message));
    client->since = clock_monotonic();
    client_write(client);
}
