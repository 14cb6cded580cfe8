/* Which places of an office are taken, from one moment to another: what is booked, not what the
 * office's hours are. */
#pragma once

#include "centre/act.h"
#include "law/appointments.h"

#define OCCUPANCY_UNIT  (APPOINTMENT_UNIT * 60) /* seconds for which a place is taken */
#define OCCUPANCY_DAYS  31
#define OCCUPANCY_UNITS (OCCUPANCY_DAYS * 86400 / OCCUPANCY_UNIT)

struct occupancy {
    int64_t first;                   /* unit, counted from 1970 */
    uint32_t taken[OCCUPANCY_UNITS]; /* a bit for each place */
};
_Static_assert(LIMIT_APPOINTMENT_PLACES <= 32, "a place is a bit");

/* occupancy_read reads what is taken of an office between two moments, both on a unit and no
 * further apart than OCCUPANCY_DAYS. */
bool occupancy_read(struct act_call *call, const char *office, int64_t from, int64_t until,
                    struct occupancy *out) MUST_USE;

/* occupancy_find gives the lowest place of the office that is free all the time between two moments
 * within what was read; 0: none is. */
unsigned occupancy_find(const struct occupancy *occupancy, const struct appointment_office *office,
                        int64_t begins, int64_t ends);

/* occupancy_take writes that an appointment has a place for that time; a place that is taken is an
 * error of the database's. */
bool occupancy_take(struct act_call *call, const char *office, unsigned place, int64_t begins,
                    int64_t ends, int64_t appointment) MUST_USE;
