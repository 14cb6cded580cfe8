/* Calendar dates (Gregorian, Japan) and their arithmetic. A birth date may be incomplete: month or
 * day 0 means unknown (不詳). End dates are inclusive everywhere. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"

struct date {
    int16_t year;       /* 1…9999; 0 = unknown */
    uint8_t month, day; /* 1…; 0 = unknown */
};

#define DATE_TEXT 11 /* YYYY-MM-DD and a zero */
#define TIME_TEXT 21 /* YYYY-MM-DDThh:mm:ssZ and a zero */

enum err date_parse(const char *text, struct date *out) MUST_USE; /* a full, existing date */
/* date_parse_birth allows 00 for the day, for month and day, or for all ("0000-00-00"). */
enum err date_parse_birth(const char *text, struct date *out) MUST_USE;
char *date_print(struct date date, char text[static DATE_TEXT]);

bool date_is_complete(struct date date);
/* date_is_birth_date: complete, or unknown from some part on; what date_parse_birth takes. */
bool date_is_birth_date(struct date date);
int date_compare(struct date a, struct date b); /* <0, 0, >0 */
bool date_is_leap_year(int year);
uint8_t date_days_in_month(int year, uint8_t month);
int32_t date_to_days(struct date date); /* days since 1970-01-01; a complete date */
struct date date_of_days(int32_t days);
unsigned date_weekday(struct date date); /* 0: Monday; a complete date */
struct date date_add_days(struct date date, int32_t days);
/* date_add_months keeps the day, or takes the month's last one where that month lacks it. */
struct date date_add_months(struct date date, int32_t months);

struct date date_of_time(int64_t t);        /* the day in Japan at that moment */
int64_t date_start(struct date date);       /* 00:00:00 in Japan */
int64_t date_last_second(struct date date); /* 23:59:59 in Japan, 14:59:59 UTC */

/* UTC, with a letter Z. time_parse also takes a bare date: its first second in Japan. */
enum err time_parse(const char *text, int64_t *out) MUST_USE;
char *time_print(int64_t t, char text[static TIME_TEXT]);

struct clock_time {
    struct date date;
    uint8_t hour, minute, second;
};
struct clock_time time_split(int64_t t, int32_t offset_seconds); /* 0 for UTC, 32400 for Japan */
int64_t time_join(struct clock_time t, int32_t offset_seconds);

#define JAPAN_OFFSET 32400
