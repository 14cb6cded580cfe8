#include "check.h"

#include "law/eligibility.h"
#include "see.h"

#define S      KIND_SIGNATURE
#define A      KIND_AUTHENTICATION
#define YES    DECISION_ALLOWED
#define NO     DECISION_REFUSED
#define OPEN   DECISION_UNKNOWN
#define HOLDER APPLICANT_HOLDER
#define PARENT APPLICANT_LEGAL_REPRESENTATIVE
#define PROXY  APPLICANT_PROXY

struct row {
    enum kind kind;
    enum applicant applicant;
    const char *born;
    enum decision decision;
    const char *code;
};

static void check(struct eligibility_facts facts, const struct row *rows, size_t num)
{
    struct law_policy policy = law_policy_default();
    for (size_t i = 0; i < num; i++) {
        facts.kind = rows[i].kind;
        facts.applicant = rows[i].applicant;
        facts.born = day(rows[i].born);
        facts.on = day("2026-11-22");
        assert_ruling(see(eligibility_decide(&policy, &facts)), rows[i].decision, rows[i].code,
                      NULL);
    }
}

static void draws_the_line_at_the_15th_birthday(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {S, HOLDER, "2011-11-22", YES, "holder"},
        {S, HOLDER, "2011-11-23", NO, "under-15"},
        {S, PARENT, "2011-11-23", NO, "under-15"},
        {S, PROXY, "2011-11-23", NO, "under-15"},
        {S, PROXY, "2011-11-22", YES, "by-proxy"},
        {S, PARENT, "2011-11-22", NO, "not-represented"},
        {S, HOLDER, "2026-11-22", NO, "under-15"},
        {S, HOLDER, "2026-11-23", NO, "born-after"},
        {A, PARENT, "2026-11-22", YES, "represented"},
        {A, PARENT, "2026-11-23", NO, "born-after"},
        {A, PARENT, "2026-12-00", NO, "born-after"},
        {A, PARENT, "2026-11-00", YES, "represented"},
        {A, HOLDER, "2011-11-22", YES, "holder"},
        {A, HOLDER, "2011-11-23", NO, "needs-legal-representative"},
        {A, PROXY, "2011-11-23", NO, "needs-legal-representative"},
        {A, PARENT, "2011-11-23", YES, "represented"},
        {A, PARENT, "2011-11-22", NO, "not-represented"},
        {A, PARENT, "2009-01-01", NO, "not-represented"}, /* 15 to 17 apply alone */
        {A, PROXY, "1950-01-01", YES, "by-proxy"},
        {A, APPLICANT_OTHER, "1950-01-01", NO, "no-applicant"},
        {S, APPLICANT_OTHER, "0000-00-00", NO, "no-applicant"},
    };
    check((struct eligibility_facts){0}, rows, COUNT_OF(rows));
}

static void counts_29_february_by_the_birthday_rule(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    struct eligibility_facts facts = {.kind = S, .born = day("2012-02-29")};
    facts.on = day("2027-02-27");
    assert_ruling(see(eligibility_decide(&policy, &facts)), NO, "under-15", NULL);
    facts.on = day("2027-02-28");
    assert_ruling(see(eligibility_decide(&policy, &facts)), YES, "holder", NULL);
}

static void knows_adult_wards(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {S, HOLDER, "1960-01-01", NO, "adult-ward"},
        {S, PARENT, "1960-01-01", NO, "adult-ward"},
        {A, HOLDER, "1960-01-01", NO, "needs-legal-representative"},
        {A, PROXY, "1960-01-01", NO, "needs-legal-representative"},
        {A, PARENT, "1960-01-01", YES, "represented"},
        /* a ward is represented, whatever the age */
        {A, PARENT, "0000-00-00", YES, "represented"},
        {S, PARENT, "0000-00-00", NO, "adult-ward"},
    };
    check((struct eligibility_facts){.is_adult_ward = true}, rows, COUNT_OF(rows));
}

