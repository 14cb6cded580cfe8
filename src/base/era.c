#include "base/era.h"

#include <stdio.h>

/* The first day of each in its own reckoning: the day of the change belongs to the new era. */
static const struct {
    const char *name;
    struct date first;
} eras[NUM_ERAS] = {
    [ERA_NONE] = {"", {0, 0, 0}},           [ERA_MEIJI] = {"明治", {1868, 10, 23}},
    [ERA_TAISHO] = {"大正", {1912, 7, 30}}, [ERA_SHOWA] = {"昭和", {1926, 12, 25}},
    [ERA_HEISEI] = {"平成", {1989, 1, 8}},  [ERA_REIWA] = {"令和", {2019, 5, 1}},
};

enum era era_of(struct date date)
{
    enum era era = ERA_NONE;
    while (era + 1 < NUM_ERAS && date_compare(eras[era + 1].first, date) <= 0)
        era++;
    return era;
}

/* The first and the last day that an incomplete date can be; its year is known. */
static struct date first_possible(struct date born)
{
    return (struct date){born.year, born.month ? born.month : 1, born.day ? born.day : 1};
}

static struct date last_possible(struct date born)
{
    struct date last = {born.year, born.month ? born.month : 12, born.day};
    if (last.day == 0)
        last.day = date_days_in_month(last.year, last.month);
    return last;
}

enum era era_of_birth(struct date born)
{
    if (born.year == 0)
        return ERA_NONE;
    enum era era = era_of(first_possible(born));
    return era == era_of(last_possible(born)) ? era : ERA_NONE;
}

int16_t era_year(enum era era, unsigned number)
{
    bool is_known = era > ERA_NONE && era < NUM_ERAS && number >= 1 && number <= 99;
    return is_known ? (int16_t)(eras[era].first.year + (int)number - 1) : 0;
}

/* --- printing --- */

#define YEAR_TEXT 32
#define DAY_TEXT  32

/* The first year of an era is called 元年. */
static void year_print(enum era era, int year, char text[static YEAR_TEXT])
{
    int num = year - eras[era].first.year + 1;
    if (num == 1)
        snprintf(text, YEAR_TEXT, "%s元年", eras[era].name);
    else
        snprintf(text, YEAR_TEXT, "%s%d年", eras[era].name, num);
}

static void day_print(struct date date, char text[static DAY_TEXT])
{
    if (date.month == 0)
        snprintf(text, DAY_TEXT, "月日不詳");
    else if (date.day == 0)
        snprintf(text, DAY_TEXT, "%d月日不詳", date.month);
    else
        snprintf(text, DAY_TEXT, "%d月%d日", date.month, date.day);
}

enum err era_print(struct date date, char text[static ERA_TEXT])
{
    char one[YEAR_TEXT], other[YEAR_TEXT], day[DAY_TEXT];
    if (!date_is_birth_date(date))
        return ERR_MALFORMED;
    if (date.year == 0) {
        snprintf(text, ERA_TEXT, "年月日不詳");
        return ERR_NONE;
    }
    enum era first = era_of(first_possible(date)), last = era_of(last_possible(date));
    if (first == ERA_NONE)
        return ERR_UNSUPPORTED;
    year_print(first, date.year, one);
    year_print(last, date.year, other);
    day_print(date, day);
    snprintf(text, ERA_TEXT, "%s%s%s（%d年）%s", one, first == last ? "" : "又は",
             first == last ? "" : other, date.year, day);
    return ERR_NONE;
}
