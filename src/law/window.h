/* From when on a certificate may be renewed. */
#pragma once

#include "law/policy.h"

/* window_opens gives the first day of renewal of a certificate whose last valid day is `until`. */
struct date window_opens(const struct law_policy *policy, struct date until);

/* window_decide: may it be renewed on this day? Refused before the window with the opening day as
 * date; refused after the end, because that is a new issue. `card_until` (year 0: not given) is
 * the card's last day: the reason says so where renewing gains nothing. */
struct ruling window_decide(const struct law_policy *policy, struct date until,
                            struct date card_until, struct date on);
