/* The terms of the journal's personal data: which rule of law/retention an entry falls under, and
 * when. What is written here beside the journal only finds entries; law decides. */
#pragma once

#include "centre/chain.h"
#include "law/retention.h"
#include "store/store.h"

/* Whom and what an entry is about; the first resident's certificates count for its term. */
struct term_subject {
    int64_t application; /* 0: none */
    const int64_t *residents;
    size_t num_residents;
};

/* term_add notes the term of an entry that was just appended, and whom it is about, in the caller's
 * transaction. An entry without personal data has no term. */
enum err term_add(struct store *store, const struct chain_entry *entry,
                  const struct term_subject *subject, struct fault *fault) MUST_USE;

/* term_ask asks law: *rule NULL where nothing is ever erased; else *due is the first day. kind,
 * time, application and resident (0: none) are the entry's. */
enum err term_ask(struct store *store, const char *kind, int64_t time, int64_t application,
                  int64_t resident, const struct retention **rule, struct date *due,
                  struct fault *fault) MUST_USE;

/* term_count: how many entries are to be looked at on a day, no further than most. */
enum err term_count(struct store *store, struct date day, int64_t most, int64_t *out,
                    struct fault *fault) MUST_USE;
