/* What a screen shows, as data for its template, in the resident's language. */
#pragma once

#include "guide/words.h"
#include "terminal/shown.h"

struct view_language {
    const struct words *all, *words; /* that there are; the one that is spoken */
    size_t num;
};

/* view_json: the caller's; NULL: out of memory, or a text that is none. */
json_t *view_json(const struct view_language *language, const struct view *view);
