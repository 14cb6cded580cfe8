/* From the hours of an office to the moments at which an appointment may begin. */
#include "law/calendar.h"

#include <string.h>

#define RULE       "appointment"
#define STATEMENTS "S17 S18"

static const struct reason none_taken = {
    RULE, STATEMENTS, "no-appointments",
    "No appointments are taken here. You are served without one, at any time in office hours.",
    "予約の受付は行っていません。予約がなくても、受付時間内にお越しいただけます。"};
static const struct reason no_office = {RULE, STATEMENTS, "no-such-office",
                                        "No office that takes appointments has this code.",
                                        "予約を受け付けている窓口に、この番号のものはありません。"};
static const struct reason not_by_appointment = {
    RULE, STATEMENTS, "not-by-appointment",
    "For this procedure no appointment is made. You are served without one.",
    "この手続きは予約の対象ではありません。予約がなくても受け付けます。"};
static const struct reason offered = {RULE, STATEMENTS, "offered",
                                      "Appointments are made for this procedure at this office.",
                                      "この窓口では、この手続きの予約を受け付けています。"};
static const struct reason past = {RULE, STATEMENTS, "past", "This time has passed.",
                                   "この時間は過ぎています。"};
static const struct reason too_far = {RULE, STATEMENTS, "too-far",
                                      "Appointments are made up to the day named.",
                                      "予約できるのは、この日までです。"};
static const struct reason closed_day = {
    RULE, STATEMENTS, "closed-day", "The office is closed on this day.", "この日は閉庁日です。"};
static const struct reason outside_hours = {
    RULE, STATEMENTS, "outside-hours",
    "The office is not open from the beginning to the end of this appointment.",
    "所要時間を含めて、窓口の受付時間内の時間をお選びください。"};
static const struct reason no_start = {
    RULE, STATEMENTS, "no-start", "An appointment begins at one of the times that are offered.",
    "予約は、表示された開始時刻からお選びください。"};
static const struct reason bookable = {RULE, STATEMENTS, "bookable",
                                       "An appointment may begin at this time.",
                                       "この時間に予約できます。"};

/* -- what the file says -- */

const struct appointment_office *calendar_office(const struct appointments *appointments,
                                                 const char *code)
{
    for (size_t i = 0; i < appointments->num_offices; i++)
        if (strcmp(appointments->offices[i].code, code) == 0)
            return &appointments->offices[i];
    return NULL;
}

unsigned calendar_slots(const struct appointments *appointments, enum procedure procedure)
{
    unsigned slot = appointments->slot;
    return slot ? (appointments->minutes[procedure] + slot - 1) / slot : 0;
}

int64_t calendar_seconds(const struct appointments *appointments, enum procedure procedure)
{
    return (int64_t)calendar_slots(appointments, procedure) * appointments->slot * 60;
}

/* -- days -- */

static bool lies_within_year(struct date day, const struct appointment_closed *closed)
{
    int at = day.month * 100 + day.day;
    int first = closed->first.month * 100 + closed->first.day;
    int last = closed->last.month * 100 + closed->last.day;
    return first <= last ? at >= first && at <= last : at >= first || at <= last;
}

static bool lies_within(struct date day, const struct appointment_closed *closed)
{
    if (closed->first.year == 0)
        return lies_within_year(day, closed);
    return date_compare(closed->first, day) <= 0 && date_compare(day, closed->last) <= 0;
}

bool calendar_is_closed(const struct appointments *appointments, struct date day)
{
    for (size_t i = 0; i < appointments->num_closed; i++)
        if (lies_within(day, &appointments->closed[i]))
            return true;
    return false;
}

struct date calendar_last_day(const struct appointments *appointments, struct date today)
{
    struct date ahead = date_add_days(today, (int32_t)appointments->days);
    return date_compare(ahead, appointments->last_day) < 0 ? ahead : appointments->last_day;
}

