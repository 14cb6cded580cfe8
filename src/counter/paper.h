/* What stands on the papers of an application beforehand: its forms, the inquiry, the hold letter,
 * the receipt. Items and names are those of paper/content.h, where they are printed. */
#pragma once

#include "counter/application.h"

/* What every paper of the town's is made of: items by their names, into an object. A text that is
 * empty is left out. paper_put_holder: who is protected writes the address themselves; a letter's
 * envelope needs it. */
void paper_put(json_t *items, const char *name, const char *text);
void paper_put_day(json_t *items, const char *name, struct date day);
bool paper_put_holder(struct act_call *call, const struct resident *resident, bool is_posted,
                      json_t *items) MUST_USE;
void paper_put_sender(const struct act_call *call, json_t *items);

/* The function of the act application-paper: answers "paper" and "items". */
bool paper_fill(struct act_call *call);
/* paper_letters lists the letters that there are of it now. */
json_t *paper_letters(const struct application *application);
