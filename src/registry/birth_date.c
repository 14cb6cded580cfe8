/* Eras, and the two forms of a birth date. */
#include "registry/birth_date.h"

#include <stdio.h>

/* The first day of each era in its own reckoning: the day of the change belongs to the new era. */
static const struct date era_starts[] = {
    {1868, 10, 23}, /* 明治 */
    {1912, 7, 30},  /* 大正 */
    {1926, 12, 25}, /* 昭和 */
    {1989, 1, 8},   /* 平成 */
    {2019, 5, 1},   /* 令和 */
};

static int era_of(struct date date)
{
    int era = 0;
    while ((size_t)era < COUNT_OF(era_starts) && date_compare(era_starts[era], date) <= 0)
        era++;
    return era;
}

/* The era of an incomplete date is known if its first and its last possible day agree. */
static int era_of_birth(struct date born)
{
    if (born.year == 0)
        return 0;
    struct date first = {born.year, born.month ? born.month : 1, born.day ? born.day : 1};
    struct date last = {born.year, born.month ? born.month : 12, born.day};
    if (last.day == 0)
        last.day = date_days_in_month(last.year, last.month);
    return era_of(first) == era_of(last) ? era_of(first) : 0;
}

char *birth_date_print(struct date born, char text[static BIRTH_DATE_TEXT])
{
    snprintf(text, BIRTH_DATE_TEXT, "%d%04u%02u%02u", era_of_birth(born),
             (unsigned)born.year % 10000, born.month % 100u, born.day % 100u);
    return text;
}

int64_t birth_date_number(struct date born)
{
    return born.year * 10000 + born.month * 100 + born.day;
}

enum err birth_date_of_number(int64_t number, struct date *out)
{
    if (number < 0 || number > 99991231)
        return ERR_MALFORMED;
    char text[DATE_TEXT];
    snprintf(text, sizeof text, "%04u-%02u-%02u", (unsigned)(number / 10000) % 10000,
             (unsigned)(number / 100) % 100, (unsigned)number % 100);
    return date_parse_birth(text, out);
}