static const struct appointment_span *spans_of(const struct appointment_office *office,
                                               struct date day)
{
    return office->hours[date_weekday(day)];
}

/* -- moments -- */

/* The span in which something of that length may begin and end; NULL. */
static const struct appointment_span *span_around(const struct appointment_office *office,
                                                  int64_t time, int64_t seconds)
{
    struct date day = date_of_time(time);
    const struct appointment_span *spans = spans_of(office, day);
    int64_t second = time - date_start(day);
    for (size_t i = 0; i < APPOINTMENT_SPANS; i++)
        if (second >= spans[i].from * 60 && second + seconds <= spans[i].until * 60)
            return &spans[i];
    return NULL;
}

bool calendar_is_open(const struct appointments *appointments,
                      const struct appointment_office *office, int64_t time)
{
    return !calendar_is_closed(appointments, date_of_time(time)) && span_around(office, time, 1);
}

struct ruling calendar_offers(const struct appointments *appointments, const char *office,
                              enum procedure procedure)
{
    if (appointments->num_offices == 0)
        return ruling_refuse(&none_taken);
    if (!calendar_office(appointments, office))
        return ruling_refuse(&no_office);
    return calendar_slots(appointments, procedure) ? ruling_allow(&offered)
                                                   : ruling_refuse(&not_by_appointment);
}

/* Before its day is looked for: what came is any number. */
static bool is_far(const struct appointments *appointments, const struct calendar_wish *wish)
{
    return wish->time - wish->now > (appointments->days + 1) * INT64_C(86400);
}

static struct ruling decide_day(const struct appointments *appointments,
                                const struct appointment_office *office,
                                const struct calendar_wish *wish)
{
    struct date last = calendar_last_day(appointments, date_of_time(wish->now));
    if (wish->time <= wish->now)
        return ruling_refuse(&past);
    struct date day =
        is_far(appointments, wish) ? (struct date){9999, 12, 31} : date_of_time(wish->time);
    if (date_compare(day, last) > 0)
        return ruling_with_date(ruling_refuse(&too_far), last);
    if (calendar_is_closed(appointments, day) || !spans_of(office, day)[0].until)
        return ruling_refuse(&closed_day);
    return ruling_allow(&bookable);
}

/* page:S17 page:S18 rule:appointment */
struct ruling calendar_decide(const struct appointments *appointments,
                              const struct calendar_wish *wish)
{
    struct ruling ruling = calendar_offers(appointments, wish->office, wish->procedure);
    if (ruling.decision != DECISION_ALLOWED)
        return ruling;
    const struct appointment_office *office = calendar_office(appointments, wish->office);
    ruling = decide_day(appointments, office, wish);
    if (ruling.decision != DECISION_ALLOWED)
        return ruling;
    const struct appointment_span *span =
        span_around(office, wish->time, calendar_seconds(appointments, wish->procedure));
    if (!span)
        return ruling_refuse(&outside_hours);
    int64_t since = wish->time - date_start(date_of_time(wish->time)) - span->from * 60;
    return since % (appointments->slot * 60) == 0 ? ruling : ruling_refuse(&no_start);
}

size_t calendar_starts(const struct appointments *appointments,
                       const struct appointment_office *office, enum procedure procedure,
                       struct date day, int64_t now, int64_t starts[static CALENDAR_STARTS_MAX])
{
    size_t num = 0;
    const struct appointment_span *spans = spans_of(office, day);
    if (!appointments->slot)
        return 0;
    for (size_t i = 0; i < APPOINTMENT_SPANS; i++)
        for (unsigned minute = spans[i].from; minute < spans[i].until;
             minute += appointments->slot) {
            const struct calendar_wish wish = {office->code, procedure,
                                               date_start(day) + minute * 60, now};
            if (calendar_decide(appointments, &wish).decision == DECISION_ALLOWED)
                starts[num++] = wish.time;
        }
    return num;
}
