/* Certificates become visits, hours become places. */
#include "law/forecast.h"

#include "law/calendar.h"
#include "law/policy.h"
#include "law/window.h"

/* page:S17 page:S18 renewals that one day has room for, one behind the other at each place */
static uint32_t capacity_of(const struct appointments *appointments, struct date day)
{
    uint32_t num = 0;
    unsigned minutes = calendar_slots(appointments, PROCEDURE_RENEWAL) * appointments->slot;
    if (minutes == 0 || calendar_is_closed(appointments, day))
        return 0;
    for (size_t i = 0; i < appointments->num_offices; i++) {
        const struct appointment_office *office = &appointments->offices[i];
        const struct appointment_span *spans = office->hours[date_weekday(day)];
        for (size_t s = 0; s < APPOINTMENT_SPANS; s++)
            num += (unsigned)(spans[s].until - spans[s].from) / minutes * office->places;
    }
    return num;
}

static uint32_t more_of(const uint32_t counts[static NUM_KINDS])
{
    return counts[KIND_SIGNATURE] > counts[KIND_AUTHENTICATION] ? counts[KIND_SIGNATURE]
                                                                : counts[KIND_AUTHENTICATION];
}

static void add(uint32_t sums[static NUM_KINDS], const uint32_t counts[static NUM_KINDS])
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        sums[kind] += counts[kind];
}

/* The week that a day falls into; NULL behind the last one, or before the first day. */
static struct forecast_week *week_of(struct forecast_week weeks[static FORECAST_WEEKS],
                                     struct date day)
{
    int32_t first = date_to_days(weeks[0].last) - (DAYS_OF_WEEK - 1);
    int32_t at = date_to_days(day) - first;
    if (date_compare(day, weeks[0].first) < 0 || at / DAYS_OF_WEEK >= FORECAST_WEEKS)
        return NULL;
    return &weeks[at / DAYS_OF_WEEK];
}

static void weeks_init(const struct appointments *appointments, struct date first,
                       struct forecast_week out[static FORECAST_WEEKS])
{
    struct date monday = date_add_days(first, -(int32_t)date_weekday(first));
    for (int i = 0; i < FORECAST_WEEKS; i++) {
        struct date begins = date_add_days(monday, i * DAYS_OF_WEEK);
        out[i] = (struct forecast_week){.first = i ? begins : first,
                                        .last = date_add_days(begins, DAYS_OF_WEEK - 1)};
        out[i].is_known =
            appointments->num_offices && date_compare(out[i].last, appointments->last_day) <= 0;
        for (struct date day = out[i].first; date_compare(day, out[i].last) <= 0;
             day = date_add_days(day, 1))
            out[i].capacity += capacity_of(appointments, day);
    }
}

/* Of what is left of a week, only those who cannot come later count. */
static bool is_whole(const struct forecast_week *week)
{
    return date_weekday(week->first) == 0;
}

void forecast_weeks(const struct law_policy *policy, const struct appointments *appointments,
                    const struct forecast_due *due, struct forecast_week out[static FORECAST_WEEKS])
{
    weeks_init(appointments, due->first, out);
    for (size_t i = 0; i < due->num; i++) {
        struct date until = date_add_days(due->first, (int32_t)i);
        struct forecast_week *ends = week_of(out, until);
        struct forecast_week *opens = week_of(out, window_opens(policy, until));
        if (ends) {
            add(ends->ends, due->counts[i]);
            ends->visits_ending += more_of(due->counts[i]);
        }
        if (opens) {
            add(opens->opens, due->counts[i]);
            opens->visits_opening += more_of(due->counts[i]);
        }
    }
    for (size_t i = 0; appointments->num_offices && i < FORECAST_WEEKS; i++)
        out[i].is_over = out[i].visits_ending > out[i].capacity ||
                         (is_whole(&out[i]) && out[i].visits_opening > out[i].capacity);
}
