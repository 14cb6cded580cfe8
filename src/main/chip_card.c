#include "main/chip_card.h"

static void power(void *context, enum card_power power)
{
    static void (*const functions[])(struct chip *) = {
        [CARD_POWER_OFF] = chip_power_off,
        [CARD_POWER_ON] = chip_power_on,
        [CARD_RESET] = chip_reset,
    };
    functions[power](context);
}

static struct bytes atr(void *context)
{
    return chip_atr(context);
}

static void transmit(void *context, struct bytes apdu, struct buffer *response)
{
    chip_transmit(context, apdu, response);
}

struct emulated_card chip_card(struct chip *chip)
{
    return (struct emulated_card){power, atr, transmit, chip};
}
