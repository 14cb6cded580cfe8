/* Offices, hotlines and links of the town as a page shows them; JSON, the caller's. */
#pragma once

#include "web/page.h"

/* places_json: those that are shown for a procedure. */
json_t *places_json(const struct page *page, enum place place, enum procedure procedure);
/* place_label is the name of the office with that code; the code itself where no office has it. */
json_t *place_label(const struct page *page, const char *code);
