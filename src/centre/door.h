/* Refusals at the door: of people that the staff does not know, of acts that are not theirs, and of
 * the public.
 * They leave a journal entry too, but a flood of them does not fill the journal: the first of an
 * actor, act and reason is written at once, the others of that minute as one number. */
#pragma once

#include "base/limits.h"
#include "centre/staff.h"

struct act_call;
struct centre;

#define DOOR_UNKNOWN "unknown" /* the actor of an entry about nobody of the staff */
#define DOOR_SEVERAL "several" /* acts, or actors, when there were too many to tell apart */

struct door_row {
    char actor[STAFF_NAME];
    const char *act; /* of the tables */
    const char *code;
    int64_t uid;       /* of the first */
    int64_t num_later; /* that stand in no entry yet */
};

/* Zeroed: ready. Part of the centre. */
struct door {
    int64_t since; /* monotonic milliseconds of the first row */
    size_t num;
    struct door_row rows[LIMIT_DOOR_ROWS];
};

/* door_count counts a call that was refused at the door; true when it needs an entry of its own. */
bool door_count(struct act_call *call, int64_t uid);
/* door_journal writes that entry, inside the caller's transaction. */
enum err door_journal(struct act_call *call) MUST_USE;
/* door_flush writes what was only counted, in a transaction of its own, when its minute is over or
 * is_end. */
enum err door_flush(struct centre *centre, bool is_end, struct fault *fault) MUST_USE;
