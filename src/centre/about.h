/* What the journal has about one resident, for the resident: who did or read what, and when.
 * Nothing of anybody else, no staff's name: the entry's number lets an auditor say who it was. */
#pragma once

#include "centre/act.h"

/* The function of the act `journal-about`: asked for with the resident's card (nonce, statement),
 * or by staff for a resident, with the purpose as note. */
bool about_run(struct act_call *call);
