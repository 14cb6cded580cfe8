/* What verifying a journal must know of erased entries: each was erased under a rule of law that
 * covers it, not before its term could end, and is named by the entry of an erasure. Otherwise
 * somebody who has the database could make data vanish and call it erased. */
#pragma once

#include <jansson.h>

#include "base/bytes.h"
#include "base/date.h"

struct erased {
    int64_t number;
    const struct retention *rule;
    struct date day;
    bool is_listed; /* by an erasure in the chain */
};

/* Zeroed: none. */
struct erasures {
    struct erased *rows; /* by rising number */
    size_t num, room;
};
void erasures_done(struct erasures *erasures);

/* Each answers NULL, or what is wrong, for people. Entries are given in their order. erasures_mark
 * takes one that says it is erased; erasures_list the data of an entry journal-erase:part;
 * erasures_check, at the end, finds what was erased by no act. */
const char *erasures_mark(struct erasures *erasures, json_t *entry);
const char *erasures_list(struct erasures *erasures, struct bytes data);
const char *erasures_check(const struct erasures *erasures, int64_t *number);

/* erasures_print says how many were erased on which day under which rule, as the last. */
void erasures_print(struct erasures *erasures);
