/* What falls due in the coming year, week by week, against what the counters can take by
 * appointment. Pure: the certificates were counted by the caller. page:S11 page:S17 */
#pragma once

#include <stddef.h>

#include "base/date.h"
#include "base/kind.h"

struct appointments;
struct law_policy;

#define FORECAST_WEEKS 53
#define FORECAST_AHEAD 94 /* days: no window opens further before an end */
#define FORECAST_DAYS  (FORECAST_WEEKS * 7 + FORECAST_AHEAD)

/* How many live certificates have each day from `first` on as their last one. */
struct forecast_due {
    struct date first; /* the day on which they were counted */
    size_t num;        /* days that are counted */
    uint32_t counts[FORECAST_DAYS][NUM_KINDS];
};

struct forecast_week {
    struct date first; /* its Monday, or the day of the counting */
    struct date last;  /* its Sunday */
    uint32_t ends[NUM_KINDS], opens[NUM_KINDS];
    /* One visit renews both certificates of a holder: of each day the more numerous kind counts. */
    uint32_t visits_ending, visits_opening;
    uint32_t capacity; /* renewals that fit into the hours of all offices, all their places */
    bool is_known;     /* the town has said its closed days up to the last one */
    bool is_over;      /* more visits end than fit; or, of a whole week, become possible */
};

/* forecast_weeks fills in all weeks. Without appointments no capacity is known, and no week over
 * it. */
void forecast_weeks(const struct law_policy *policy, const struct appointments *appointments,
                    const struct forecast_due *due,
                    struct forecast_week out[static FORECAST_WEEKS]);
