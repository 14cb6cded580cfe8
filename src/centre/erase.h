/* Erasing the journal's personal data whose term has ended: an act of two persons, worked off by
 * `commit` in parts between other acts. Each part and the journal entry that names what it erased
 * are one transaction. docs/PROTOCOL.journal 6 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/err.h"

struct act_call;
struct centre;

/* The functions of the act `journal-erase`. */
bool erase_may(struct act_call *call);
bool erase_begin(struct act_call *call);
bool erase_begin_finish(struct act_call *call);

/* erase_running gives the number of the erasure that runs and how many entries it has erased; 0:
 * none runs. */
enum err erase_running(struct centre *centre, int64_t *number, int64_t *num,
                       struct fault *fault) MUST_USE;

/* erase_turn works off one part, in a transaction of its own; *has_more when it is to be called
 * again at once. */
enum err erase_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
