/* From what somebody wants to an application, and on through its steps: the guide's questions with
 * a resident in hand. */
#pragma once

#include "web/desk.h"

void intake_get(struct desk *desk);
void intake_get_application(struct desk *desk);
