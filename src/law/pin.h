/* The form of a PIN, and how often staff may try one from an envelope. Neither keeps nor copies it.
 */
#pragma once

#include "base/kind.h"
#include "law/policy.h"

/* pin_check: has a new PIN the form that its kind asks for? Lower case counts as a letter: the card
 * is given upper case (client/card_command). */
struct ruling pin_check(const struct law_policy *policy, enum kind kind, struct bytes pin);
/* pin_check_old: can this be the PIN of a card? Asked before a try is spent. The mixture of letters
 * and digits is asked of a new PIN only: the one in the card may be older. */
struct ruling pin_check_old(enum kind kind, struct bytes pin);

/* pin_staff_attempts: how often staff may try the PIN that a proxy brought, if the card has so many
 * tries left: at most two, and never the last one. */
int pin_staff_attempts(int tries_left);
/* pin_staff_may_try: may staff try it once more, after `num_tried` in this application? */
struct ruling pin_staff_may_try(int tries_left_at_start, int num_tried);
