/* Figures by procedure and by month. commit counts some days at a time, so that nobody waits for
 * it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/date.h"
#include "base/limits.h"
#include "web/audit.h"
#include "web/staff.h"

#define MONTHS      6
#define PLOT_WIDTH  560
#define PLOT_HEIGHT 160
#define PLOT_FOOT   24 /* for the months' names */
#define SUMS        6

static const char *const sums[SUMS] = {"opened", "finished", "handling_seconds",
                                       "closed", "begun",    "waiting_seconds"};

struct months {
    char names[MONTHS][16]; /* "2026-12" */
    struct date begins[MONTHS + 1];
};

/* The months up to this one; the last one's end is the first of the next. */
static struct months months_of(struct date today)
{
    struct months months;
    int number = today.year * 12 + today.month - 1 - (MONTHS - 1);
    for (int i = 0; i <= MONTHS; i++, number++) {
        struct date first = {0};
        first.year = (__typeof__(first.year))(number / 12);
        first.month = (__typeof__(first.month))(number % 12 + 1);
        first.day = 1;
        months.begins[i] = first;
        if (i < MONTHS)
            snprintf(months.names[i], sizeof months.names[i], "%04d-%02d", number / 12,
                     number % 12 + 1);
    }
    return months;
}

/* --- adding up --- */

static json_t *cell_of(json_t *table, const char *name, int month)
{
    json_t *row = json_object_get(table, name);
    if (!row) {
        row = json_array();
        for (int i = 0; i < MONTHS; i++)
            json_array_append_new(row, json_object());
        json_object_set_new(table, name, row);
    }
    return json_array_get(row, (size_t)month);
}

static void add(json_t *cell, const char *name, json_int_t num)
{
    json_object_set_new(cell, name,
                        json_integer(json_integer_value(json_object_get(cell, name)) + num));
}

static void add_answer(json_t *procedures, json_t *refusals, int month, json_t *answer)
{
    size_t i;
    json_t *row;
    json_array_foreach (json_object_get(answer, "procedures"), i, row)
        for (int j = 0; j < SUMS; j++)
            add(cell_of(procedures, json_string_value(json_object_get(row, "procedure")), month),
                sums[j], json_integer_value(json_object_get(row, sums[j])));
    json_array_foreach (json_object_get(answer, "refusals"), i, row) {
        char name[160];
        snprintf(name, sizeof name, "%s:%s", json_string_value(json_object_get(row, "act")),
                 json_string_value(json_object_get(row, "code")));
        add(cell_of(refusals, name, month), "count",
            json_integer_value(json_object_get(row, "count")));
    }
}

/* False: the page is answered. */
static bool count_month(struct desk *desk, const struct months *months, int month,
                        json_t *procedures, json_t *refusals)
{
    int32_t day = date_to_days(months->begins[month]),
            end = date_to_days(months->begins[month + 1]);
    while (day < end) {
        char text[DATE_TEXT];
        int32_t num = end - day < LIMIT_FIGURES_DAYS ? end - day : LIMIT_FIGURES_DAYS;
        struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
        if (!desk_ask(desk, "figures",
                      json_pack("{s:s, s:i}", "date", date_print(date_of_days(day), text), "count",
                                (int)num),
                      &answer))
            return false;
        add_answer(procedures, refusals, month, answer.detail);
        day += num;
    }
    return true;
}

/* --- tables and plots --- */

static json_int_t sum_of(json_t *cell, const char *name)
{
    return json_integer_value(json_object_get(cell, name));
}

/* Whole minutes, of those that there were. */
static json_int_t mean(json_t *cell, const char *seconds, const char *of)
{
    json_int_t num = sum_of(cell, of);
    return num ? (sum_of(cell, seconds) / num + 30) / 60 : 0;
}

static json_t *rows_of_procedures(const struct page *page, const struct months *months,
                                  json_t *procedures, json_int_t totals[MONTHS])
{
    const char *name;
    json_t *row, *rows = json_array();
    json_object_foreach (procedures, name, row)
        for (int i = 0; i < MONTHS; i++) {
            enum procedure procedure;
            json_t *cell = json_array_get(row, (size_t)i);
            bool is_known = procedure_parse(name, &procedure) == ERR_NONE;
            totals[i] += sum_of(cell, "opened");
            if (!sum_of(cell, "opened"))
                continue;
            json_array_append_new(
                rows,
                json_pack(
                    "{s:s, s:o, s:s, s:I, s:I, s:I, s:I, s:I}", "month", months->names[i], "text",
                    is_known ? json_of_bytes(words_procedure(&page->language->words, procedure))
                             : json_string(name),
                    "procedure", name, "opened", sum_of(cell, "opened"), "finished",
                    sum_of(cell, "finished"), "closed", sum_of(cell, "closed"), "waiting",
                    mean(cell, "waiting_seconds", "begun"), "handling",
                    mean(cell, "handling_seconds", "finished")));
        }
    return rows;
}

static json_t *rows_of_refusals(json_t *refusals, json_int_t totals[MONTHS])
{
    const char *name;
    json_t *row, *rows = json_array();
    json_object_foreach (refusals, name, row) {
        json_int_t num = 0;
        for (int i = 0; i < MONTHS; i++) {
            totals[i] += sum_of(json_array_get(row, (size_t)i), "count");
            num += sum_of(json_array_get(row, (size_t)i), "count");
        }
        json_array_append_new(rows, json_pack("{s:s, s:I}", "reason", name, "count", num));
    }
    return rows;
}

/* Bars of whole pixels; the text of each stands above it. */
static json_t *plot(const struct months *months, const json_int_t values[MONTHS])
{
    json_int_t most = 1;
    json_t *bars = json_array();
    for (int i = 0; i < MONTHS; i++)
        most = values[i] > most ? values[i] : most;
    for (int i = 0; i < MONTHS; i++) {
        int step = PLOT_WIDTH / MONTHS, room = PLOT_HEIGHT - 2 * PLOT_FOOT;
        int height = (int)(values[i] * room / most);
        json_array_append_new(
            bars,
            json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:I, s:s}", "x", i * step + step / 4,
                      "y", PLOT_HEIGHT - PLOT_FOOT - height, "width", step / 2, "height", height,
                      "middle", i * step + step / 2, "above", PLOT_HEIGHT - PLOT_FOOT - height - 6,
                      "foot", PLOT_HEIGHT - 6, "value", values[i], "month", months->names[i]));
    }
    return json_pack("{s:i, s:i, s:o}", "width", PLOT_WIDTH, "height", PLOT_HEIGHT, "bars", bars);
}

void audit_get_figures(struct desk *desk)
{
    struct page *page = &desk->page;
    struct months months = months_of(date_of_time(clock_now()));
    json_int_t opened[MONTHS] = {0}, refused[MONTHS] = {0};
    json_t *procedures = json_object(), *refusals = json_object();
    bool is_counted = true;
    for (int i = 0; is_counted && i < MONTHS; i++)
        is_counted = count_month(desk, &months, i, procedures, refusals);
    if (is_counted) {
        json_t *rows = rows_of_procedures(page, &months, procedures, opened);
        json_t *reasons = rows_of_refusals(refusals, refused);
        staff_answer(desk, "audit-figures",
                     json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "title",
                               page_phrase(page, "staff-audit-figures"), "procedures", rows,
                               "refusals", reasons, "opened_plot", plot(&months, opened),
                               "refused_plot", plot(&months, refused), "audit_url",
                               page_link(page, "/staff/audit")));
    }
    json_decref(procedures);
    json_decref(refusals);
}
