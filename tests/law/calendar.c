/* When an appointment may begin. 2026-12-01 is a Tuesday; all times of day are Japan's. */
#include "check.h"

#include <stdio.h>
#include <string.h>

#include "law/calendar.h"
#include "see.h"

/* Open from Monday to Friday, on Saturday before noon; a renewal takes two slots, a new issue
 * three, a hold is made by telephone. */
static const char text[] =
    "slot = 20\ndays = 30\nlast-day = 2027-12-31\nclosed = 12-29 01-03\n"
    "closed = 2026-12-11\nclosed = 2026-12-22 2026-12-24\n"
    "minutes.renewal = 40\nminutes.new = 45\nminutes.pin-reset = 5\n"
    "office = a\nplaces = 2\nmonday = 09:00-12:00 13:00-16:00\n"
    "tuesday = 09:00-12:00 13:00-16:00\nwednesday = 09:00-12:00 13:00-16:00\n"
    "thursday = 09:00-12:00 13:00-16:00\nfriday = 09:00-12:00 13:00-16:10\n"
    "saturday = 09:00-12:00\n"
    "office = b\nplaces = 1\nsunday = 08:30-12:00\n";

static struct appointments town;

static int begin(void **state)
{
    (void)state;
    return appointments_parse(bytes_of_text(text), &town, NULL) == ERR_NONE ? 0 : -1;
}

/* "2026-12-01 09:20" */
static int64_t moment(const char *said)
{
    int year, month, date, hour, minute;
    assert_int_equal(sscanf(said, "%d-%d-%d %d:%d", &year, &month, &date, &hour, &minute), 5);
    return time_join(
        (struct clock_time){
            {(int16_t)year, (uint8_t)month, (uint8_t)date}, (uint8_t)hour, (uint8_t)minute, 0},
        JAPAN_OFFSET);
}

static void decides(const char *office, enum procedure procedure, const char *at, const char *code)
{
    bool is_allowed = strcmp(code, "bookable") == 0;
    const struct calendar_wish wish = {office, procedure, moment(at), moment("2026-12-01 08:00")};
    struct ruling ruling = see(calendar_decide(&town, &wish));
    if (strcmp(ruling.reason.code, code) != 0)
        fail_msg("%s %s: %s, not %s", office, at, ruling.reason.code, code);
    assert_int_equal(ruling.decision == DECISION_ALLOWED, is_allowed);
    assert_non_null(ruling.reason.ja);
}

static void allows_what_lies_within_the_hours(void **state)
{
    (void)state;
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 09:00", "bookable");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 11:20", "bookable"); /* ends at noon */
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 13:00", "bookable");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 15:20", "bookable");
    decides("a", PROCEDURE_NEW, "2026-12-01 11:00", "bookable");
    decides("a", PROCEDURE_PIN_RESET, "2026-12-01 11:40", "bookable");
    decides("a", PROCEDURE_RENEWAL, "2026-12-05 11:20", "bookable"); /* Saturday */
    decides("b", PROCEDURE_RENEWAL, "2026-12-06 08:30", "bookable");
    decides("b", PROCEDURE_RENEWAL, "2026-12-06 11:10", "bookable");
    decides("a", PROCEDURE_RENEWAL, "2026-12-28 15:20", "bookable");
}

static void refuses_what_lies_outside(void **state)
{
    (void)state;
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 08:40", "outside-hours");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 11:40", "outside-hours"); /* into the break */
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 12:00", "outside-hours");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 12:20", "outside-hours");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 12:40", "outside-hours");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 15:40", "outside-hours");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 16:00", "outside-hours");
    decides("a", PROCEDURE_NEW, "2026-12-01 11:20",
            "outside-hours"); /* 45 minutes are three slots */
    decides("a", PROCEDURE_RENEWAL, "2026-12-04 15:40",
            "outside-hours"); /* 10 minutes are no slot */
    decides("a", PROCEDURE_RENEWAL, "2026-12-05 13:00", "outside-hours");
    decides("b", PROCEDURE_RENEWAL, "2026-12-06 08:20", "outside-hours");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 23:40", "outside-hours");
}

