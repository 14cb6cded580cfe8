/* Reading wishes without waiting, and answering them at their pace. */
#include "centre/wish.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "base/limits.h"
#include "centre/setup.h"
#include "crypto/key.h"

void wish_desk_connect(struct wish_desk *desk, int fd)
{
    desk->len = 0;
    int flags = fcntl(fd, F_GETFL);
    if (flags >= 0)
        flags = fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    if (flags < 0)
        shutdown(fd, SHUT_RDWR); /* then it shows as closed */
}

int64_t wish_desk_rest(const struct wish_desk *desk)
{
    return desk->paid_until - (int64_t)(LIMIT_WISHES_AT_ONCE - 1) * LIMIT_WISH_INTERVAL;
}

static void wish_desk_pay(struct wish_desk *desk)
{
    int64_t now = clock_monotonic();
    desk->paid_until = (desk->paid_until > now ? desk->paid_until : now) + LIMIT_WISH_INTERVAL;
}

enum err wish_desk_read(struct wish_desk *desk, int fd, bool *is_whole, struct status_wish *out)
{
    *is_whole = false;
    for (;;) {
        size_t size = frame_size(bytes_of(desk->frame, desk->len), sizeof desk->frame - FRAME_HEAD);
        if (size == SIZE_MAX)
            return ERR_PEER;
        if (size && desk->len == size)
            break;
        size_t left = (size ? size : FRAME_HEAD) - desk->len;
        ssize_t got = recv(fd, desk->frame + desk->len, left, MSG_DONTWAIT);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return ERR_NONE;
        if (got <= 0)
            return desk->len ? ERR_PEER : ERR_CLOSED;
        desk->len += (size_t)got;
    }
    struct bytes body = bytes_of(desk->frame + FRAME_HEAD, desk->len - FRAME_HEAD);
    enum err err = status_wish_parse(body, out);
    desk->len = 0;
    *is_whole = err == ERR_NONE;
    return err;
}

/* The signer refuses other keys too; but what is stored for it waits for ever if it cannot be read.
 */
static enum err check_key(struct bytes spki, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    if (public_key_parse(spki, &key) == ERR_NONE && public_key_type(key) == KEY_P256)
        return ERR_NONE;
    return fault_set(fault, ERR_PEER, "wish", "the key is not one of P-256");
}

/* None of an authority that is over: the others' answers go on. */
static enum err certificate_send(struct centre *centre, enum kind kind, unsigned i,
                                 struct bytes spki, int fd, struct fault *fault)
{
    const struct authority *authority = &centre->authorities[kind].generations[i];
    struct buffer certificate CLEANUP_BUFFER;
    buffer_init(&certificate, LIMIT_CERTIFICATE);
    if (!authority_is_current(authority))
        return ERR_NONE;
    enum err err = setup_responder(centre, kind, authority, spki, &certificate, fault);
    if (err != ERR_NONE)
        return err;
    return status_client_send_responder(fd, kind, buffer_bytes(&certificate)) == ERR_NONE
               ? ERR_NONE
               : fault_set(fault, ERR_PEER, "wish", "the answer is not read");
}

enum err wish_desk_answer(struct wish_desk *desk, struct centre *centre, int fd,
                          struct fault *fault)
{
    struct status_wish wish;
    bool is_whole;
    enum err err = wish_desk_read(desk, fd, &is_whole, &wish);
    if (err == ERR_CLOSED)
        return err;
    if (err != ERR_NONE)
        return fault_set(fault, err, "wish", "what came is none");
    if (!is_whole)
        return ERR_NONE;
    struct bytes spki = bytes_of(wish.spki, wish.spki_len);
    err = check_key(spki, fault);
    if (err == ERR_NONE)
        wish_desk_pay(desk);
    for (int kind = 0; err == ERR_NONE && kind < NUM_KINDS; kind++)
        for (unsigned i = 0; err == ERR_NONE && i < centre->authorities[kind].num; i++)
            err = certificate_send(centre, (enum kind)kind, i, spki, fd, fault);
    return err;
}
