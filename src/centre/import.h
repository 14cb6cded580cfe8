/* Imports that come in parts: the acts by which residents come in, and `commit`'s own work by which
 * they go over into the register, part by part, between other acts (registry/import_stage). */
#pragma once

#include "centre/parts.h"
#include "registry/import_stage.h"

struct act_call;
struct centre;

/* The import that is coming in. Only the one that began last; it is lost when `commit` ends. */
struct import_list {
    struct parts parts;
    int64_t number, num_faults;
};

/* Part of the centre. Zeroed: there may be something to do. */
struct import_desk {
    struct import_list list, next;    /* next: once the act that makes it so is on the disk */
    const struct act_call *next_call; /* that act */
    int64_t heard;                    /* when a part came last; monotonic milliseconds */
    struct import_place place;        /* of the import that goes over */
    int64_t num_taken;                /* of its residents; 0: not counted */
    int64_t part;                     /* residents that went over in good time; 0: none */
    bool is_idle;                     /* nothing goes over, nothing is given up */
};
void import_desk_done(struct import_desk *desk);

bool import_part(struct act_call *call); /* `import-part` */
bool import_part_finish(struct act_call *call);
bool import_show(struct act_call *call); /* `import-show` */
/* import_comes_first refuses an import while another goes over; one that is still coming in is
 * given up for it. */
bool import_comes_first(struct act_call *call);
/* import_awaits tells whether a card is that of a resident who is coming in or has yet to go over.
 */
enum err import_awaits(struct centre *centre, const char *card, bool *out,
                       struct fault *fault) MUST_USE;

/* import_start: at start, what was coming in is given up. import_turn works off one part, in a
 * transaction of its own; *has_more when it is to be called again at once. */
enum err import_start(struct centre *centre, struct fault *fault) MUST_USE;
enum err import_turn(struct centre *centre, bool *has_more, struct fault *fault) MUST_USE;
