#include "check.h"

#include "law/validity.h"
#include "see.h"

struct row {
    const char *issued, *born, *card_until, *authentication_until;
    enum kind kind;
    bool is_renewal;
    enum decision decision;
    const char *code, *end;
};

#define S KIND_SIGNATURE
#define A KIND_AUTHENTICATION
static const char *authority_until; /* NULL: not asked about */

#define YES DECISION_ALLOWED
#define NO  DECISION_REFUSED

static void check(const struct law_policy *policy, const struct row *rows, size_t num)
{
    for (size_t i = 0; i < num; i++) {
        const struct row *row = &rows[i];
        struct validity_facts facts = {row->kind,
                                       day(row->issued),
                                       day(row->born),
                                       day(row->card_until),
                                       day(row->authentication_until),
                                       row->is_renewal,
                                       day(authority_until)};
        assert_ruling(see(validity_decide(policy, &facts)), row->decision, row->code, row->end);
    }
}

static void ends_on_the_5th_birthday_after_issue(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row rows[] = {
        /* the dates of a real test card */
        {"2025-10-27", "1955-02-17", NULL, NULL, A, false, YES, "birthday", "2030-02-17"},
        {"2026-01-01", "1990-01-01", NULL, NULL, A, false, YES, "birthday", "2031-01-01"},
        {"2025-12-31", "1990-01-01", NULL, NULL, S, false, YES, "birthday", "2030-01-01"},
        {"2026-01-02", "1990-01-01", NULL, NULL, S, false, YES, "birthday", "2031-01-01"},
        {"2026-12-31", "1990-12-31", NULL, NULL, S, false, YES, "birthday", "2031-12-31"},
        /* renewed: still the 5th, the 6th is a policy */
        {"2025-10-27", "1955-02-17", NULL, NULL, A, true, YES, "birthday", "2030-02-17"},
        /* a newborn */
        {"2026-11-22", "2026-11-22", NULL, NULL, A, false, YES, "birthday", "2031-11-22"},
    };
    check(&policy, rows, COUNT_OF(rows));
}

static void knows_29_february(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row common[] = {
        {"2026-01-01", "2000-02-29", NULL, NULL, A, false, YES, "birthday", "2030-02-28"},
        {"2023-03-01", "2000-02-29", NULL, NULL, A, false, YES, "birthday", "2028-02-29"},
        {"2027-02-28", "2000-02-29", NULL, NULL, A, false, YES, "birthday", "2032-02-29"},
        {"2028-02-28", "2000-02-29", NULL, NULL, A, false, YES, "birthday", "2032-02-29"},
    };
    check(&policy, common, COUNT_OF(common));
    policy.leap_birthday = LEAP_BIRTHDAY_EVERY_YEAR;
    static const struct row every[] = {
        {"2023-03-01", "2000-02-29", NULL, NULL, A, false, YES, "birthday", "2028-02-28"},
        {"2028-02-28", "2000-02-29", NULL, NULL, A, false, YES, "birthday", "2033-02-28"},
    };
    check(&policy, every, COUNT_OF(every));
}

static void is_bound_by_card_and_authentication(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row rows[] = {
        {"2024-01-22", "1990-05-05", "2024-12-25", NULL, A, false, YES, "card-ends", "2024-12-25"},
        {"2026-01-01", "1990-01-01", "2031-01-01", NULL, A, false, YES, "card-ends", "2031-01-01"},
        {"2026-01-01", "1990-01-01", "2031-01-02", NULL, A, false, YES, "birthday", "2031-01-01"},
        {"2026-06-01", "1990-01-01", NULL, "2028-01-01", S, false, YES, "authentication-ends",
         "2028-01-01"},
        {"2026-06-01", "1990-01-01", NULL, "2028-01-01", A, false, YES, "birthday", "2031-01-01"},
        {"2026-06-01", "1990-01-01", "2027-03-03", "2028-01-01", S, false, YES, "card-ends",
         "2027-03-03"},
        {"2026-06-01", "1990-01-01", "2029-03-03", "2028-01-01", S, false, YES,
         "authentication-ends", "2028-01-01"},
        {"2026-06-01", "1990-01-01", "2026-06-01", NULL, S, false, YES, "card-ends", "2026-06-01"},
    };
    check(&policy, rows, COUNT_OF(rows));
    policy.signature_within_authentication = false;
    static const struct row unbound[] = {
        {"2026-06-01", "1990-01-01", NULL, "2028-01-01", S, false, YES, "birthday", "2031-01-01"},
        {"2026-06-01", "1990-01-01", NULL, "2026-01-01", S, false, YES, "birthday", "2031-01-01"},
    };
    check(&policy, unbound, COUNT_OF(unbound));
}