static void refuses_what_is_no_start(void **state)
{
    (void)state;
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 09:10", "no-start");
    decides("a", PROCEDURE_RENEWAL, "2026-12-01 13:05", "no-start");
    decides("b", PROCEDURE_RENEWAL, "2026-12-06 09:00", "no-start");
    const struct calendar_wish wish = {"a", PROCEDURE_RENEWAL, moment("2026-12-01 09:00") + 1,
                                       moment("2026-12-01 08:00")};
    assert_ruling(calendar_decide(&town, &wish), DECISION_REFUSED, "no-start", NULL);
}

static void refuses_closed_days(void **state)
{
    (void)state;
    decides("a", PROCEDURE_RENEWAL, "2026-12-06 09:00", "closed-day"); /* Sunday */
    decides("b", PROCEDURE_RENEWAL, "2026-12-07 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-11 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-22 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-23 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-24 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-29 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-31 09:00", "closed-day");
    decides("a", PROCEDURE_RENEWAL, "2026-12-21 09:00", "bookable");
    decides("a", PROCEDURE_RENEWAL, "2026-12-25 09:00", "bookable");
    static const char *const closed[] = {"2026-12-29", "2027-01-01", "2028-01-03", "2031-12-31"};
    static const char *const open[] = {"2026-12-28", "2027-01-04", "2027-12-11", "2026-12-21"};
    for (size_t i = 0; i < COUNT_OF(closed); i++)
        assert_true(calendar_is_closed(&town, day(closed[i])));
    for (size_t i = 0; i < COUNT_OF(open); i++)
        assert_false(calendar_is_closed(&town, day(open[i])));
}

