/* A certificate that the database lost and the card still has: brought back by the card itself.
 * docs/PROTOCOL.acts 6, `certificate-reenter`. */
#pragma once

#include "centre/act.h"
#include "centre/card.h"

/* reenter_tell answers "lost", the kinds whose certificate in the card is none of this database's;
 * nothing where there is none. */
bool reenter_tell(struct act_call *call, const struct card_statement *statement) MUST_USE;

/* The function of the act `certificate-reenter`. */
bool reenter_run(struct act_call *call);
