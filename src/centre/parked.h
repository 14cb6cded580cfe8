/* Acts that need two persons: the first asks, the act is parked under a number, and another person
 * with one of its roles lets it run. */
#pragma once

#include "centre/act.h"
#include "law/retention.h"

/* parked_store keeps the call for the second person and answers its number. */
bool parked_store(struct act_call *call) MUST_USE;

/* The function of the act `approve`: turns the call into the parked one, with the first person as
 * actor and the caller as second, and runs it. The database keeps what was asked under a number. */
bool parked_approve(struct act_call *call);

/* parked_erase: where an entry of that kind says that an act was parked, what was asked goes when
 * the entry's data go; call it before. It is not approved any more. */
enum err parked_erase(struct store *store, int64_t entry, const char *kind, struct date day,
                      const struct retention *rule, struct fault *fault) MUST_USE;

#define PARKED_PAGE  50
#define PARKED_SHOWN 4096 /* bytes of one field in words */

/* The function of the act `parked-list`: what waits and the asker's roles include, in words. */
bool parked_list(struct act_call *call);
