/* What an auditor asks of the journal through the pages: entries that are looked for, one in full,
 * whether the chain holds. Reading alone; each search and each export is an entry itself. */
#pragma once

#include "centre/act.h"

bool audit_find(struct act_call *call);  /* `journal-find` */
bool audit_show(struct act_call *call);  /* `journal-show` */
bool audit_check(struct act_call *call); /* `journal-check` */
