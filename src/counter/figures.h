/* What the counters did, as numbers about nobody: applications by procedure, how long they waited
 * and took, what was refused and why. */
#pragma once

#include "centre/act.h"

bool figures_run(struct act_call *call); /* `figures` */
