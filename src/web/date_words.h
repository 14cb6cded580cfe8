/* Days and times of day as a language says them. */
#pragma once

#include "web/page.h"

/* date_words_json is a phrase with {year}, {month}, {day}, {weekday} put in: the language's own
 * words of page.months and page.weekdays, which stand there with a blank between them. JSON, the
 * caller's.
 */
json_t *date_words_json(const struct page *page, const char *phrase, struct date date);
