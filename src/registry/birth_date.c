/* The two forms of a birth date. */
#include "registry/birth_date.h"

#include <stdio.h>

#include "base/era.h"

char *birth_date_print(struct date born, char text[static BIRTH_DATE_TEXT])
{
    snprintf(text, BIRTH_DATE_TEXT, "%d%04u%02u%02u", (int)era_of_birth(born),
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
