/* Reading the journal for whoever verifies it: entries with their data, and the checkpoints. */
#pragma once

#include "centre/act.h"

/* The function of the act `journal-read`: entries from call->fields.from on, as many as fit. */
bool journal_read(struct act_call *call);
