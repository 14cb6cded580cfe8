/* Eras of Japan (元号) and dates written in them. Pure: a date in, a text out. */
#pragma once

#include "base/date.h"

/* Numbered as certificates number them (facts: profile, 1.4). */
enum era { ERA_NONE, ERA_MEIJI, ERA_TAISHO, ERA_SHOWA, ERA_HEISEI, ERA_REIWA, NUM_ERAS };

#define ERA_TEXT 128 /* the longest date in eras, and a zero */

/* era_of: the era of a complete date; ERA_NONE before the first one. */
enum era era_of(struct date date);
/* era_of_birth: ERA_NONE also where the unknown parts of the date leave the era open. */
enum era era_of_birth(struct date born);

/* era_year: the year of the calendar that a year of an era is, 1 the first; 0: there is no such. */
int16_t era_year(enum era era, unsigned number);

/* era_print writes "令和8年（2026年）11月27日", "令和元年（2019年）5月1日"; of a birth date that is
 * not complete what is known, and 不詳: "昭和55年（1980年）月日不詳". Where that leaves two eras,
 * both. ERR_MALFORMED: there is no such date. ERR_UNSUPPORTED: it may lie before the first era. */
enum err era_print(struct date date, char text[static ERA_TEXT]) MUST_USE;
