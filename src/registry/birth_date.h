/* The birth date in the form of certificates: EYYYYMMDD, E for the era, the year Gregorian, unknown
 * parts 0 (facts: profile, 1.4). */
#pragma once

#include "base/date.h"

#define BIRTH_DATE_TEXT 10 /* nine digits and a zero */

/* birth_date_print writes nine digits. E is 1 明治 to 5 令和; 0 where the unknown parts leave the
 * era open (all of 0000-00-00; 1989 without a month, which began as 昭和). */
char *birth_date_print(struct date born, char text[static BIRTH_DATE_TEXT]);

/* birth_date_of_number and birth_date_number: YYYYMMDD as one integer, as the database keeps it. */
int64_t birth_date_number(struct date born);
enum err birth_date_of_number(int64_t number, struct date *out) MUST_USE;
