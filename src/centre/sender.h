/* Who sends events of the register through the town's pages: a program of the town, with a token of
 * its own, of which the SHA-256 is kept. It may send events and withdraw them, and nothing else. */
#pragma once

#include "centre/act.h"

#define SENDER_TOKEN 32 /* bytes */

/* sender_name finds out whose token the request has, and makes them the actor; refused: nobody's.
 */
bool sender_name(struct act_call *call, enum err *err);

bool sender_add(struct act_call *call); /* `sender-add`: two persons; the answer has the token */
bool sender_may_add(struct act_call *call);
bool sender_end(struct act_call *call);  /* `sender-end` */
bool sender_list(struct act_call *call); /* `sender-list` */
