/* What happens with the card in the reader: the functions of the acts `nonce`, `card-present`,
 * `permit`, `pin`, `issue`,
 * `certificate` and `receipt`. The terminal is not believed; the card's statement is. */
#pragma once

#include "counter/application.h"

bool desk_nonce(struct act_call *call);
bool desk_card_present(struct act_call *call);
bool desk_permit(struct act_call *call);
bool desk_permit_finish(struct act_call *call);
bool desk_pin(struct act_call *call);
bool desk_issue(struct act_call *call);
bool desk_certificate(struct act_call *call);
bool desk_receipt(struct act_call *call);
