/* Reading the journal for whoever verifies it: entries with their data, and the checkpoints. */
#pragma once

#include "centre/act.h"

/* The function of the act `journal-read`: one page, entries from call->fields.from on as
 * many as fit, and their checkpoints. PROTOCOL.acts 7. */
bool journal_read(struct act_call *call);
