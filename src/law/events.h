/* What an event does to the two certificates and to the card: one table, one row an event, each
 * with its statement. The rows that the page does not decide can be changed by policy; the others
 * cannot.
 *
 * For every row: a certificate that is none, revoked or expired stays as it is; a held one is
 * revoked, as of the hold's time, where the row says revoked, and stays held where it says
 * unchanged. Nothing here revives what is revoked. */
#pragma once

#include <stdbool.h>

#include "base/bytes.h"
#include "base/kind.h"
#include "law/decision.h"
#include "law/outcome.h"

struct law_policy;

/* event, name */
#define EVENT_LIST(X)                                                                              \
    X(EVENT_MOVED_WITHIN, "moved-within")                                                          \
    X(EVENT_MOVE_OUT_FILED, "move-out-filed")                                                      \
    X(EVENT_MOVE_OUT_WITHDRAWN, "move-out-withdrawn")                                              \
    X(EVENT_MOVED_OUT, "moved-out")                                                                \
    X(EVENT_MOVED_IN_CONTINUED, "moved-in-continued")                                              \
    X(EVENT_CONTINUATION_MISSED, "continuation-missed")                                            \
    X(EVENT_RENAMED, "renamed")                                                                    \
    X(EVENT_SEX_CORRECTED, "sex-corrected")                                                        \
    X(EVENT_BIRTH_DATE_CORRECTED, "birth-date-corrected")                                          \
    X(EVENT_OTHER_ITEM_CHANGED, "other-item-changed")                                              \
    X(EVENT_ADDRESS_RENAMED, "address-renamed")                                                    \
    X(EVENT_DIED, "died")                                                                          \
    X(EVENT_LEFT_ABROAD, "left-abroad")                                                            \
    X(EVENT_LEFT_ABROAD_CONTINUED, "left-abroad-continued")                                        \
    X(EVENT_RETURNED_FROM_ABROAD, "returned-from-abroad")                                          \
    X(EVENT_DEREGISTERED, "deregistered")                                                          \
    X(EVENT_RECORD_ERROR, "record-error")                                                          \
    X(EVENT_BECAME_WARD, "became-ward")                                                            \
    X(EVENT_WARD_LIFTED, "ward-lifted")                                                            \
    X(EVENT_CARD_EXPIRED, "card-expired")                                                          \
    X(EVENT_STAY_EXTENDED, "stay-extended")                                                        \
    X(EVENT_STAY_SPECIAL_PERIOD, "stay-special-period")                                            \
    X(EVENT_STAY_ENDED, "stay-ended")                                                              \
    X(EVENT_LOST_PHONED, "lost-phoned")                                                            \
    X(EVENT_LOST_REPORTED, "lost-reported")                                                        \
    X(EVENT_CARD_STOLEN, "card-stolen")                                                            \
    X(EVENT_CARD_ABOLISHED, "card-abolished")                                                      \
    X(EVENT_FOUND, "found")                                                                        \
    X(EVENT_HOLD_MISTAKEN, "hold-mistaken")                                                        \
    X(EVENT_CARD_RETURNED, "card-returned")                                                        \
    X(EVENT_CARD_DAMAGED, "card-damaged")                                                          \
    X(EVENT_CARD_REISSUED, "card-reissued")                                                        \
    X(EVENT_NEVER_DELIVERED, "never-delivered")                                                    \
    X(EVENT_HOLDER_ASKS, "holder-asks")                                                            \
    X(EVENT_KEY_COMPROMISED, "key-compromised")                                                    \
    X(EVENT_PIN_CHANGED, "pin-changed")                                                            \
    X(EVENT_PIN_RESET, "pin-reset")                                                                \
    X(EVENT_AUTHORITY_COMPROMISED, "authority-compromised")                                        \
    X(EVENT_RENEWED, "renewed")                                                                    \
    X(EVENT_CHIP_SUSPECTED, "chip-suspected")                                                      \
    X(EVENT_CHIP_CLEARED, "chip-cleared")                                                          \
    X(EVENT_CHIP_FLAWED, "chip-flawed")

enum event {
#define X(event, name) event,
    EVENT_LIST(X)
#undef X
        NUM_EVENTS
};

/* Which kinds an event is about, as a set. */
#define KINDS_NOT_GIVEN      0u
#define KINDS_SIGNATURE      (1u << KIND_SIGNATURE)
#define KINDS_AUTHENTICATION (1u << KIND_AUTHENTICATION)
#define KINDS_BOTH           (KINDS_SIGNATURE | KINDS_AUTHENTICATION)

/* One cell of the table. `reason` counts for held, revoked and superseded. */
struct event_cell {
    enum effect effect;
    enum revocation_reason reason;
};

/* What a row says of a good certificate of each kind, and of a good card. */
struct event_effects {
    struct event_cell certificate[NUM_KINDS];
    enum effect card;
};

struct event_facts {
    enum event event;
    unsigned kinds; /* KINDS_…; not given: both, or refused where the row must be told */
    enum certificate_state certificate[NUM_KINDS];
    enum card_state card;
    struct date on;        /* the day the record changes, or the act is done */
    struct date effective; /* the day the event itself names: departure, planned move */
    bool has_held_since;
    int64_t held_since; /* when the hold began */
};

struct event_outcome {
    enum effect effect;
    enum revocation_reason reason; /* of held, revoked and superseded */
    bool as_of_hold;               /* counts from the hold: held_since, or date 0 if not known */
    bool has_held_since;
    int64_t held_since;
    struct date effective; /* the day it counts from; year 0: the time of the hold, not known */
    struct reason why;
};

struct event_answer {
    /* Allowed: decided. Refused: `kinds` is missing where the row must be told, or given where the
     * row has none; then the outcomes mean nothing. */
    struct ruling ruling;
    struct event_outcome certificate[NUM_KINDS];
    struct event_outcome card;
};

const char *event_name(enum event event);
enum err event_parse(const char *name, enum event *out) MUST_USE;

/* event_is_policy tells whether a town may decide the row otherwise. */
bool event_is_policy(enum event event);
/* event_changes_basic_four: then no policy saves the signature certificate. page:S09 */
bool event_changes_basic_four(enum event event);
/* event_ends_hold: a release, which touches only what is held. */
bool event_ends_hold(enum event event);
/* event_needs_two: two persons decide it, in an act of its own. */
bool event_needs_two(enum event event);
struct event_effects event_default(enum event event);
/* event_effects_parse reads what etc/policy says of one event: signature, authentication, card;
 * "revoked/cessationOfOperation unchanged void". ERR_DENIED: the page leaves no such choice. */
enum err event_effects_parse(enum event event, struct bytes text,
                             struct event_effects *out) MUST_USE;
void event_effects_put(const struct event_effects *effects, struct buffer *out);

/* event_decide answers what the event does, by the table and the policy. Pure. */
struct event_answer event_decide(const struct law_policy *policy, const struct event_facts *facts);
