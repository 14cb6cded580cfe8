/* Followers: nodes that follow the database and answer OCSP (centre/feed). The writer's side: who
 * is one, by which key, and the responder certificates that are made for it. */
#pragma once

#include "centre/act.h"

/* The acts of two persons; and what refuses them before the second one is asked. */
bool follower_add(struct act_call *call);
bool follower_may_add(struct act_call *call);
bool follower_remove(struct act_call *call);
bool follower_may_remove(struct act_call *call);

/* follower_turn makes what is missing or at half of its life, for each authority that has not
 * ended; looks at most every few seconds. */
enum err follower_turn(struct centre *centre, struct fault *fault) MUST_USE;

/* follower_each calls `tell` for each that is registered, with the end of the certificate that ends
 * first; 0: one is missing. Stops at an error. */
typedef void follower_tell(void *context, const char *name, int64_t end);
enum err follower_each(struct centre *centre, follower_tell *tell, void *context,
                       struct fault *fault) MUST_USE;
