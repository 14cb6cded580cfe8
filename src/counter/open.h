/* Opening an application, finding it again, closing it: the functions of the acts application-open,
 * -show, -list and -close. */
#pragma once

#include "counter/application.h"

bool open_run(struct act_call *call);
bool open_show(struct act_call *call);
bool open_list(struct act_call *call);
bool open_close(struct act_call *call);
