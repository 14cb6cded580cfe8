/* What happens with the card in the reader: the functions of the acts `nonce`, `card-present`,
 * `permit`, `pin`, `issue`, `certificate` and `receipt`. The terminal is not believed; the card's
 * statement is. */
#pragma once

#include "counter/application.h"

/* desk_check_card refuses a card that is not, or no longer, the holder's good one. */
bool desk_check_card(struct act_call *call, const struct application *application,
                     const struct resident *resident, const char *card) MUST_USE;

bool desk_nonce(struct act_call *call);
bool desk_card_present(struct act_call *call);
bool desk_permit(struct act_call *call);
bool desk_permit_finish(struct act_call *call);
bool desk_pin(struct act_call *call);
bool desk_issue(struct act_call *call);
bool desk_certificate(struct act_call *call);
bool desk_receipt(struct act_call *call);
