/* Acts on the counter's terminals (centre/terminal.h): pairing, calling one to an application, and
 * what it asks by itself. */
#pragma once

#include "centre/act.h"

bool terminal_act_begin(struct act_call *call);
bool terminal_act_pair(struct act_call *call);
bool terminal_act_part(struct act_call *call);
bool terminal_act_list(struct act_call *call);
bool terminal_act_call(struct act_call *call);
bool terminal_act_leave(struct act_call *call);
bool terminal_act_look(struct act_call *call);
