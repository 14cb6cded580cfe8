/* What a rule of the page answers: a decision, and why. A decision is not an error: the question
 * was understood and decided. Zero is refused, so that a forgotten answer refuses. */
#pragma once

#include "base/bytes.h"
#include "base/date.h"
#include "base/err.h"

enum decision {
    DECISION_REFUSED, /* the rule says no */
    DECISION_UNKNOWN, /* the facts leave it open */
    DECISION_ALLOWED,
};

/* Why, as data. `rule` is the name that page coverage knows (see tools/page-coverage), `statements`
 * the ids of the page, such as "S08 S14", empty where the page is silent; `code` is stable and the
 * same in every language; the sentences are for people. All are static texts, never NULL in a
 * ruling that a rule returned. */
struct reason {
    const char *rule, *statements, *code, *en, *ja;
};

/* One answer. `date` belongs to the reason (the last valid day, the opening day); year 0: none.
 * Compare with `== DECISION_ALLOWED`, never by truth. */
struct ruling {
    enum decision decision;
    struct reason reason;
    struct date date;
};

const char *decision_word(enum decision decision); /* "no", "unknown", "yes" */
/* statements_next takes the next id; *at begins as a reason's statements. False behind the last. */
bool statements_next(const char **at, struct bytes *out) MUST_USE;
const char *reason_sentence(const struct reason *reason, enum language language);

/* Short forms for the rules themselves. */
struct ruling ruling_allow(const struct reason *reason);
struct ruling ruling_refuse(const struct reason *reason);
struct ruling ruling_unknown(const struct reason *reason);
struct ruling ruling_with_date(struct ruling ruling, struct date date);