static void leaves_open_only_what_is_open(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {S, HOLDER, "1955-02-00", YES, "holder"},
        {S, HOLDER, "1955-00-00", YES, "holder"},
        {S, HOLDER, "2011-10-00", YES, "holder"},
        {S, HOLDER, "2011-11-00", OPEN, "birth-date-incomplete"},
        {S, HOLDER, "2011-12-00", NO, "under-15"},
        {S, HOLDER, "2011-00-00", OPEN, "birth-date-incomplete"},
        {S, HOLDER, "2010-00-00", YES, "holder"},
        {S, HOLDER, "2012-00-00", NO, "under-15"},
        {S, HOLDER, "0000-00-00", OPEN, "birth-date-incomplete"},
        {A, HOLDER, "2011-11-00", OPEN, "birth-date-incomplete"},
        {A, PARENT, "2011-11-00", OPEN, "birth-date-incomplete"},
        {A, PROXY, "2011-00-00", OPEN, "birth-date-incomplete"},
        {A, PARENT, "2011-12-00", YES, "represented"},
        /* a representative may never have a signature certificate, child or not */
        {S, PARENT, "2011-11-00", NO, "not-represented"},
    };
    check((struct eligibility_facts){0}, rows, COUNT_OF(rows));
}

static void asks_for_residence_and_a_card_in_date(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row not_resident[] = {{S, HOLDER, "1990-01-01", NO, "not-resident"},
                                              {A, HOLDER, "0000-00-00", NO, "not-resident"}};
    static const struct row no_card[] = {{S, HOLDER, "1990-01-01", NO, "no-card"}};
    static const struct row old_card[] = {{A, HOLDER, "1990-01-01", NO, "old-card"}};
    static const struct row in_date[] = {{A, HOLDER, "1990-01-01", YES, "holder"}};
    check((struct eligibility_facts){.is_not_resident = true}, not_resident, 2);
    check((struct eligibility_facts){.has_no_card = true}, no_card, 1);
    check((struct eligibility_facts){.is_old_card = true}, old_card, 1);
    check((struct eligibility_facts){.card_until = day("2026-11-22")}, in_date, 1);
    struct eligibility_facts ended = {.kind = A,
                                      .born = day("0000-00-00"),
                                      .on = day("2026-11-22"),
                                      .card_until = day("2026-11-21")};
    assert_ruling(see(eligibility_decide(&policy, &ended)), NO, "card-ended", "2026-11-21");
}

static void excepts_only_what_is_recorded_as_exception(void **state)
{
    (void)state;
    static const struct row rows[] = {
        {S, PARENT, "2015-01-01", YES, "exception"},
        {S, HOLDER, "2015-01-01", NO, "needs-legal-representative"},
        {S, HOLDER, "1990-01-01", YES, "holder"},
    };
    check((struct eligibility_facts){.is_exception = true}, rows, COUNT_OF(rows));
    struct law_policy policy = law_policy_default();
    policy.signature_exceptions = false;
    struct eligibility_facts facts = {.kind = S,
                                      .born = day("2015-01-01"),
                                      .on = day("2026-11-22"),
                                      .applicant = PARENT,
                                      .is_exception = true};
    assert_ruling(see(eligibility_decide(&policy, &facts)), NO, "under-15", NULL);
}

static void asks_for_the_basis_of_an_exception(void **state)
{
    (void)state;
    static const struct {
        bool has_basis, is_represented, is_off;
        unsigned kinds;
        enum decision decision;
        const char *code;
    } cases[] = {
        {true, true, false, KINDS_SIGNATURE, YES, "exception"},
        {true, true, false, KINDS_BOTH, YES, "exception"},
        {false, true, false, KINDS_BOTH, NO, "no-basis"},
        {true, false, false, KINDS_BOTH, NO, "no-exception-needed"},
        {true, true, false, KINDS_AUTHENTICATION, NO, "no-exception-needed"},
        {true, true, true, KINDS_SIGNATURE, NO, "no-exceptions"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct law_policy policy = law_policy_default();
        policy.signature_exceptions = !cases[i].is_off;
        assert_ruling(see(exception_decide(&policy, cases[i].has_basis, cases[i].is_represented,
                                           cases[i].kinds)),
                      cases[i].decision, cases[i].code, NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(draws_the_line_at_the_15th_birthday),
        cmocka_unit_test(counts_29_february_by_the_birthday_rule),
        cmocka_unit_test(knows_adult_wards),
        cmocka_unit_test(leaves_open_only_what_is_open),
        cmocka_unit_test(asks_for_residence_and_a_card_in_date),
        cmocka_unit_test(excepts_only_what_is_recorded_as_exception),
        cmocka_unit_test(asks_for_the_basis_of_an_exception),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
