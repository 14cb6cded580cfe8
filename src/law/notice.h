/* The notices that the town writes to a holder: the window of renewal opens in a month, a
 * certificate ends in a month, the card ends first. page:S11 */
#pragma once

#include "law/outcome.h"
#include "law/policy.h"

#define NOTICE_MONTHS 1 /* ours: so long before the day that it tells of */

enum notice {
    NOTICE_NONE,
    NOTICE_OPENS,     /* renewal is possible in a month */
    NOTICE_ENDS,      /* the certificate ends in a month, and was not renewed */
    NOTICE_CARD_ENDS, /* renewing gains nothing: the card is what is to be renewed */
    NUM_NOTICES
};

const char *notice_name(enum notice notice); /* "opens", "ends", "card-ends" */

/* A certificate, its holder and card on the day in question, and what was sent for it before. */
struct notice_facts {
    enum certificate_state state;
    struct date until;      /* its last valid day */
    bool has_successor;     /* a certificate of its kind lives that ends later */
    bool is_resident;       /* of this town, by the register */
    enum card_state card;   /* of the card that it is in; void where the holder has another one */
    struct date card_until; /* year 0: not known */
    bool is_sent[NUM_NOTICES];
};

/* notice_decide: which notice goes to the holder on this day? Allowed with the notice, and the day
 * that it tells of as date; refused with why not, *which is untouched then. */
struct ruling notice_decide(const struct law_policy *policy, const struct notice_facts *facts,
                            struct date on, enum notice *which);

/* notice_last_due gives the latest last valid day of which a notice (opens, ends) is due on this
 * day or before it; never earlier on a later day, so that between two days nobody is missed. */
struct date notice_last_due(const struct law_policy *policy, enum notice notice, struct date on);
