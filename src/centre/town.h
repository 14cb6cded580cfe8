/* The acts on the town's register: import, a resident's event with what follows for the
 * certificates, finding a resident. */
#pragma once

#include "centre/act.h"

bool town_find(struct act_call *call);   /* `resident-find` */
bool town_import(struct act_call *call); /* `import` */
bool town_event(struct act_call *call);  /* `event` */
