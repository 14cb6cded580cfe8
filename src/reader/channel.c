#include "reader/channel.h"

enum err card_channel_transmit(struct card_channel *channel, struct bytes apdu,
                               struct buffer *response)
{
    if (!channel->functions)
        return ERR_STATE;
    buffer_done(response);
    enum err err = channel->functions->transmit(channel->context, apdu, response);
    if (err == ERR_NONE)
        err = buffer_check(response);
    if (err == ERR_NONE && response->len < 2)
        err = ERR_READER;
    return err;
}

enum err card_channel_begin(struct card_channel *channel)
{
    return channel->functions ? channel->functions->begin(channel->context) : ERR_STATE;
}

void card_channel_end(struct card_channel *channel)
{
    if (channel->functions)
        channel->functions->end(channel->context);
}

void card_channel_close(struct card_channel *channel)
{
    if (channel->functions)
        channel->functions->close(channel->context);
    *channel = (struct card_channel){0};
}
