/* The chip as a card that a reader takes: neither room knows the other. */
#pragma once

#include "chip/chip.h"
#include "reader/emulated_card.h"

struct emulated_card chip_card(struct chip *chip); /* borrowed as long as the card is used */
