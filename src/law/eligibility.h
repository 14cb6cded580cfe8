/* Who may apply for a certificate. */
#pragma once

#include "base/kind.h"
#include "law/policy.h"

enum applicant {
    APPLICANT_HOLDER,
    APPLICANT_LEGAL_REPRESENTATIVE,
    APPLICANT_PROXY,
    APPLICANT_OTHER, /* a relative, the police, a finder: may only ask for a hold */
};
#define NUM_APPLICANTS 4

const char *applicant_name(enum applicant applicant); /* "legal-representative" */
enum err applicant_parse(const char *name, enum applicant *out) MUST_USE;

struct eligibility_facts {
    enum kind kind;
    struct date born; /* may be incomplete */
    struct date on;
    enum applicant applicant;
    bool is_adult_ward;     /* 成年被後見人; 保佐 and 補助 are not */
    bool is_not_resident;   /* not in this town's register */
    bool has_no_card;       /* not even an expired one */
    bool is_old_card;       /* 住民基本台帳カード instead of a My Number card */
    struct date card_until; /* year 0: in date */
    bool is_exception;      /* S15's "in principle": basis recorded, second officer agreed; counts
                             * where the policy has exceptions */
};

/* eligibility_decide: refused with the rule that refuses; unknown where an incomplete birth date
 * leaves it open. Asked at the application and again at issue. */
struct ruling eligibility_decide(const struct law_policy *policy,
                                 const struct eligibility_facts *facts);

/* exception_decide: may S15's exception be asked for? A basis must be written down, and there must
 * be something to except from: a signature certificate for one who is represented. That a second
 * officer agrees is the caller's to see to. */
struct ruling exception_decide(const struct law_policy *policy, bool has_basis, bool is_represented,
                               unsigned kinds);

/* holder_is_represented: does the holder act through a legal representative (under 15, or a ward)?
 */
enum reached holder_is_represented(const struct law_policy *policy,
                                   const struct eligibility_facts *facts);
