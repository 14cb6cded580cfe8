#include "base/date.h"

#include <stdio.h>
#include <string.h>

static bool digits(const char **at, size_t num, int *out)
{
    int value = 0;
    for (size_t i = 0; i < num; i++, (*at)++) {
        if (**at < '0' || **at > '9')
            return false;
        value = value * 10 + (**at - '0');
    }
    *out = value;
    return true;
}

static bool literal(const char **at, char c)
{
    return *(*at)++ == c;
}

/* YYYY-MM-DD with any digits; leaves *at behind it. Stops at the first character that differs. */
static bool date_scan(const char **at, struct date *out)
{
    int year, month, day;
    if (!digits(at, 4, &year) || !literal(at, '-') || !digits(at, 2, &month) || !literal(at, '-') ||
        !digits(at, 2, &day))
        return false;
    *out = (struct date){(int16_t)year, (uint8_t)month, (uint8_t)day};
    return true;
}

static bool date_exists(struct date date)
{
    return date.year >= 1 && date.month >= 1 && date.month <= 12 && date.day >= 1 &&
           date.day <= date_days_in_month(date.year, date.month);
}

enum err date_parse(const char *text, struct date *out)
{
    struct date date;
    const char *at = text;
    if (!date_scan(&at, &date) || *at != '\0' || !date_exists(date))
        return ERR_MALFORMED;
    *out = date;
    return ERR_NONE;
}

enum err date_parse_birth(const char *text, struct date *out)
{
    struct date date;
    const char *at = text;
    if (!date_scan(&at, &date) || *at != '\0')
        return ERR_MALFORMED;
    if (!date_is_birth_date(date))
        return ERR_MALFORMED;
    *out = date;
    return ERR_NONE;
}

char *date_print(struct date date, char text[static DATE_TEXT])
{
    snprintf(text, DATE_TEXT, "%04u-%02u-%02u", (unsigned)date.year % 10000u,
             (unsigned)date.month % 100u, (unsigned)date.day % 100u);
    return text;
}

bool date_is_complete(struct date date)
{
    return date_exists(date);
}

bool date_is_birth_date(struct date date)
{
    if (date.year == 0)
        return date.month == 0 && date.day == 0;
    if (date.month == 0 || date.day == 0)
        return date.year > 0 && date.month <= 12 && date.day == 0;
    return date_exists(date);
}

int date_compare(struct date a, struct date b)
{
    if (a.year != b.year)
        return a.year < b.year ? -1 : 1;
    if (a.month != b.month)
        return a.month < b.month ? -1 : 1;
    return a.day == b.day ? 0 : a.day < b.day ? -1 : 1;
}

bool date_is_leap_year(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

uint8_t date_days_in_month(int year, uint8_t month)
{
    static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12)
        return 0;
    return month == 2 && date_is_leap_year(year) ? 29 : days[month - 1];
}

/* Days of the year before the first of a month, 1…12. */
static int32_t days_before_month(int year, int month)
{
    static const int16_t days[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
    return days[month - 1] + (month > 2 && date_is_leap_year(year));
}

/* Days before 1 January of a year, counted from 1 January of year 1. */
static int32_t days_before_year(int32_t year)
{
    int32_t y = year - 1;
    return y * 365 + y / 4 - y / 100 + y / 400;
}

#define DAYS_BEFORE_1970  719162
#define DAYS_OF_400_YEARS 146097

int32_t date_to_days(struct date date)
{
    int32_t days = days_before_year(date.year) - DAYS_BEFORE_1970;
    for (uint8_t month = 1; month < date.month; month++)
        days += date_days_in_month(date.year, month);
    return days + date.day - 1;
}

struct date date_of_days(int32_t days)
{
    int32_t left = days + DAYS_BEFORE_1970;
    int32_t year = (int32_t)(left * INT64_C(400) / DAYS_OF_400_YEARS); /* it, or the one before */
    while (days_before_year(year + 1) <= left)
        year++;
    left -= days_before_year(year);
    int month = left / 32 + 1; /* likewise */
    if (month < 12 && left >= days_before_month(year, month + 1))
        month++;
    left -= days_before_month(year, month);
    return (struct date){(int16_t)year, (uint8_t)month, (uint8_t)(left + 1)};
}

/* 1970-01-01 was a Thursday. */
unsigned date_weekday(struct date date)
{
    return (unsigned)((date_to_days(date) % 7 + 7 + 3) % 7);
}

struct date date_add_days(struct date date, int32_t days)
{
    return date_of_days(date_to_days(date) + days);
}

struct date date_add_months(struct date date, int32_t months)
{
    int32_t index = date.year * 12 + (date.month - 1) + months;
    struct date sum = {(int16_t)(index / 12), (uint8_t)(index % 12 + 1), date.day};
    uint8_t last = date_days_in_month(sum.year, sum.month);
    if (sum.day > last)
        sum.day = last;
    return sum;
}

static int64_t floor_divide(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

struct date date_of_time(int64_t t)
{
    return date_of_days((int32_t)floor_divide(t + JAPAN_OFFSET, 86400));
}

int64_t date_start(struct date date)
{
    return (int64_t)date_to_days(date) * 86400 - JAPAN_OFFSET;
}

int64_t date_last_second(struct date date)
{
    return date_start(date) + 86399;
}

struct clock_time time_split(int64_t t, int32_t offset_seconds)
{
    int64_t local = t + offset_seconds;
    int64_t days = floor_divide(local, 86400), second = local - days * 86400;
    return (struct clock_time){date_of_days((int32_t)days), (uint8_t)(second / 3600),
                               (uint8_t)(second / 60 % 60), (uint8_t)(second % 60)};
}

int64_t time_join(struct clock_time t, int32_t offset_seconds)
{
    return (int64_t)date_to_days(t.date) * 86400 + t.hour * 3600 + t.minute * 60 + t.second -
           offset_seconds;
}

enum err time_parse(const char *text, int64_t *out)
{
    struct date date;
    if (date_parse(text, &date) == ERR_NONE) {
        *out = date_start(date);
        return ERR_NONE;
    }
    int hour, minute, second;
    const char *at = text;
    if (!date_scan(&at, &date) || !date_exists(date) || !literal(&at, 'T') ||
        !digits(&at, 2, &hour) || !literal(&at, ':') || !digits(&at, 2, &minute) ||
        !literal(&at, ':') || !digits(&at, 2, &second) || !literal(&at, 'Z') || *at != '\0')
        return ERR_MALFORMED;
    if (hour > 23 || minute > 59 || second > 59)
        return ERR_MALFORMED;
    *out = time_join((struct clock_time){date, (uint8_t)hour, (uint8_t)minute, (uint8_t)second}, 0);
    return ERR_NONE;
}

char *time_print(int64_t t, char text[static TIME_TEXT])
{
    struct clock_time split = time_split(t, 0);
    char date[DATE_TEXT];
    snprintf(text, TIME_TEXT, "%sT%02u:%02u:%02uZ", date_print(split.date, date), split.hour % 100u,
             split.minute % 100u, split.second % 100u);
    return text;
}
