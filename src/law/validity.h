/* How long a certificate is valid, and what a birthday is. */
#pragma once

#include "base/kind.h"
#include "law/policy.h"

/* Whether the birthday of somebody's Nth year lies behind a day. */
enum reached { REACHED_NO, REACHED_UNKNOWN, REACHED_YES };

/* birthday_in gives the birthday in a year; a complete birth date. Born on 29 February: by policy.
 */
struct date birthday_in(const struct law_policy *policy, struct date born, int year);

/* age_is_reached tells whether the birthday of that age is on the day or before it. The birth date
 * may be incomplete: unknown only where that leaves it open. */
enum reached age_is_reached(const struct law_policy *policy, struct date born, int age,
                            struct date on);

struct validity_facts {
    enum kind kind;
    struct date issued;
    struct date born;                 /* may be incomplete: then the answer is unknown */
    struct date card_until;           /* year 0: not given */
    struct date authentication_until; /* year 0: there is none; ignored for authentication */
    bool is_renewal;
    struct date authority_until; /* of the authority that is to sign; year 0: not asked about */
};

/* validity_decide: allowed with the last valid day (inclusive, Japan) as date; the reason says what
 * bounds it, and whether a renewal would move it. Refused where the bound lies before the issue. */
struct ruling validity_decide(const struct law_policy *policy, const struct validity_facts *facts);

/* validity_covers: is the day within issued … until, both inclusive? */
struct ruling validity_covers(struct date issued, struct date until, struct date on);
