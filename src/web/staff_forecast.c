#include "web/staff_forecast.h"

#include "base/limits.h"
#include "web/date_words.h"
#include "web/staff.h"
#include "web/staff_paper.h"

/* Units of the plot, which is stretched to its place. */
#define PLOT_HEIGHT 2000
#define PLOT_WEEK   100
#define PLOT_GAP    10
#define PLOT_BAR    40
#define PLOT_MARK   80

/* --- the plot --- */

static json_int_t number(const json_t *week, const char *name)
{
    return json_integer_value(json_object_get(week, name));
}

static json_int_t highest(json_t *weeks)
{
    static const char *const names[] = {"visits_opening", "visits_ending", "capacity"};
    json_int_t most = 1;
    size_t i;
    json_t *week;
    json_array_foreach (weeks, i, week)
        for (size_t k = 0; k < COUNT_OF(names); k++)
            most = number(week, names[k]) > most ? number(week, names[k]) : most;
    return most;
}

/* A bar of each week, as one path. */
static json_t *bars_json(json_t *weeks, const char *name, int place, json_int_t most)
{
    size_t i;
    json_t *week;
    struct buffer path CLEANUP_BUFFER;
    buffer_init(&path, LIMIT_CONFIG_FILE);
    json_array_foreach (weeks, i, week) {
        json_int_t height = number(week, name) * PLOT_HEIGHT / most;
        buffer_put_format(&path, "M%zu %dv-%lldh%dv%lldz",
                          i * PLOT_WEEK + PLOT_GAP + (size_t)place * PLOT_BAR, PLOT_HEIGHT,
                          (long long)height, PLOT_BAR, (long long)height);
    }
    return json_of_bytes(buffer_bytes(&path));
}

/* A mark below each week that is over. */
static json_t *marks_json(json_t *weeks)
{
    size_t i;
    json_t *week;
    struct buffer path CLEANUP_BUFFER;
    buffer_init(&path, LIMIT_CONFIG_FILE);
    json_array_foreach (weeks, i, week)
        if (json_is_true(json_object_get(week, "is_over")))
            buffer_put_format(&path, "M%zu %dh%dv%dh-%dz", i * PLOT_WEEK, PLOT_HEIGHT + PLOT_GAP,
                              PLOT_WEEK, PLOT_MARK, PLOT_WEEK);
    return json_of_bytes(buffer_bytes(&path));
}

/* The capacity as one line of steps. */
static json_t *steps_json(json_t *weeks, json_int_t most)
{
    size_t i;
    json_t *week;
    struct buffer path CLEANUP_BUFFER;
    buffer_init(&path, LIMIT_CONFIG_FILE);
    json_array_foreach (weeks, i, week) {
        json_int_t y = PLOT_HEIGHT - number(week, "capacity") * PLOT_HEIGHT / most;
        buffer_put_format(&path, i ? "V%lld" : "M0 %lld", (long long)y);
        buffer_put_format(&path, "H%zu", (i + 1) * PLOT_WEEK);
    }
    return json_of_bytes(buffer_bytes(&path));
}

static json_t *plot_json(json_t *weeks, bool has_capacity)
{
    json_int_t most = highest(weeks);
    json_t *plot = json_pack(
        "{s:o, s:o, s:o, s:I, s:I, s:i}", "opening", bars_json(weeks, "visits_opening", 0, most),
        "ending", bars_json(weeks, "visits_ending", 1, most), "over", marks_json(weeks), "most",
        most, "width", (json_int_t)(json_array_size(weeks) * PLOT_WEEK), "height",
        PLOT_HEIGHT + PLOT_GAP + PLOT_MARK);
    if (has_capacity)
        json_object_set_new(plot, "steps", steps_json(weeks, most));
    return plot;
}

/* --- the page --- */

static json_t *day_text(const struct page *page, const json_t *row, const char *name,
                        const char *phrase)
{
    struct date date;
    const char *text = json_string_value(json_object_get(row, name));
    return text && date_parse(text, &date) == ERR_NONE ? date_words_json(page, phrase, date) : NULL;
}

static json_t *put_weeks(const struct page *page, json_t *weeks)
{
    size_t i;
    json_t *week, *over = json_array();
    json_array_foreach (weeks, i, week) {
        json_object_set_new(week, "first_text", day_text(page, week, "first", "staff-short-date"));
        json_object_set_new(week, "last_text", day_text(page, week, "last", "staff-short-date"));
        if (json_is_true(json_object_get(week, "is_over")))
            json_array_append(over, week);
    }
    return over;
}

static void put_words(const struct page *page, json_t *data)
{
    json_t *weeks = json_object_get(data, "weeks");
    bool has_capacity = json_is_true(json_object_get(data, "has_capacity"));
    json_object_set_new(data, "title", page_phrase(page, "staff-forecast-title"));
    json_object_set_new(data, "over", put_weeks(page, weeks));
    json_object_set_new(data, "plot", plot_json(weeks, has_capacity));
    json_object_set_new(data, "counted_text",
                        day_text(page, data, "counted", "staff-forecast-counted"));
    json_object_set_new(data, "paper_url", page_link(page, "/staff/forecast.pdf"));
    if (has_capacity)
        json_object_set_new(data, "closed_text",
                            day_text(page, data, "closed_days_until", "staff-forecast-closed"));
}

void staff_get_forecast(struct desk *desk)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (!desk_ask(desk, "forecast", json_object(), &answer))
        return;
    put_words(&desk->page, answer.detail);
    staff_answer(desk, "staff-forecast", json_incref(answer.detail));
}

/* --- the paper --- */

static json_t *week_of_paper(const json_t *week)
{
    static const char *const names[] = {"first",    "last",     "visits_opening", "visits_ending",
                                        "capacity", "is_known", "is_over"};
    json_t *row = json_object();
    for (size_t i = 0; i < COUNT_OF(names); i++)
        json_object_set(row, names[i], json_object_get(week, names[i]));
    return row;
}

void staff_get_forecast_paper(struct desk *desk)
{
    size_t i;
    json_t *week, *weeks = json_array();
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (desk_ask(desk, "forecast", json_object(), &answer)) {
        json_array_foreach (json_object_get(answer.detail, "weeks"), i, week)
            json_array_append_new(weeks, week_of_paper(week));
        json_t *request = json_pack("{s:s, s:{s:O, s:O}, s:b, s:O}", "paper", "forecast", "items",
                                    "date", json_object_get(answer.detail, "counted"), "sender",
                                    json_object_get(answer.detail, "sender"), "sample",
                                    desk->page.site->is_sample, "weeks", weeks);
        staff_paper_draw(desk, request);
    }
    json_decref(weeks);
}
