/* A card in this very process: for tests, and for whoever needs no reader. */
#pragma once

#include "reader/channel.h"
#include "reader/emulated_card.h"

/* memory_open powers the card on; closing the channel powers it off. The card must outlive it. */
enum err memory_open(const struct emulated_card *card, struct card_channel *out) MUST_USE;
