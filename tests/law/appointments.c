/* etc/appointments: what is read from it, and what is refused. */
#include "check.h"

#include <string.h>

#include "law/appointments.h"
#include "see.h"

#define TOWN   "slot = 15\ndays = 60\nlast-day = 2027-12-31\nminutes.new = 30\n"
#define OFFICE "office = a\nplaces = 2\nmonday = 09:00-12:00\n"

static struct appointments appointments;
static struct fault fault;

static enum err parse(const char *text)
{
    fault = (struct fault){0};
    return appointments_parse(bytes_of_text(text), &appointments, &fault);
}

static void reads_what_a_town_says(void **state)
{
    (void)state;
    assert_ok(
        parse("# a town\nslot = 20\ndays = 366\nlast-day = 2027-12-31\n\nclosed = 12-29 01-03\n"
              "closed = 02-29\nclosed = 2027-05-03 2027-05-05\nminutes.renewal = 15\n"
              "office = a\nplaces = 32\nmonday = 08:30-12:00 13:00-17:15\n"
              "office = b-2\nplaces = 1\nsunday = 00:00-23:55\n"));
    assert_int_equal(appointments.slot, 20);
    assert_int_equal(appointments.days, 366);
    assert_int_equal(appointments.minutes[PROCEDURE_RENEWAL], 15);
    assert_int_equal(appointments.minutes[PROCEDURE_NEW], 0);
    assert_int_equal(appointments.num_closed, 3);
    assert_int_equal(appointments.closed[0].first.year, 0);
    assert_int_equal(appointments.closed[2].last.day, 5);
    assert_int_equal(appointments.num_offices, 2);
    assert_int_equal(appointments.offices[0].hours[0][1].from, 13 * 60);
    assert_int_equal(appointments.offices[0].hours[0][1].until, 17 * 60 + 15);
    assert_int_equal(appointments.offices[0].hours[1][0].until, 0);
    assert_string_equal(appointments.offices[1].code, "b-2");
    assert_int_equal(appointments.offices[1].hours[6][0].until, 23 * 60 + 55);
}

static void reads_the_file_as_delivered(void **state)
{
    (void)state;
    struct buffer file CLEANUP_BUFFER = source_read("etc/appointments");
    assert_ok(appointments_parse(buffer_bytes(&file), &appointments, &fault));
    assert_int_equal(appointments.num_offices, 2);
    assert_string_equal(appointments.offices[0].code, "daiei");
}

