/* The way to a card, whatever is in between: commands go in, responses come back. Which card it is,
 * and what the bytes mean, is not known here. */
#pragma once

#include "base/bytes.h"

struct card_channel_functions {
    enum err (*transmit)(void *context, struct bytes apdu, struct buffer *response);
    enum err (*begin)(void *context);
    void (*end)(void *context);
    void (*close)(void *context);
};

/* Opened by pcsc_open or memory_open; a zero channel is closed. */
struct card_channel {
    const struct card_channel_functions *functions;
    void *context;
};

/* card_channel_transmit replaces *response (cap at least LIMIT_APDU) by data and status word, two
 * bytes or more. ERR_READER when there is no answer. */
enum err card_channel_transmit(struct card_channel *channel, struct bytes apdu,
                               struct buffer *response) MUST_USE;

/* Between begin and end no other program reaches the card. They do not nest. */
enum err card_channel_begin(struct card_channel *channel) MUST_USE;
void card_channel_end(struct card_channel *channel);

void card_channel_close(struct card_channel *channel); /* also of a closed one */
#define CLEANUP_CARD_CHANNEL CLEANUP(card_channel_close)
