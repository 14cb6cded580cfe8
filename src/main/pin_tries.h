/* How many tries a PIN has left: looked at before it is asked for, told when it was wrong. With one
 * try left a typing error would lock it, and only a counter can reset it. page:S49 */
#pragma once

#include "client/card.h"

/* pin_tries_check spends no try. EXIT_DONE; or, after saying so, EXIT_REFUSED when there is
 * none left, or one and not may_use_last; EXIT_UNDECIDED when the card cannot be asked. */
int pin_tries_check(struct card_session *session, enum kind kind, bool may_use_last,
                    uint8_t *tries);
/* pin_tries_verify presents the PIN; says on stderr why not. */
int pin_tries_verify(struct card_session *session, enum kind kind, const struct secret *pin);
