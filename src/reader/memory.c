#include "reader/memory.h"

#include <stdlib.h>

static enum err memory_transmit(void *context, struct bytes apdu, struct buffer *response)
{
    const struct emulated_card *card = context;
    card->transmit(card->context, apdu, response);
    return ERR_NONE;
}

static enum err memory_begin(void *context)
{
    (void)context;
    return ERR_NONE;
}

static void memory_end(void *context)
{
    (void)context;
}

static void memory_close(void *context)
{
    const struct emulated_card *card = context;
    card->power(card->context, CARD_POWER_OFF);
    free(context);
}

static const struct card_channel_functions memory_functions = {
    memory_transmit,
    memory_begin,
    memory_end,
    memory_close,
};

enum err memory_open(const struct emulated_card *card, struct card_channel *out)
{
    struct emulated_card *copy = malloc(sizeof *copy);
    if (!copy)
        return ERR_MEMORY;
    *copy = *card;
    copy->power(copy->context, CARD_POWER_ON);
    *out = (struct card_channel){&memory_functions, copy};
    return ERR_NONE;
}
