/* Steps that need no card: what an officer says is done, and what the centre carries out. The
 * functions of the acts `step`, `execute`, `hold-mistaken` and `reset-join`. */
#pragma once

#include "counter/application.h"

bool step_say(struct act_call *call);
bool step_execute(struct act_call *call);
/* The wrong person was held, or nobody should have been: two officers end it, the note says how it
 * came about. step_may_be_mistaken refuses before the second officer is troubled. page:S45 */
bool step_may_be_mistaken(struct act_call *call);
bool step_hold_mistaken(struct act_call *call);
/* step_join_reset turns the next typing of a PIN into its reset: one document A or B was seen.
 * page:S23 */
bool step_join_reset(struct act_call *call);
