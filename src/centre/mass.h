/* Mass acts: hold, release and revocation of a list of up to a million certificates of one kind, as
 * one act of two persons. A list is sent in parts and kept; the act on it is asked for and approved
 * like any other of two persons; then `commit` works it off, part by part, between other acts, each
 * part with its progress in one transaction. What happens to each certificate is law's to say.
 *
 * A release ends a mass hold: what that one alone holds. Two may hold a certificate, a mass hold
 * and a person who reported a loss; held_by of its row tells. */
#pragma once

#include "base/kind.h"
#include "centre/parts.h"
#include "law/events.h"

struct act_call;
struct centre;

enum mass_state { MASS_BEGUN, MASS_WHOLE, MASS_RUNS, MASS_FINISHED, MASS_DROPPED, MASS_EMPTIED };
enum mass_act { MASS_HOLD, MASS_RELEASE, MASS_REVOKE, NUM_MASS_ACTS };

#define MASS_NOTE 801 /* FIELD_TEXT */

struct mass {
    int64_t number, list, count, time, done, finished, released;
    enum kind kind;
    enum mass_state state;
    enum mass_act act; /* once it runs */
    uint8_t digest[SHA256_LEN];
    char note[MASS_NOTE], first[STAFF_NAME], second[STAFF_NAME];
};

/* mass_read reads the one that MASS_READ or MASS_RUNNING finds; ERR_NOT_FOUND. */
enum err mass_read(struct centre *centre, enum statement statement, const struct value *values,
                   size_t num_values, struct mass *out, struct fault *fault) MUST_USE;
const char *mass_act_name(enum mass_act act);
enum event mass_act_event(enum mass_act act);

/* mass_holder: which mass hold lists the certificate and has not ended; 0: none. */
enum err mass_holder(struct centre *centre, enum kind kind, int64_t serial, int64_t *out,
                     struct fault *fault) MUST_USE;

/* A list that is being sent. Only the one that began last; it is lost when `commit` ends. */
struct mass_list {
    struct parts parts;
    int64_t number, last;
    enum kind kind;
};

/* Part of the centre. Zeroed: there may be something to do. */
struct mass_desk {
    struct mass_list list, next;      /* next: once the act that makes it so is on the disk */
    const struct act_call *next_call; /* that act */
    int64_t part;                     /* certificates that were worked off in good time; 0: none */
    bool is_idle;                     /* nothing runs, nothing was dropped */
};
void mass_desk_done(struct mass_desk *desk);

/* The functions of the acts. */
bool mass_list(struct act_call *call);
bool mass_list_finish(struct act_call *call);
bool mass_may(struct act_call *call);
bool mass_begin(struct act_call *call);
bool mass_begin_finish(struct act_call *call);
bool mass_show(struct act_call *call);

/* mass_start: at start, lists that were being sent are given up. */
enum err mass_start(struct centre *centre, struct fault *fault) MUST_USE;
/* mass_turn works off one part, in a transaction of its own, and feeds the map; *has_more when it
 * is to be called again at once. */
enum err mass_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
