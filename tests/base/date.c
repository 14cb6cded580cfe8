#include "check.h"

#include "base/date.h"

static void reads_dates(void **state)
{
    (void)state;
    struct date date;
    char text[DATE_TEXT];
    assert_ok(date_parse("2028-02-29", &date));
    assert_string_equal(date_print(date, text), "2028-02-29");
    assert_ok(date_parse_birth("1955-02-00", &date));
    assert_false(date_is_complete(date));
    assert_ok(date_parse_birth("0000-00-00", &date));
}

static void refuses_what_is_no_date(void **state)
{
    (void)state;
    static const char *const bad[] = {"2027-02-29",  "2027-13-01", "2027-00-01", "2027-1-1",  "",
                                      "2027-01-01x", "20270101",   "0000-01-01", "2027-01-32"};
    struct date date = {1, 2, 3};
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        assert_err(date_parse(bad[i], &date), ERR_MALFORMED);
    assert_err(date_parse("1955-02-00", &date), ERR_MALFORMED);
    assert_err(date_parse_birth("1955-00-12", &date), ERR_MALFORMED);
    assert_err(date_parse_birth("0000-02-12", &date), ERR_MALFORMED);
    assert_err(date_parse_birth("1955-13-00", &date), ERR_MALFORMED);
    assert_int_equal(date.year, 1);
}

static void counts_days_both_ways(void **state)
{
    (void)state;
    for (int32_t days = -200000; days < 200000; days += 7) {
        struct date date = date_of_days(days);
        assert_true(date_is_complete(date));
        assert_int_equal(date_to_days(date), days);
    }
    assert_int_equal(date_to_days((struct date){1970, 1, 1}), 0);
    assert_int_equal(date_to_days((struct date){2026, 11, 22}), 20779);
}

static void adds_months_within_the_month(void **state)
{
    (void)state;
    struct date date = date_add_months((struct date){2026, 5, 31}, -3);
    assert_int_equal(date_compare(date, (struct date){2026, 2, 28}), 0);
    date = date_add_months((struct date){2026, 1, 15}, -3);
    assert_int_equal(date_compare(date, (struct date){2025, 10, 15}), 0);
}

static void knows_japan_from_utc(void **state)
{
    (void)state;
    int64_t t;
    char text[TIME_TEXT];
    assert_ok(time_parse("2026-11-21T15:00:00Z", &t));
    assert_int_equal(date_compare(date_of_time(t), (struct date){2026, 11, 22}), 0);
    assert_int_equal(date_compare(date_of_time(t - 1), (struct date){2026, 11, 21}), 0);
    assert_string_equal(time_print(date_last_second((struct date){2030, 2, 17}), text),
                        "2030-02-17T14:59:59Z");
    assert_err(time_parse("2026-11-21T24:00:00Z", &t), ERR_MALFORMED);
    assert_err(time_parse("2026-11-21T15:00:00", &t), ERR_MALFORMED);
}

static void knows_the_days_of_the_week(void **state)
{
    (void)state;
    assert_int_equal(date_weekday((struct date){1970, 1, 1}), 3);
    assert_int_equal(date_weekday((struct date){1969, 12, 31}), 2);
    assert_int_equal(date_weekday((struct date){2026, 12, 1}), 1);
    assert_int_equal(date_weekday((struct date){2026, 12, 7}), 0);
    assert_int_equal(date_weekday((struct date){2026, 12, 6}), 6);
    assert_int_equal(date_weekday((struct date){1, 1, 1}), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_dates),           cmocka_unit_test(refuses_what_is_no_date),
        cmocka_unit_test(counts_days_both_ways), cmocka_unit_test(adds_months_within_the_month),
        cmocka_unit_test(knows_japan_from_utc),  cmocka_unit_test(knows_the_days_of_the_week),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
