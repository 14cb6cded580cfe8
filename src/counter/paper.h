/* What stands on the papers of an application beforehand: its forms, the inquiry, the hold letter,
 * the receipt. Items and names are those of paper/content.h, where they are printed. */
#pragma once

#include "counter/application.h"

/* The function of the act application-paper: answers "paper" and "items". */
bool paper_fill(struct act_call *call);
/* paper_letters lists the letters that there are of it now. */
json_t *paper_letters(const struct application *application);
