/* The window of renewal: the three months before the last valid day, read as other towns print it.
 * The certificate's own end is computed in validity.c. */
#include "law/window.h"

#define RULE "window"

static const struct reason open = {RULE, "S11", "open", "in the window of renewal",
                                   "更新できる期間です"};
static const struct reason gains_nothing = {
    RULE, "S11 S14", "gains-nothing",
    "in the window, but the card ends on the same day: renewing gains nothing",
    "更新できる期間ですが、カードの有効期限も同じ日のため、更新しても有効期限は延びません"};
static const struct reason too_early = {RULE, "S11", "too-early",
                                        "too early: the window of renewal opens on the day named",
                                        "更新できるのは有効期限の3か月前からです"};
static const struct reason ended = {
    RULE, "S10 S11", "ended", "the certificate has ended: apply for a new one, in the same visit",
    "有効期限が過ぎています。新規の発行を申請してください"};

/* page:S11 "3か月前より". Ours: where that month lacks the day its last one counts, and the window
 * opens the day after. */
struct date window_opens(const struct law_policy *policy, struct date until)
{
    struct date three_months_before = date_add_months(until, -LAW_WINDOW_MONTHS);
    return date_add_days(three_months_before,
                         policy->window_opens == WINDOW_OPENS_DAY_AFTER ? 1 : 0);
}

/* page:S10 page:S11 page:S14 rule:window */
struct ruling window_decide(const struct law_policy *policy, struct date until,
                            struct date card_until, struct date on)
{
    struct date opens = window_opens(policy, until);
    if (date_compare(on, until) > 0)
        return ruling_with_date(ruling_refuse(&ended), until);
    if (date_compare(on, opens) < 0)
        return ruling_with_date(ruling_refuse(&too_early), opens);
    bool is_card_bound = card_until.year && date_compare(card_until, until) <= 0;
    return ruling_with_date(ruling_allow(is_card_bound ? &gains_nothing : &open), opens);
}
