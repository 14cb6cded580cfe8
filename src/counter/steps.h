/* Steps that need no card: what an officer says is done, and what the centre carries out. The
 * functions of the acts `step`, `execute` and `reset-join`. */
#pragma once

#include "counter/application.h"

bool step_say(struct act_call *call);
bool step_execute(struct act_call *call);
/* step_join_reset turns the next typing of a PIN into its reset: one document A or B was seen.
 * page:S23 */
bool step_join_reset(struct act_call *call);
