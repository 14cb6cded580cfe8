/* What the shell says of a PIN at a card (client/card_pin), and its exit status. page:S49 */
#pragma once

#include "client/card_pin.h"

/* All return EXIT_DONE; or, after saying so, EXIT_REFUSED, and EXIT_UNDECIDED when the card cannot
 * be asked. */
int pin_tries_say(const struct pin_result *result, const struct pin_use *use) MUST_USE;

/* pin_tries_look is card_pin_look, and what it answers is said. */
int pin_tries_look(struct card_channel *channel, const struct pin_use *use,
                   uint8_t *tries) MUST_USE;
/* pin_tries_verify is card_pin_verify, and what it answers is said. */
int pin_tries_verify(struct card_session *session, const struct pin_use *use,
                     const struct secret *pin) MUST_USE;
