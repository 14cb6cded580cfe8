#include "check.h"

#include "law/appointments.h"
#include "law/forecast.h"
#include "see.h"

/* 2026-12-01 is a Tuesday. Two offices: 12 renewals of 15 minutes at each place on a Wednesday
 * morning, and 8 more in the afternoon of the first one. */
static const char town[] = "slot = 15\ndays = 60\nlast-day = 2026-12-31\nclosed = 2026-12-09\n"
                           "minutes.renewal = 10\n"
                           "office = a\nplaces = 2\nwednesday = 09:00-12:00 13:00-15:10\n"
                           "office = b\nplaces = 1\nwednesday = 09:00-12:00\n";

static struct appointments appointments;
static struct forecast_due due;
static struct forecast_week weeks[FORECAST_WEEKS];

static void forecast(void)
{
    struct law_policy policy = law_policy_default();
    forecast_weeks(&policy, &appointments, &due, weeks);
}

static int begin(void **state)
{
    (void)state;
    assert_ok(appointments_parse(bytes_of_text(town), &appointments, NULL));
    due = (struct forecast_due){.first = day("2026-12-01"), .num = FORECAST_DAYS};
    return 0;
}

static uint32_t *on(const char *last_day)
{
    return due.counts[date_to_days(day(last_day)) - date_to_days(due.first)];
}

static void assert_day(struct date date, const char *text)
{
    assert_int_equal(date_compare(date, day(text)), 0);
}

static void weeks_run_from_monday_to_sunday(void **state)
{
    (void)state;
    forecast();
    assert_day(weeks[0].first, "2026-12-01");
    assert_day(weeks[0].last, "2026-12-06");
    assert_day(weeks[1].first, "2026-12-07");
    assert_day(weeks[FORECAST_WEEKS - 1].last, "2027-12-05");
}

static void hours_become_places(void **state)
{
    (void)state;
    forecast();
    assert_int_equal(weeks[0].capacity, 2 * (12 + 8) + 12);
    assert_int_equal(weeks[1].capacity, 0); /* its Wednesday is closed */
    assert_int_equal(weeks[2].capacity, 52);
    assert_true(weeks[3].is_known);
    assert_false(weeks[4].is_known); /* ends on 2027-01-03 */
    due.first = day("2026-12-03");   /* the Wednesday has gone */
    forecast();
    assert_int_equal(weeks[0].capacity, 0);
    appointments = (struct appointments){0};
    on("2026-12-16")[KIND_AUTHENTICATION] = 1000;
    forecast();
    assert_int_equal(weeks[2].capacity, 0);
    assert_false(weeks[2].is_over); /* nobody knows */
}

static void certificates_become_visits(void **state)
{
    (void)state;
    on("2026-12-01")[KIND_AUTHENTICATION] = 3; /* today is not over */
    on("2026-12-14")[KIND_AUTHENTICATION] = 30;
    on("2026-12-14")[KIND_SIGNATURE] = 20;
    on("2026-12-20")[KIND_SIGNATURE] = 22;
    on("2027-03-20")[KIND_AUTHENTICATION] = 53; /* opens on 2026-12-21 */
    on("2027-12-06")[KIND_AUTHENTICATION] = 7;  /* behind the last week; opens on 2027-09-07 */
    forecast();
    assert_int_equal(weeks[0].visits_ending, 3);
    assert_int_equal(weeks[2].ends[KIND_AUTHENTICATION], 30);
    assert_int_equal(weeks[2].ends[KIND_SIGNATURE], 42);
    assert_int_equal(weeks[2].visits_ending, 52); /* both of a holder in one visit */
    assert_false(weeks[2].is_over);               /* as many as fit */
    assert_int_equal(weeks[3].opens[KIND_AUTHENTICATION], 53);
    assert_int_equal(weeks[3].visits_opening, 53);
    assert_true(weeks[3].is_over);
    uint32_t ends = 0, opens = 0;
    for (size_t i = 0; i < FORECAST_WEEKS; i++) {
        ends += weeks[i].visits_ending;
        opens += weeks[i].visits_opening;
    }
    assert_int_equal(ends, 3 + 52 + 53);
    assert_int_equal(opens, 53 + 7); /* the other windows opened before today */
    on("2026-12-14")[KIND_AUTHENTICATION] = 31;
    forecast();
    assert_true(weeks[2].is_over);
}

/* On a Saturday nobody has to come at once because a window opens; whose end it is, has to. */
static void what_is_left_of_a_week_may_wait(void **state)
{
    (void)state;
    due.first = day("2026-12-05");
    on("2027-03-04")[KIND_AUTHENTICATION] = 1; /* opens on 2026-12-05 */
    forecast();
    assert_int_equal(weeks[0].visits_opening, 1);
    assert_int_equal(weeks[0].capacity, 0);
    assert_false(weeks[0].is_over);
    on("2026-12-06")[KIND_AUTHENTICATION] = 1;
    forecast();
    assert_true(weeks[0].is_over);
}

/* The last window of the last week lies within the days that are counted. */
static void counts_far_enough(void **state)
{
    (void)state;
    struct date last = date_add_days(due.first, FORECAST_DAYS - 1);
    due.counts[FORECAST_DAYS - 1][KIND_SIGNATURE] = 1;
    forecast();
    assert_true(date_compare(date_add_months(last, -3), day("2027-12-05")) >= 0);
    for (size_t i = 0; i < FORECAST_WEEKS; i++)
        assert_int_equal(weeks[i].visits_opening, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(weeks_run_from_monday_to_sunday, begin),
        cmocka_unit_test_setup(hours_become_places, begin),
        cmocka_unit_test_setup(certificates_become_visits, begin),
        cmocka_unit_test_setup(what_is_left_of_a_week_may_wait, begin),
        cmocka_unit_test_setup(counts_far_enough, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
