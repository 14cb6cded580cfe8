/* What can still be booked: the hours of the calendar without what is taken. page:S17 page:S18 */
#include "counter/appointment.h"
#include "counter/occupancy.h"
#include "law/calendar.h"

struct look {
    const struct appointments *town;
    const struct appointment_office *office;
    enum procedure procedure;
    int64_t now;
    struct occupancy occupancy; /* of the month */
};

/* The starts of a day that have a place; returns how many. */
static size_t free_starts(const struct look *look, struct date day,
                          int64_t starts[static CALENDAR_STARTS_MAX])
{
    int64_t seconds = calendar_seconds(look->town, look->procedure);
    size_t num = 0, num_starts = calendar_starts(look->town, look->office, look->procedure, day,
                                                 look->now, starts);
    for (size_t i = 0; i < num_starts; i++)
        if (occupancy_find(&look->occupancy, look->office, starts[i], starts[i] + seconds))
            starts[num++] = starts[i];
    return num;
}

static json_t *starts_json(const struct look *look, struct date day)
{
    int64_t starts[CALENDAR_STARTS_MAX];
    size_t num = free_starts(look, day, starts);
    json_t *list = json_array();
    for (size_t i = 0; i < num; i++) {
        char at[8];
        struct clock_time time = time_split(starts[i], JAPAN_OFFSET);
        snprintf(at, sizeof at, "%02u:%02u", time.hour % 100u, time.minute % 100u);
        json_array_append_new(list,
                              json_pack("{s:I, s:s}", "time", (json_int_t)starts[i], "at", at));
    }
    return list;
}

static json_t *days_json(const struct look *look, struct date day)
{
    int64_t starts[CALENDAR_STARTS_MAX];
    char text[DATE_TEXT];
    json_t *list = json_array();
    uint8_t last = date_days_in_month(day.year, day.month);
    for (day.day = 1; day.day <= last; day.day++)
        if (free_starts(look, day, starts))
            json_array_append_new(list, json_string(date_print(day, text)));
    return list;
}

static bool read_month(struct act_call *call, struct date day, struct look *look)
{
    struct date first = {day.year, day.month, 1};
    struct date last = {day.year, day.month, date_days_in_month(day.year, day.month)};
    return occupancy_read(call, look->office->code, date_start(first), date_last_second(last) + 1,
                          &look->occupancy);
}

bool appointment_free(struct act_call *call)
{
    char text[DATE_TEXT];
    struct look look = {
        .town = call->centre->appointments, .procedure = call->fields.procedure, .now = call->now};
    struct ruling ruling = calendar_offers(look.town, call->fields.office, look.procedure);
    if (!act_allows(call, &ruling))
        return false;
    look.office = calendar_office(look.town, call->fields.office);
    if (!read_month(call, call->fields.date, &look))
        return false;
    act_answer(call, "minutes", json_integer(calendar_seconds(look.town, look.procedure) / 60));
    act_answer(call, "starts", starts_json(&look, call->fields.date));
    act_answer(call, "days", days_json(&look, call->fields.date));
    struct date last = calendar_last_day(look.town, date_of_time(call->now));
    act_answer(call, "last_day", json_string(date_print(last, text)));
    return call->outcome == ACT_DONE;
}
