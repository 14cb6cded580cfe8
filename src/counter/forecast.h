/* What falls due in the coming year against what the counters can take: numbers, and nothing of
 * anybody. */
#pragma once

#include "centre/act.h"

/* The function of the act. */
bool forecast_run(struct act_call *call);

/* forecast_turn counts the certificates by their last day, at the start and after 00:30 of each
 * day, a part at a time; *has_more: another part waits. */
enum err forecast_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
