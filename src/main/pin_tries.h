/* What a card tells before a PIN is asked for, and when it was wrong: is there what the PIN is for,
 * and how many tries are left? With one left a typing error would lock it, and only a counter can
 * reset it. page:S49 */
#pragma once

#include "client/card.h"

/* What a subcommand wants to do with a PIN. */
struct pin_use {
    enum kind kind;
    bool may_use_last;      /* --last-try */
    bool needs_certificate; /* without one of that kind it is refused */
};

/* All return EXIT_DONE; or, after saying so, EXIT_REFUSED, and EXIT_UNDECIDED when the card cannot
 * be asked. */

/* pin_tries_look looks at the card in a session of its own: a card is not held while a person
 * types. It spends no try. */
int pin_tries_look(struct card_channel *channel, const struct pin_use *use,
                   uint8_t *tries) MUST_USE;
/* pin_tries_verify looks at the tries again, as the card may be another one by now, and presents
 * the PIN. */
int pin_tries_verify(struct card_session *session, const struct pin_use *use,
                     const struct secret *pin) MUST_USE;
