/* Cards by which staff log in: the system's own login (docs/PROTOCOL.login), with this centre as
 * the site. It issued the certificates itself, so that their state stands in its own database. A
 * card is registered by whoever has logged in with a code; what was lost or given up never logs in
 * again.
 */
#pragma once

#include "centre/act.h"

/* Acts. */
bool staff_card_act_challenge(struct act_call *call);
bool staff_card_act_login(struct act_call *call);
bool staff_card_act_add(struct act_call *call);
bool staff_card_act_end(struct act_call *call);
bool staff_card_act_list(struct act_call *call);
