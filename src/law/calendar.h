/* The calendar of appointments: at which moments a town's file lets people come. What is booked,
 * and what time it is, the caller says. Days and times of day are Japan's. */
#pragma once

#include "law/appointments.h"
#include "law/decision.h"

#define CALENDAR_STARTS_MAX (24 * 60 / APPOINTMENT_UNIT) /* of a day */

/* calendar_office finds an office by its code; NULL. */
const struct appointment_office *calendar_office(const struct appointments *appointments,
                                                 const char *code);

/* calendar_slots: how many slots a procedure takes, the last one whole; 0: no appointment is made
 * for it. calendar_seconds: the same in seconds. */
unsigned calendar_slots(const struct appointments *appointments, enum procedure procedure);
int64_t calendar_seconds(const struct appointments *appointments, enum procedure procedure);

bool calendar_is_closed(const struct appointments *appointments, struct date day);
/* calendar_is_open: the moment lies within the hours of a day that is not closed. */
bool calendar_is_open(const struct appointments *appointments,
                      const struct appointment_office *office, int64_t time);
/* calendar_last_day is the last one that something is booked for, as seen today. */
struct date calendar_last_day(const struct appointments *appointments, struct date today);

/* calendar_offers: does the town take appointments for this procedure at this office at all? */
struct ruling calendar_offers(const struct appointments *appointments, const char *office,
                              enum procedure procedure);

struct calendar_wish {
    const char *office; /* its code */
    enum procedure procedure;
    int64_t time, now;
};

/* calendar_decide: may one begin at this moment? Never in the past, never beyond the last day, on
 * no closed day, and within the hours from its start to its end, across no break. */
struct ruling calendar_decide(const struct appointments *appointments,
                              const struct calendar_wish *wish);

/* calendar_starts writes the moments of a day that calendar_decide allows, in their order, and
 * returns how many. */
size_t calendar_starts(const struct appointments *appointments,
                       const struct appointment_office *office, enum procedure procedure,
                       struct date day, int64_t now, int64_t starts[static CALENDAR_STARTS_MAX]);