/* Each is a file that would be good without its one line. */
static void refuses_what_makes_no_calendar(void **state)
{
    (void)state;
    static const char *const texts[] = {
        /* missing */
        "",
        TOWN,
        OFFICE,
        "days = 60\nlast-day = 2027-12-31\nminutes.new = 30\n" OFFICE,
        "slot = 15\nlast-day = 2027-12-31\nminutes.new = 30\n" OFFICE,
        "slot = 15\ndays = 60\nminutes.new = 30\n" OFFICE,
        "slot = 15\ndays = 60\nlast-day = 2027-12-31\n" OFFICE,
        TOWN "office = a\nplaces = 2\n",
        TOWN "office = a\nmonday = 09:00-12:00\n",
        TOWN OFFICE "office = b\n",
        /* twice */
        TOWN "slot = 15\n" OFFICE,
        TOWN "days = 60\n" OFFICE,
        TOWN "last-day = 2027-12-31\n" OFFICE,
        TOWN "minutes.new = 30\n" OFFICE,
        TOWN OFFICE "places = 2\n",
        TOWN OFFICE "monday = 13:00-14:00\n",
        TOWN OFFICE OFFICE,
        /* in another place */
        TOWN "places = 2\n" OFFICE,
        TOWN "monday = 09:00-12:00\n" OFFICE,
        TOWN OFFICE "closed = 2027-01-11\n",
        TOWN OFFICE "minutes.renewal = 15\n",
        /* unknown */
        TOWN "hours = 8\n" OFFICE,
        TOWN "minutes = 30\n" OFFICE,
        TOWN "minutes. = 30\n" OFFICE,
        TOWN "minutes.passport = 30\n" OFFICE,
        TOWN "minutes.a-procedure-whose-name-is-much-too-long = 30\n" OFFICE,
        TOWN OFFICE "Monday = 09:00-12:00\n",
        TOWN OFFICE "mon = 09:00-12:00\n",
        /* numbers */
        TOWN "minutes.renewal = 0\n" OFFICE,
        TOWN "minutes.renewal = -5\n" OFFICE,
        TOWN "minutes.renewal = 015\n" OFFICE,
        TOWN "minutes.renewal = 7\n" OFFICE,
        TOWN "minutes.renewal = 485\n" OFFICE,
        TOWN "minutes.renewal = 15 \n" OFFICE,
        TOWN "minutes.renewal = 4294967300\n" OFFICE,
        "slot = 7\ndays = 60\nlast-day = 2027-12-31\nminutes.new = 30\n" OFFICE,
        "slot = 65\ndays = 60\nlast-day = 2027-12-31\nminutes.new = 30\n" OFFICE,
        "slot = 15\ndays = 367\nlast-day = 2027-12-31\nminutes.new = 30\n" OFFICE,
        TOWN "office = a\nplaces = 33\nmonday = 09:00-12:00\n",
        TOWN "office = a\nplaces = two\nmonday = 09:00-12:00\n",
        /* days */
        "slot = 15\ndays = 60\nlast-day = 12-31\nminutes.new = 30\n" OFFICE,
        "slot = 15\ndays = 60\nlast-day = 2027-02-29\nminutes.new = 30\n" OFFICE,
        TOWN "closed = 2027-02-29\n" OFFICE,
        TOWN "closed = 02-30\n" OFFICE,
        TOWN "closed = 2027-1-11\n" OFFICE,
        TOWN "closed = 2027-01-11 2027-01-11\n" OFFICE,
        TOWN "closed = 2027-01-11 2027-01-10\n" OFFICE,
        TOWN "closed = 2027-12-29 01-03\n" OFFICE,
        TOWN "closed = 12-29 2028-01-03\n" OFFICE,
        TOWN "closed = 2027-01-11 2027-01-12 2027-01-13\n" OFFICE,
        TOWN "closed = 2027-01-11  2027-01-12\n" OFFICE,
        TOWN "closed = new year\n" OFFICE,
        /* hours */
        TOWN "office = a\nplaces = 2\nmonday = 9:00-12:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00 - 12:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 12:00-09:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-09:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-24:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:60-12:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:03-12:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-12:00 12:00-17:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-12:00 11:00-17:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 13:00-17:00 09:00-12:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-10:00 11:00-12:00 13:00-14:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-12:00 \n",
        TOWN "office = a\nplaces = 2\nmonday = closed\n",
        /* codes, and the form of the file */
        TOWN "office = A\nplaces = 2\nmonday = 09:00-12:00\n",
        TOWN "office = 大栄\nplaces = 2\nmonday = 09:00-12:00\n",
        TOWN "office = abcdefghijklmnopq\nplaces = 2\nmonday = 09:00-12:00\n",
        TOWN OFFICE "tuesday=09:00-12:00\n",
        TOWN "office = a\nplaces = 2\nmonday = 09:00-12:00",
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct appointments before;
        memset(&appointments, 0x5a, sizeof appointments);
        before = appointments;
        if (parse(texts[i]) != ERR_MALFORMED)
            fail_msg("taken: %s", texts[i]);
        assert_true(fault.rule[0] && fault.text[0]);
        assert_memory_equal(&before, &appointments, sizeof before);
    }
    assert_ok(parse(TOWN OFFICE));
}

static void refuses_more_than_there_is_room_for(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    buffer_put_text(&text, TOWN);
    for (int i = 0; i < LIMIT_APPOINTMENT_CLOSED; i++)
        buffer_put_text(&text, "closed = 2027-01-11\n");
    size_t full = text.len;
    buffer_put_text(&text, OFFICE);
    assert_ok(parse(buffer_text(&text)));
    buffer_cut(&text, full);
    buffer_put_text(&text, "closed = 2027-01-11\n" OFFICE);
    assert_err(parse(buffer_text(&text)), ERR_MALFORMED);
    buffer_cut(&text, 0);
    buffer_put_text(&text, TOWN);
    for (int i = 0; i < LIMIT_APPOINTMENT_OFFICES; i++)
        buffer_put_format(&text, "office = a%d\nplaces = 1\nmonday = 09:00-12:00\n", i);
    assert_ok(parse(buffer_text(&text)));
    buffer_put_text(&text, OFFICE);
    assert_err(parse(buffer_text(&text)), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_a_town_says),
        cmocka_unit_test(reads_the_file_as_delivered),
        cmocka_unit_test(refuses_what_makes_no_calendar),
        cmocka_unit_test(refuses_more_than_there_is_room_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
