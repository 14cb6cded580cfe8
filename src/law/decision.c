/* The words of decisions, and the short forms with which the rules answer. */
#include "law/decision.h"

#include <string.h>

static const char *const words[] = {
    [DECISION_REFUSED] = "no",
    [DECISION_UNKNOWN] = "unknown",
    [DECISION_ALLOWED] = "yes",
};

const char *decision_word(enum decision decision)
{
    return (size_t)decision < COUNT_OF(words) ? words[decision] : words[DECISION_REFUSED];
}

bool statements_next(const char **at, struct bytes *out)
{
    *out = bytes_of(*at, strcspn(*at, " "));
    *at += out->len + strspn(*at + out->len, " ");
    return out->len > 0;
}

const char *reason_sentence(const struct reason *reason, enum language language)
{
    return language == LANGUAGE_JA ? reason->ja : reason->en;
}

struct ruling ruling_allow(const struct reason *reason)
{
    return (struct ruling){DECISION_ALLOWED, *reason, {0}};
}

struct ruling ruling_refuse(const struct reason *reason)
{
    return (struct ruling){DECISION_REFUSED, *reason, {0}};
}

struct ruling ruling_unknown(const struct reason *reason)
{
    return (struct ruling){DECISION_UNKNOWN, *reason, {0}};
}

struct ruling ruling_with_date(struct ruling ruling, struct date date)
{
    ruling.date = date;
    return ruling;
}
