/* How `jpki rules` answers: the decision alone on the first line, in the same words in every
 * locale; then the reason and the statements of the page. Or one JSON object. */
#pragma once

#include <stdbool.h>

#include "law/events.h"
#include "law/procedures.h"

/* report_ruling prints `first` (the decision's word if NULL), the reason, the statements; what was
 * not allowed goes to stderr as well. Returns the exit status of the decision. */
int report_ruling(const struct ruling *ruling, const char *first, bool is_json);

/* report_event prints the three lines. held_since is as the caller gave it, or NULL. */
int report_event(const struct event_answer *answer, const char *held_since, bool is_json);

/* Parts of a plan that was allowed, in sentences: each paper with its visit; why, and the
 * statements.
 */
void report_papers(const struct procedure_plan *plan);
void report_reasons(const struct procedure_plan *plan);

/* report_plan prints what to bring. */
int report_plan(const struct procedure_plan *plan, bool is_json);
