/* A card that is a program: what the chip's owner gives to a reader, in memory or behind the
 * driver's socket. This room does not know the chip. */
#pragma once

#include "base/bytes.h"

enum card_power { CARD_POWER_OFF, CARD_POWER_ON, CARD_RESET };

struct emulated_card {
    void (*power)(void *context, enum card_power power);
    struct bytes (*atr)(void *context); /* borrowed */
    void (*transmit)(void *context, struct bytes apdu, struct buffer *response);
    void *context;
};

/* The driver's frames begin with one of these; docs/PROTOCOL.emulated-reader. */
enum emulated_order {
    ORDER_POWER_OFF = 0, /* answered by an empty frame */
    ORDER_POWER_ON = 1,  /* by the ATR */
    ORDER_RESET = 2,     /* by the ATR */
    ORDER_TRANSMIT = 3,  /* then the APDU; by data and status word */
};
