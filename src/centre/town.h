/* The acts on the town's register: import, finding a resident. */
#pragma once

#include "centre/act.h"

struct import_report;
struct resident;

bool town_find(struct act_call *call);   /* `resident-find` */
bool town_import(struct act_call *call); /* `import` */

/* For imports that come in parts: the bad lines of a report, and how many there are in all; why
 * nothing was taken. */
void town_tell_faults(struct act_call *call, const struct import_report *report, int64_t num);
const struct reason *town_reason_import(void);

/* A resident as acts answer them; nobody has the number. */
json_t *town_resident_json(const struct resident *resident);
extern const struct reason town_no_resident;
