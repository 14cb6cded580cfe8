/* What falls due in the coming year, on one A4 page: a plot, the weeks without enough room in
 * words, and a table of the same figures. page:S11 page:S17 */
#pragma once

#include <jansson.h>

#include "base/date.h"
#include "paper/content.h"
#include "paper/fonts.h"

#define FORECAST_PAPER "forecast"
#define FORECAST_MOST  53 /* weeks */

struct forecast_figure {
    struct date first, last;
    uint32_t opening, ending; /* visits */
    uint32_t capacity;
    bool is_known, is_over;
};

struct forecast_figures {
    size_t num;
    struct forecast_figure weeks[FORECAST_MOST];
};

/* forecast_take reads a list of {"first", "last": days, "visits_opening", "visits_ending",
 * "capacity": numbers, "is_known", "is_over": flags}, one week or more. ERR_MALFORMED, ERR_LIMIT.
 */
enum err forecast_take(const json_t *weeks, struct forecast_figures *out,
                       struct fault *fault) MUST_USE;

/* forecast_draw appends the PDF. Of the content it needs the sender and the date of the counting:
 * ERR_NOT_FOUND; else as letter_draw. */
enum err forecast_draw(const struct fonts *fonts, const struct forecast_figures *figures,
                       const struct content *content, struct buffer *pdf,
                       struct fault *fault) MUST_USE;
