/* What the tests of law/ share: dates as text, and reporting a ruling to page coverage. */
#pragma once

#include "check.h"

#include "law/policy.h"

static inline struct date day(const char *text)
{
    struct date date = {0};
    if (text)
        assert_ok(date_parse_birth(text, &date));
    return date;
}

/* see reports the ruling from itself, and hands it on. Unknown is neither accepted nor refused. */
static inline struct ruling see(struct ruling ruling)
{
    if (ruling.decision != DECISION_UNKNOWN && ruling.reason.statements[0])
        page_saw(ruling.reason.statements, ruling.reason.rule, ruling.decision == DECISION_ALLOWED);
    return ruling;
}

static inline void assert_ruling(struct ruling ruling, enum decision decision, const char *code,
                                 const char *date)
{
    char text[DATE_TEXT] = "";
    if (ruling.date.year)
        date_print(ruling.date, text);
    assert_string_equal(ruling.reason.code, code);
    assert_string_equal(decision_word(ruling.decision), decision_word(decision));
    assert_string_equal(text, date ? date : "");
    assert_non_null(ruling.reason.ja);
    assert_non_null(ruling.reason.en);
}
