/* Papers with what is known filled in: what commit says, drawn. */
#pragma once

#include "web/desk.h"

/* staff_get_paper answers the PDF of "number" and "paper". */
void staff_get_paper(struct desk *desk);
/* staff_paper_draw answers the PDF of a request (paper/request.h), which it takes over. */
void staff_paper_draw(struct desk *desk, json_t *request);
/* staff_paper_letter makes one of several of what an act answered as "paper" and "items"; the
 * caller's. */
json_t *staff_paper_letter(const struct site *site, const struct counter_answer *answer);
/* staff_paper_answer draws a paper and answers it: items by their names, to which the office is
 * added. */
void staff_paper_answer(struct desk *desk, const char *paper, json_t *items);
/* staff_paper_url makes its address, JSON. */
json_t *staff_paper_url(const struct page *page, json_t *number, const char *paper);
