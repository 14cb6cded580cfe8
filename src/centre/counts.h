/* What `commit` counts about its acts and tells at every turn, for whoever watches (base/counters).
 */
#pragma once

#include "centre/act.h"

/* counts_call counts a call that has its answer. */
void counts_call(const struct act_call *call);

/* counts_turn tells how journal and waiting acts stand; the latter now and then. */
enum err counts_turn(struct centre *centre, struct fault *fault) MUST_USE;
