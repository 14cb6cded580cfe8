/* Events of the register: what a town learns about a resident, applied to the record, once. Which
 * certificates end by it is law's to say and the centre's to do: the answer carries what they need.
 * page:S09 page:S12 */
#pragma once

#include "law/events.h"
#include "registry/item.h"

#define CHANGE_EVENT_NUMBER 41 /* of the sender, with a zero: 1 to 40 visible ASCII characters */
#define CHANGE_EVENT_ITEMS  8

/* One new value, as text that item_set reads. Borrowed. */
struct item_change {
    enum item item;
    const char *value;
};

struct change_event {
    char number[CHANGE_EVENT_NUMBER];
    int64_t resident;
    enum event event;
    struct date recorded;  /* the day the record changes */
    struct date effective; /* the day the event itself names: departure, planned move, death */
    bool is_recorded_assumed, is_effective_assumed; /* the sender did not say: not compared */
    size_t num_changes;
    struct item_change changes[CHANGE_EVENT_ITEMS];
};

struct change_answer {
    bool was_known; /* this event was applied before; nothing was done now, before = after */
    struct resident before, after;
    bool four_changed; /* name, birth date, sex or address differ. page:S09 */
};

/* change_event_knows tells whether an event of law is one of the register (the others are about
 * cards, keys and PINs, and come to the centre directly). */
bool change_event_knows(enum event event);

/* change_event_apply applies an event in the caller's open transaction. An event whose number was
 * seen is answered with was_known, and refused with ERR_EXISTS if it says something else than then.
 * ERR_UNSUPPORTED: not an event of the register. ERR_NOT_FOUND: no such resident. ERR_MALFORMED: an
 * item that this event does not change or lacks, a bad value, a record that contradicts itself
 * (resident_check), a name or address no certificate could carry. ERR_STATE: they have died (rule
 * "residence"), or something that was recorded later has changed the same item already (rule
 * "order"). After an error the caller rolls back to its savepoint. */
enum err change_event_apply(struct store *store, const struct change_event *event,
                            const struct municipalities *municipalities,
                            const struct substitutes *substitutes, struct change_answer *out,
                            struct fault *fault) MUST_USE;
