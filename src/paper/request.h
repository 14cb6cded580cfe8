/* What is asked of the program that draws: which paper, and what is known. One JSON object,
 * {"paper": NAME, "items": {NAME: TEXT, …}, "sample": true or false}, all three there; the paper
 * "forecast" has "weeks" besides (paper/forecast.h), the paper "letters" has "letters": a list of
 * {"paper", "items"}, each of which becomes a page. */
#pragma once

#include <jansson.h>

#include "base/limits.h"
#include "law/papers.h"
#include "paper/forecast.h"
#include "paper/letter.h"

/* One of form, letter, forecast (which has weeks) and letters; the content's texts are held by
 * json. */
struct paper_request {
    enum form form;
    enum letter letter;
    struct forecast_figures forecast;
    size_t num_letters;
    struct filled_letter letters[LIMIT_PAPER_LETTERS];
    struct content content;
    json_t *json;
};

/* paper_request_parse: ERR_LIMIT: longer than LIMIT_PAPER_REQUEST, or an item is too long.
 * ERR_NOT_FOUND: there is no such paper. ERR_MALFORMED: anything that is not said above. What is in
 * an item, content_check judges. */
enum err paper_request_parse(struct bytes text, struct paper_request *out,
                             struct fault *fault) MUST_USE;
void paper_request_done(struct paper_request *request); /* takes what began as zeros */
#define CLEANUP_PAPER_REQUEST CLEANUP(paper_request_done)
