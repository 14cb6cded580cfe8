/* From a procedure to a time: what of an appointment is chosen stands in the address, so that any
 * step can be kept and sent; then the form for the person. The public and the staff walk the same.
 */
#pragma once

#include "web/free_times.h"

struct wish {
    bool has_procedure;
    enum procedure procedure;
    const struct appointment_office *office; /* NULL: not chosen yet */
    struct date date;                        /* year 0: not chosen yet */
};

/* wish_read takes what is there and can be booked: of the address, or of the posted form. */
struct wish wish_read(const struct page *page);

/* wish_day is the day from which a time is looked for, never one that has passed. */
struct free_day wish_day(const struct page *page, const char *session, const struct wish *wish);

/* wish_walk makes the data of the step that comes next; session is NULL for the public. NULL: the
 * page is answered. */
json_t *wish_walk(struct page *page, const char *session, const struct wish *wish);

/* wish_again makes the data of the form once more, with what was typed, and why: the answer was no
 * (NULL: nothing was asked). It offers the times of the day, or of the next that has any. */
json_t *wish_again(struct page *page, const char *session, const struct wish *wish,
                   const struct counter_answer *answer);

/* wish_put_words adds to an act's answer about an appointment what a page says of it. */
void wish_put_words(const struct page *page, json_t *appointment);
/* wish_offices: every office, to choose from: {"word", "text", "is_chosen"}; the caller's. */
json_t *wish_offices(const struct page *page, const struct wish *wish);
/* wish_put_move adds "is_open", and for one that is still to come "move": where else it could go,
 * at the office and on the day that were asked for, or its own. */
void wish_put_move(const struct page *page, const char *session, const struct counter_answer *shown,
                   json_t *appointment);
