/* What can still be booked: asked of commit, and put into words. */
#pragma once

#include "web/page.h"

struct free_day {
    const char *session; /* whose; NULL: one of the public */
    const char *office;  /* its code */
    enum procedure procedure;
    struct date date;
};

/* free_ask asks appointment-free for the day. */
void free_ask(const struct page *page, const struct free_day *day, struct counter_answer *out);
/* free_find goes on from the day to the first one that has a start, whose answer and date it
 * leaves; where there is none, the last answer. */
void free_find(const struct page *page, struct free_day *day, struct counter_answer *out);
bool free_has_starts(const struct counter_answer *answer);

/* What an answer has, in words; JSON, the caller's. The starts: {"time", "text", "is_chosen"}. */
json_t *free_starts(const struct page *page, const struct counter_answer *answer, struct date date,
                    int64_t chosen);
/* The month of the day: {"month", "days": [{"date", "text"}…]}, "before" and "after": the first day
 * of the month there, where something may be booked. */
json_t *free_month(const struct page *page, const struct counter_answer *answer, struct date date);
