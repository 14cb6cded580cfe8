/* How the centre stands, for whoever must act on it: one finding for each thing that can be wrong,
 * with what to do. */
#pragma once

#include "centre/act.h"

enum health { HEALTH_OK, HEALTH_WARN, HEALTH_WRONG };

/* health_tell answers "health": [{"what", "level": "ok" | "warn" | "wrong", "en", "ja"}]. */
bool health_tell(struct act_call *call) MUST_USE;
