/* What is asked of the program that draws: which paper, and what is known. One JSON object,
 * {"paper": NAME, "items": {NAME: TEXT, …}, "sample": true or false}, all three there. */
#pragma once

#include <jansson.h>

#include "law/papers.h"
#include "paper/letter.h"

/* One of form and letter; the content's texts are held by json. */
struct paper_request {
    enum form form;
    enum letter letter;
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
