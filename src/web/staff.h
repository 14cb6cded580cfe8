/* The staff's first pages: what is open, whom to look for. */
#pragma once

#include "web/desk.h"

void staff_get_home(struct desk *desk);
void staff_get_residents(struct desk *desk);
void staff_get_resident(struct desk *desk);

/* staff_answer answers a page that has whose session it is around it: "staff", which is left out
 * where commit does not answer any more, and the addresses of every such page. It takes over data.
 */
void staff_answer(struct desk *desk, const char *template, json_t *data);
/* staff_number reads a whole number of the address; false: the page is answered. */
bool staff_number(struct desk *desk, const char *name, int64_t *out) MUST_USE;
/* staff_url makes the address of a path with a number, JSON. */
json_t *staff_url(const struct page *page, const char *path, const char *name, json_t *number);
/* staff_resident asks for one resident and gives what a page shows of them; NULL: the page is
 * answered. */
json_t *staff_resident(struct desk *desk, int64_t number);
