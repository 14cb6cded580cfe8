/* The guide as pages: the answers stand in the address, so that any step can be kept, sent and
 * printed; nothing is remembered here. */
#pragma once

#include "guide/guide.h"
#include "web/page.h"

/* guide_get answers a question's page, or what the answers lead to. */
void guide_get(struct page *page);
/* guide_walk makes the data of that page, on any path; NULL: an answer is none. */
json_t *guide_walk(struct page *page, struct guide *guide);

/* guide_put_query writes the answers as an address has them; that of `changed` (NULL: none) becomes
 * `word` (NULL: is left out). */
void guide_put_query(const struct guide *guide, const struct guide_question *changed,
                     const char *word, struct buffer *out);

/* guide_result makes what the end of a walk says. */
json_t *guide_result(const struct page *page, const struct guide *guide);
