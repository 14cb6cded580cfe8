/* Acts that need two persons: the first asks, the act is parked under a number, and another person
 * with one of its roles lets it run. */
#pragma once

#include "centre/act.h"

/* parked_store keeps the call for the second person and answers its number. */
bool parked_store(struct act_call *call) MUST_USE;

/* The functions of the acts `approve` and `parked-list`. parked_approve turns the call into the
 * parked one, with the first person as actor and the caller as second, and runs it. */
bool parked_approve(struct act_call *call);
bool parked_list(struct act_call *call);
