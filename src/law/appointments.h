/* A town's appointments, from the text of etc/appointments: which offices take them, when these are
 * open, how many people they take at one time, and how long a procedure takes. What follows from it
 * for a moment is in calendar.h. Pure: the text comes from the caller. */
#pragma once

#include "base/limits.h"
#include "base/office_code.h"
#include "law/procedures.h"

/* Minutes. Every time and every length is a multiple; a place is taken for so long at a time, so
 * that two never meet in one even after the town has changed its slots. */
#define APPOINTMENT_UNIT 5

#define APPOINTMENT_SPANS 2 /* of a day: before and after noon */
#define DAYS_OF_WEEK      7

/* Minutes after midnight, up to and without the last; until 0: there is none. */
struct appointment_span {
    uint16_t from, until;
};

struct appointment_office {
    char code[OFFICE_CODE_TEXT];
    unsigned places;                                                /* counters, at one time */
    struct appointment_span hours[DAYS_OF_WEEK][APPOINTMENT_SPANS]; /* from Monday on */
};

/* From the first to the last day; year 0 in both: every year, perhaps across its end. */
struct appointment_closed {
    struct date first, last;
};

struct appointments {
    unsigned slot;                    /* minutes between two starts */
    unsigned days;                    /* how many days ahead */
    struct date last_day;             /* up to which the town has said its closed days */
    unsigned minutes[NUM_PROCEDURES]; /* 0: no appointment is made for it */
    size_t num_closed;
    struct appointment_closed closed[LIMIT_APPOINTMENT_CLOSED];
    size_t num_offices; /* 0: the town takes no appointments */
    struct appointment_office offices[LIMIT_APPOINTMENT_OFFICES];
};

/* appointments_parse reads lines of `key = value`: what the town decides first, then each office.
 * ERR_MALFORMED, with the line in the fault, for whatever is not known, stands there twice, is
 * missing, or makes no day. */
enum err appointments_parse(struct bytes text, struct appointments *out,
                            struct fault *fault) MUST_USE;