static void gives_the_6th_birthday_only_by_policy_and_renewal(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    policy.renewal_birthdays = 6;
    static const struct row rows[] = {
        {"2025-12-01", "1990-01-01", NULL, NULL, A, true, YES, "renewal-birthday", "2031-01-01"},
        {"2025-12-01", "1990-01-01", NULL, NULL, A, false, YES, "birthday", "2030-01-01"},
    };
    check(&policy, rows, COUNT_OF(rows));
}

static void refuses_what_has_ended_already(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row rows[] = {
        {"2026-06-01", "1990-01-01", "2026-05-31", NULL, S, false, NO, "card-ended", "2026-05-31"},
        {"2026-06-01", "1990-01-01", "2020-01-01", NULL, A, true, NO, "card-ended", "2020-01-01"},
        {"2026-06-01", "1990-01-01", NULL, "2026-05-31", S, false, NO, "authentication-ended",
         "2026-05-31"},
        {"2026-06-01", "2026-06-02", NULL, NULL, A, false, NO, "born-after-issue", NULL},
    };
    check(&policy, rows, COUNT_OF(rows));
}

static void never_outlives_its_authority(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row bound[] = {
        {"2026-06-01", "1990-01-01", NULL, NULL, S, false, YES, "authority-ends", "2030-12-31"},
        {"2025-12-30", "1990-01-01", NULL, NULL, S, false, YES, "birthday", "2030-01-01"},
        {"2026-06-01", "1990-01-01", "2028-01-01", NULL, A, false, YES, "card-ends", "2028-01-01"},
        {"2030-12-31", "1990-01-01", NULL, NULL, A, false, YES, "authority-ends", "2030-12-31"},
        {"2031-01-01", "1990-01-01", NULL, NULL, A, false, NO, "authority-ended", "2030-12-31"},
    };
    authority_until = "2030-12-31";
    check(&policy, bound, COUNT_OF(bound));
    authority_until = NULL;
}

static void leaves_incomplete_birth_dates_open(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct row rows[] = {
        {"2026-06-01", "1955-02-00", NULL, NULL, A, false, DECISION_UNKNOWN,
         "birth-date-incomplete", NULL},
        {"2026-06-01", "1955-00-00", "2027-01-01", NULL, S, false, DECISION_UNKNOWN,
         "birth-date-incomplete", NULL},
        {"2026-06-01", "0000-00-00", NULL, NULL, A, false, DECISION_UNKNOWN,
         "birth-date-incomplete", NULL},
    };
    check(&policy, rows, COUNT_OF(rows));
}

static void covers_its_last_day_and_not_the_next(void **state)
{
    (void)state;
    struct date issued = day("2025-10-27"), until = day("2030-02-17");
    static const struct {
        const char *on;
        enum decision decision;
        const char *code, *date;
    } rows[] = {
        {"2025-10-26", NO, "not-yet-valid", "2025-10-27"},
        {"2025-10-27", YES, "in-date", "2030-02-17"},
        {"2030-02-17", YES, "in-date", "2030-02-17"},
        {"2030-02-18", NO, "expired", "2030-02-17"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_ruling(see(validity_covers(issued, until, day(rows[i].on))), rows[i].decision,
                      rows[i].code, rows[i].date);
}

/* Whoever is born when, and whenever it is issued: the end is a birthday in the fifth year of life
 * that follows, and 4 to 5 years away. */
static void holds_for_every_birthday(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    for (int32_t days = date_to_days(day("1999-12-20")); days < date_to_days(day("2001-03-05"));
         days++) {
        struct date born = date_of_days(days);
        for (int32_t later = 0; later < 366 * 5; later += 13) {
            struct validity_facts facts = {
                .kind = A, .born = born, .issued = date_of_days(9500 + days + later)};
            struct ruling ruling = validity_decide(&policy, &facts);
            int32_t length = date_to_days(ruling.date) - date_to_days(facts.issued);
            assert_int_equal(ruling.decision, DECISION_ALLOWED);
            assert_int_equal(
                date_compare(ruling.date, birthday_in(&policy, born, ruling.date.year)), 0);
            assert_true(length > 4 * 365 && length <= 5 * 365 + 2);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ends_on_the_5th_birthday_after_issue),
        cmocka_unit_test(knows_29_february),
        cmocka_unit_test(is_bound_by_card_and_authentication),
        cmocka_unit_test(gives_the_6th_birthday_only_by_policy_and_renewal),
        cmocka_unit_test(refuses_what_has_ended_already),
        cmocka_unit_test(never_outlives_its_authority),
        cmocka_unit_test(leaves_incomplete_birth_dates_open),
        cmocka_unit_test(covers_its_last_day_and_not_the_next),
        cmocka_unit_test(holds_for_every_birthday),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
