#include "reader/emulate.h"

#include "base/frame.h"
#include "base/limits.h"

enum err emulate_insert(const char *socket_path, int *fd, struct fault *fault)
{
    return socket_connect(socket_path, fd, fault);
}

/* Fills the answer to one order. */
static enum err obey(const struct emulated_card *card, uint8_t order, struct bytes apdu,
                     struct buffer *answer)
{
    static const enum card_power powers[] = {
        [ORDER_POWER_OFF] = CARD_POWER_OFF,
        [ORDER_POWER_ON] = CARD_POWER_ON,
        [ORDER_RESET] = CARD_RESET,
    };
    if (order > ORDER_TRANSMIT || (order != ORDER_TRANSMIT && apdu.len) || apdu.len > LIMIT_APDU)
        return ERR_PEER;
    if (order == ORDER_TRANSMIT) {
        card->transmit(card->context, apdu, answer);
        return buffer_check(answer);
    }
    card->power(card->context, powers[order]);
    if (order != ORDER_POWER_OFF)
        buffer_put_bytes(answer, card->atr(card->context));
    return buffer_check(answer);
}

static enum err serve_one(int fd, const struct emulated_card *card)
{
    struct buffer frame CLEANUP_BUFFER;
    struct buffer answer CLEANUP_BUFFER;
    buffer_init(&frame, LIMIT_FRAME);
    buffer_init(&answer, LIMIT_APDU);
    enum err err = frame_receive(fd, &frame, -1);
    if (err != ERR_NONE)
        return err;
    struct reader reader = reader_of(buffer_bytes(&frame));
    struct bytes apdu;
    uint8_t order;
    if (!reader_u8(&reader, &order) || !reader_take(&reader, reader.left, &apdu))
        return ERR_PEER;
    err = obey(card, order, apdu, &answer);
    return err != ERR_NONE ? err : frame_send(fd, buffer_bytes(&answer));
}

enum err emulate_serve(int fd, const struct emulated_card *card)
{
    enum err err = ERR_NONE;
    while (err == ERR_NONE)
        err = serve_one(fd, card);
    card->power(card->context, CARD_POWER_OFF);
    return err == ERR_CLOSED ? ERR_NONE : err;
}
