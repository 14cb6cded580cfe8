/* Opening an application, finding it again, closing it: the functions of the acts application-open,
 * -show, -list and -close, and of exception-open. */
#pragma once

#include "counter/application.h"

bool open_run(struct act_call *call);
bool open_show(struct act_call *call);
bool open_list(struct act_call *call);
bool open_close(struct act_call *call);

/* An application against S15's "in principle": what the note says is its basis. open_may_except
 * refuses before a second officer is troubled with it. */
bool open_may_except(struct act_call *call);
bool open_exception(struct act_call *call);

/* open_find_resident refuses a number that is nobody's; open_check_held one of whom nothing is held
 * and no card stopped. */
bool open_find_resident(struct act_call *call, struct resident *out) MUST_USE;
bool open_check_held(struct act_call *call, const struct resident *resident) MUST_USE;
