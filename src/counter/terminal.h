/* What happens with the card in the reader: the functions of the acts `nonce`, `card-present`,
 * `permit`, `pin`, `issue`,
 * `certificate` and `receipt`. The terminal is not believed; the card's statement is. */
#pragma once

#include "counter/application.h"

bool terminal_nonce(struct act_call *call);
bool terminal_card_present(struct act_call *call);
bool terminal_permit(struct act_call *call);
bool terminal_permit_finish(struct act_call *call);
bool terminal_pin(struct act_call *call);
bool terminal_issue(struct act_call *call);
bool terminal_certificate(struct act_call *call);
bool terminal_receipt(struct act_call *call);
