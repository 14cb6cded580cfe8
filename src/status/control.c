/* Both ends of the control socket. A wish is the key, sized; an answer is the kind in one byte and
 * the certificate, sized. */
#include "status/control.h"

#include <string.h>

#include "base/frame.h"
#include "base/limits.h"
#include "status/status_client.h"

enum err control_send_wish(int fd, struct bytes spki)
{
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, 2 * STATUS_SPKI_MAX);
    buffer_put_sized(&body, spki);
    enum err err = buffer_check(&body);
    return err == ERR_NONE ? frame_send(fd, buffer_bytes(&body)) : err;
}

enum err status_wish_parse(struct bytes body, struct status_wish *out)
{
    struct reader reader = reader_of(body);
    struct bytes spki;
    if (!reader_sized(&reader, &spki) || !reader_is_done(&reader) || spki.len == 0 ||
        spki.len > sizeof out->spki)
        return ERR_PEER;
    memcpy(out->spki, spki.data, spki.len);
    out->spki_len = spki.len;
    return ERR_NONE;
}

enum err status_client_send_responder(int fd, enum kind kind, struct bytes certificate)
{
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, 2 * LIMIT_CERTIFICATE);
    buffer_put_u8(&body, (uint8_t)kind);
    buffer_put_sized(&body, certificate);
    enum err err = buffer_check(&body);
    return err == ERR_NONE ? frame_send(fd, buffer_bytes(&body)) : err;
}

enum err control_receive_responder(int fd, int timeout, enum kind *kind, struct buffer *certificate)
{
    struct buffer body CLEANUP_BUFFER;
    buffer_init(&body, LIMIT_FRAME);
    enum err err = frame_receive(fd, &body, timeout);
    if (err != ERR_NONE)
        return err;
    struct reader reader = reader_of(buffer_bytes(&body));
    struct bytes der;
    uint8_t number;
    if (!reader_u8(&reader, &number) || number >= NUM_KINDS || !reader_sized(&reader, &der) ||
        !reader_is_done(&reader))
        return ERR_PEER;
    buffer_put_bytes(certificate, der);
    *kind = (enum kind)number;
    return buffer_check(certificate);
}
