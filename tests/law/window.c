#include "check.h"

#include "law/window.h"
#include "see.h"

static void opens_the_day_after_three_months_before(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct {
        const char *until, *opens, *opens_same_day;
    } rows[] = {
        {"2030-02-17", "2029-11-18", "2029-11-17"},
        {"2030-05-31", "2030-03-01", "2030-02-28"}, /* February lacks the 31st */
        {"2028-05-30", "2028-03-01", "2028-02-29"}, /* a leap year */
        {"2030-01-01", "2029-10-02", "2029-10-01"},
        {"2030-12-31", "2030-10-01", "2030-09-30"}, /* September lacks the 31st */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[DATE_TEXT];
        policy.window_opens = WINDOW_OPENS_DAY_AFTER;
        assert_string_equal(date_print(window_opens(&policy, day(rows[i].until)), text),
                            rows[i].opens);
        policy.window_opens = WINDOW_OPENS_SAME_DAY;
        assert_string_equal(date_print(window_opens(&policy, day(rows[i].until)), text),
                            rows[i].opens_same_day);
    }
}

static void refuses_before_and_after(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct {
        const char *on, *card_until;
        enum decision decision;
        const char *code, *date;
    } rows[] = {
        {"2029-11-17", NULL, DECISION_REFUSED, "too-early", "2029-11-18"},
        {"2026-01-01", "2030-02-17", DECISION_REFUSED, "too-early", "2029-11-18"},
        {"2029-11-18", NULL, DECISION_ALLOWED, "open", "2029-11-18"},
        {"2030-02-17", NULL, DECISION_ALLOWED, "open", "2029-11-18"},
        {"2030-02-17", "2030-02-18", DECISION_ALLOWED, "open", "2029-11-18"},
        {"2030-02-17", "2030-02-17", DECISION_ALLOWED, "gains-nothing", "2029-11-18"},
        {"2030-02-18", NULL, DECISION_REFUSED, "ended", "2030-02-17"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_ruling(see(window_decide(&policy, day("2030-02-17"), day(rows[i].card_until),
                                        day(rows[i].on))),
                      rows[i].decision, rows[i].code, rows[i].date);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(opens_the_day_after_three_months_before),
        cmocka_unit_test(refuses_before_and_after),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
