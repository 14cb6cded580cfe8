/* A town's file of appointments, as whoever writes it may. What is accepted has offices with hours
 * and places within the limits, and every start that the calendar lists is one that it allows, with
 * all of its time in one span of an open day. */
#include "law/calendar.h"

#include "harness.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t now = INT64_C(1796083200); /* 2026-12-01 09:00 in Japan */

static void check_start(const struct appointments *town, const struct appointment_office *office,
                        enum procedure procedure, int64_t start)
{
    const struct calendar_wish wish = {office->code, procedure, start, now};
    int64_t last = start + calendar_seconds(town, procedure) - 1;
    require(start > now && start % (APPOINTMENT_UNIT * 60) == 0);
    require(calendar_decide(town, &wish).decision == DECISION_ALLOWED);
    for (int64_t t = start; t <= last; t += APPOINTMENT_UNIT * 60)
        require(calendar_is_open(town, office, t));
    require(calendar_is_open(town, office, last));
}

static void check_office(const struct appointments *town, const struct appointment_office *office)
{
    int64_t starts[CALENDAR_STARTS_MAX];
    struct date today = date_of_time(now);
    require(office->places >= 1 && office->places <= LIMIT_APPOINTMENT_PLACES);
    require(calendar_office(town, office->code) == office);
    for (int p = 0; p < NUM_PROCEDURES; p++)
        for (int32_t i = 0; i < 8; i++) {
            enum procedure procedure = (enum procedure)p;
            size_t num =
                calendar_starts(town, office, procedure, date_add_days(today, i), now, starts);
            for (size_t k = 0; k < num; k++)
                check_start(town, office, procedure, starts[k]);
        }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct appointments town;
    struct fault fault = {0};
    if (appointments_parse(bytes_of(data, size), &town, &fault) != ERR_NONE) {
        require(fault.code == ERR_MALFORMED && fault.text[0]);
        return 0;
    }
    require(town.slot && town.days && town.num_offices);
    for (size_t i = 0; i < town.num_offices && i < 4; i++)
        check_office(&town, &town.offices[i]);
    return 0;
}
