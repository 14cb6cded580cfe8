/* From what somebody wants to an application, and on through its steps: the guide's questions with
 * a resident in hand, and forms that become acts. */
#pragma once

#include "web/desk.h"

void intake_get(struct desk *desk);
void intake_get_application(struct desk *desk);
/* intake_post turns the form that was posted to this path into its act. */
void intake_post(struct desk *desk);
