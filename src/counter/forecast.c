/* Counting is spread over turns, so that no act waits for it; the act only adds up. */
#include "counter/forecast.h"

#include "base/clock.h"
#include "centre/crl.h"
#include "law/appointments.h"
#include "store/rows.h"

static const struct reason reason_counting = {
    "forecast", "", "counting", "The certificates are being counted: ask again in a minute.",
    "集計中です。1分ほど後に、もう一度表示してください。"};

/* -- counting -- */

static enum err day_count(struct centre *centre, struct forecast_due *due, uint64_t *num,
                          struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    uint32_t *counts = due->counts[due->num];
    int32_t day = date_to_days(due->first) + (int32_t)due->num;
    store_query(centre->store, STATEMENT_FORECAST_DAY, VALUES(value_integer(day)), &rows, fault);
    while (rows_next(&rows)) {
        int64_t kind = row_integer_within(&rows, 0, 0, NUM_KINDS - 1);
        counts[kind] = (uint32_t)row_integer_within(&rows, 1, 0, UINT32_MAX);
        *num += counts[kind];
    }
    return rows_end(&rows);
}

static enum err part_count(struct centre *centre, struct forecast_due *due, struct fault *fault)
{
    uint64_t num = 0;
    size_t begun = due->num;
    enum err err = ERR_NONE;
    while (err == ERR_NONE && due->num < FORECAST_DAYS && num < LIMIT_FORECAST_PART &&
           due->num - begun < LIMIT_FORECAST_DAYS) {
        err = day_count(centre, due, &num, fault);
        due->num += err == ERR_NONE;
    }
    return err;
}

enum err forecast_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    int64_t daily = crl_last_daily(clock_now());
    struct forecast_due *due = &centre->forecast_next;
    if (daily == centre->forecast_daily)
        return ERR_NONE;
    struct date today = clock_today();
    if (date_compare(due->first, today) != 0)
        *due = (struct forecast_due){.first = today};
    enum err err = part_count(centre, due, fault);
    if (err != ERR_NONE)
        return err;
    if (due->num < FORECAST_DAYS) {
        *has_more = true;
        return ERR_NONE;
    }
    centre->forecast = *due;
    centre->forecast_daily = daily;
    *due = (struct forecast_due){0};
    return ERR_NONE;
}

/* -- the act -- */

static json_t *kinds_json(const uint32_t counts[static NUM_KINDS])
{
    json_t *json = json_object();
    for (int kind = 0; kind < NUM_KINDS; kind++)
        json_object_set_new(json, kind_name((enum kind)kind), json_integer(counts[kind]));
    return json;
}

static json_t *week_json(const struct forecast_week *week)
{
    char first[DATE_TEXT], last[DATE_TEXT];
    return json_pack("{s:s, s:s, s:o, s:o, s:I, s:I, s:I, s:b, s:b}", "first",
                     date_print(week->first, first), "last", date_print(week->last, last), "ends",
                     kinds_json(week->ends), "opens", kinds_json(week->opens), "visits_ending",
                     (json_int_t)week->visits_ending, "visits_opening",
                     (json_int_t)week->visits_opening, "capacity", (json_int_t)week->capacity,
                     "is_known", week->is_known, "is_over", week->is_over);
}

bool forecast_run(struct act_call *call)
{
    char text[DATE_TEXT];
    const struct centre *centre = call->centre;
    struct forecast_week weeks[FORECAST_WEEKS];
    json_t *list = json_array();
    act_answer(call, "weeks", list);
    if (!centre->forecast.num)
        return act_refuse(call, &reason_counting);
    forecast_weeks(&centre->policy, centre->appointments, &centre->forecast, weeks);
    for (size_t i = 0; i < FORECAST_WEEKS; i++)
        json_array_append_new(list, week_json(&weeks[i]));
    act_answer(call, "sender",
               json_sprintf("%s%s", centre->town->prefecture_ja, centre->town->name_ja));
    act_answer(call, "counted", json_string(date_print(centre->forecast.first, text)));
    act_answer(call, "has_capacity", json_boolean(centre->appointments->num_offices > 0));
    if (centre->appointments->num_offices)
        act_answer(call, "closed_days_until",
                   json_string(date_print(centre->appointments->last_day, text)));
    return call->outcome == ACT_DONE;
}
