/* Papers with what is known filled in: what commit says of an application, drawn. */
#pragma once

#include "web/desk.h"

/* staff_get_paper answers the PDF of "number" and "paper". */
void staff_get_paper(struct desk *desk);
/* staff_paper_url makes its address, JSON. */
json_t *staff_paper_url(const struct page *page, json_t *number, const char *paper);