static void refuses_the_past_and_the_far_future(void **state)
{
    (void)state;
    struct calendar_wish wish = {"a", PROCEDURE_RENEWAL, 0, moment("2026-12-01 09:20")};
    static const struct {
        int64_t after;
        const char *code, *last;
    } rows[] = {
        {-20 * 60, "past", NULL},
        {0, "past", NULL},
        {20 * 60, "bookable", NULL},
        {31 * 86400, "too-far", "2026-12-31"},
        {32 * 86400, "too-far", "2026-12-31"},
        {1000 * INT64_C(86400), "too-far", "2026-12-31"},
        {INT64_MAX / 2, "too-far", "2026-12-31"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        wish.time = wish.now + rows[i].after;
        struct ruling ruling = see(calendar_decide(&town, &wish));
        assert_ruling(ruling, rows[i].after == 20 * 60 ? DECISION_ALLOWED : DECISION_REFUSED,
                      rows[i].code, rows[i].last);
    }
    wish.time = INT64_MAX;
    assert_ruling(calendar_decide(&town, &wish), DECISION_REFUSED, "too-far", "2026-12-31");
    wish.now = moment("2027-12-20 09:20");
    wish.time = moment("2028-01-04 09:00"); /* within 30 days, beyond what the town has said */
    assert_ruling(calendar_decide(&town, &wish), DECISION_REFUSED, "too-far", "2027-12-31");
}

static void refuses_what_is_not_offered(void **state)
{
    (void)state;
    static const struct appointments none;
    const struct calendar_wish wish = {"a", PROCEDURE_RENEWAL, moment("2026-12-01 09:00"),
                                       moment("2026-12-01 08:00")};
    decides("c", PROCEDURE_RENEWAL, "2026-12-01 09:00", "no-such-office");
    decides("", PROCEDURE_RENEWAL, "2026-12-01 09:00", "no-such-office");
    decides("a", PROCEDURE_HOLD, "2026-12-01 09:00", "not-by-appointment");
    assert_ruling(see(calendar_decide(&none, &wish)), DECISION_REFUSED, "no-appointments", NULL);
    assert_int_equal(calendar_slots(&none, PROCEDURE_RENEWAL), 0);
}

static void counts_whole_slots(void **state)
{
    (void)state;
    assert_int_equal(calendar_slots(&town, PROCEDURE_RENEWAL), 2);
    assert_int_equal(calendar_slots(&town, PROCEDURE_NEW), 3);
    assert_int_equal(calendar_slots(&town, PROCEDURE_PIN_RESET), 1);
    assert_int_equal(calendar_slots(&town, PROCEDURE_HOLD), 0);
    assert_int_equal(calendar_seconds(&town, PROCEDURE_NEW), 3600);
}

static void is_open_from_the_first_minute_to_before_the_last(void **state)
{
    (void)state;
    const struct appointment_office *office = calendar_office(&town, "a");
    static const char *const open[] = {"2026-12-01 09:00", "2026-12-01 11:59", "2026-12-01 13:00",
                                       "2026-12-04 16:09"};
    static const char *const closed[] = {"2026-12-01 08:59", "2026-12-01 12:00", "2026-12-01 12:59",
                                         "2026-12-01 16:00", "2026-12-05 13:00", "2026-12-06 09:00",
                                         "2026-12-11 09:00", "2027-01-01 10:00"};
    for (size_t i = 0; i < COUNT_OF(open); i++)
        assert_true(calendar_is_open(&town, office, moment(open[i])));
    for (size_t i = 0; i < COUNT_OF(closed); i++)
        assert_false(calendar_is_open(&town, office, moment(closed[i])));
}

static size_t starts_of(const char *date, const char *now, enum procedure procedure)
{
    int64_t starts[CALENDAR_STARTS_MAX];
    const struct appointment_office *office = calendar_office(&town, "a");
    size_t num = calendar_starts(&town, office, procedure, day(date), moment(now), starts);
    for (size_t i = 0; i < num; i++) {
        const struct calendar_wish wish = {"a", procedure, starts[i], moment(now)};
        assert_int_equal(calendar_decide(&town, &wish).decision, DECISION_ALLOWED);
        assert_true(i == 0 || starts[i - 1] < starts[i]);
    }
    return num;
}

static void lists_the_starts_of_a_day(void **state)
{
    (void)state;
    assert_int_equal(starts_of("2026-12-02", "2026-12-01 08:00", PROCEDURE_RENEWAL), 16);
    assert_int_equal(starts_of("2026-12-02", "2026-12-01 08:00", PROCEDURE_NEW), 14);
    assert_int_equal(starts_of("2026-12-02", "2026-12-01 08:00", PROCEDURE_PIN_RESET), 18);
    assert_int_equal(starts_of("2026-12-05", "2026-12-01 08:00", PROCEDURE_RENEWAL), 8);
    assert_int_equal(starts_of("2026-12-02", "2026-12-02 14:00", PROCEDURE_RENEWAL), 4);
    assert_int_equal(starts_of("2026-12-02", "2026-12-02 17:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("2026-12-01", "2026-12-02 08:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("2026-12-06", "2026-12-01 08:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("2026-12-11", "2026-12-01 08:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("2027-01-05", "2026-12-01 08:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("0001-01-01", "2026-12-01 08:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("9999-12-31", "2026-12-01 08:00", PROCEDURE_RENEWAL), 0);
    assert_int_equal(starts_of("2026-12-02", "2026-12-01 08:00", PROCEDURE_HOLD), 0);
}

/* The sample town's year: what a printed calendar of 2027 has in red. */
static void the_sample_town_rests_on_holidays(void **state)
{
    (void)state;
    struct buffer file CLEANUP_BUFFER = source_read("etc/appointments");
    struct appointments sample;
    assert_ok(appointments_parse(buffer_bytes(&file), &sample, NULL));
    static const char *const closed[] = {
        "2026-11-23", "2026-12-29", "2027-01-01", "2027-01-03", "2027-01-11", "2027-02-11",
        "2027-02-23", "2027-03-22", "2027-04-29", "2027-05-04", "2027-07-19", "2027-08-11",
        "2027-09-20", "2027-09-23", "2027-10-11", "2027-11-03", "2027-11-23"};
    static const char *const open[] = {"2026-12-28", "2027-01-04", "2027-01-12",
                                       "2027-05-06", "2027-03-19", "2027-12-28"};
    for (size_t i = 0; i < COUNT_OF(closed); i++)
        assert_true(calendar_is_closed(&sample, day(closed[i])));
    for (size_t i = 0; i < COUNT_OF(open); i++)
        assert_false(calendar_is_closed(&sample, day(open[i])));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(allows_what_lies_within_the_hours),
        cmocka_unit_test(refuses_what_lies_outside),
        cmocka_unit_test(refuses_what_is_no_start),
        cmocka_unit_test(refuses_closed_days),
        cmocka_unit_test(refuses_the_past_and_the_far_future),
        cmocka_unit_test(refuses_what_is_not_offered),
        cmocka_unit_test(counts_whole_slots),
        cmocka_unit_test(is_open_from_the_first_minute_to_before_the_last),
        cmocka_unit_test(lists_the_starts_of_a_day),
        cmocka_unit_test(the_sample_town_rests_on_holidays),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
