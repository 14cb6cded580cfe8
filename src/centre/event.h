/* Events of the register: what they change in a record, and what follows for the certificates. One
 * whose day is still to come waits for it, and can be withdrawn until then. */
#pragma once

#include "centre/act.h"
#include "registry/change_event.h"

/* How the references of the centre's own events begin; nobody else's do. */
#define EVENT_OWN "left-"

bool event_run(struct act_call *call); /* `event` */
bool event_finish(struct act_call *call);
bool event_withdraw(struct act_call *call); /* `event-withdraw` */
bool event_list(struct act_call *call);     /* `event-list` */

/* event_apply writes an event into the record; what the register refuses is refused. */
bool event_apply(struct act_call *call, const struct change_event *event,
                 struct change_answer *out) MUST_USE;
/* event_keep_effects keeps what outcome_apply told in the answer; event_tell_effects answers what
 * was kept. */
bool event_keep_effects(struct act_call *call, const char *number) MUST_USE;
bool event_tell_effects(struct act_call *call, const char *number) MUST_USE;
/* event_put_effects appends what an event did to *list: {"what", "serial", "effect", "statements",
 * "code", "since"}. */
enum err event_put_effects(struct centre *centre, const char *number, json_t *list,
                           struct fault *fault) MUST_USE;

/* Waits: its day is still to come. */
enum ahead_state { AHEAD_WAITS, AHEAD_DONE, AHEAD_WITHDRAWN, AHEAD_REFUSED };

struct event_ahead {
    char number[41], event[64], code[64];
    int64_t resident, effective; /* a day, since 1970-01-01 */
    enum ahead_state state;
    uint8_t digest[32];
    struct buffer fields; /* of the act, JSON; empty once it is decided */
};

/* event_ahead_add keeps the event of an act, checked, for its day. event_ahead_known looks whether
 * the act's reference is that of one that waits or waited: *is_known; one that says something else
 * is refused. */
bool event_ahead_add(struct act_call *call) MUST_USE;
bool event_ahead_known(struct act_call *call, bool *is_known) MUST_USE;
/* event_ahead_read: the one that EVENT_AHEAD_FIND or EVENT_AHEAD_DUE finds; ERR_NOT_FOUND.
 * out->fields is initialised by the caller. */
enum err event_ahead_read(struct centre *centre, enum statement statement, struct value value,
                          struct event_ahead *out, struct fault *fault) MUST_USE;
enum err event_ahead_decide(struct centre *centre, const char *number, enum ahead_state state,
                            const char *code, int64_t now, struct fault *fault) MUST_USE;
void event_ahead_put_all(struct act_call *call, json_t *list);
