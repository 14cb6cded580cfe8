/* The form of an appointment: a time, and who comes. */
#pragma once

#include "web/appointment_walk.h"

/* appointment_form_check: may what was typed be asked for? */
bool appointment_form_check(const struct page *page);

/* appointment_form_json makes the form with the times of an answer, and what was typed if it was
 * posted; the caller's. appointment_form_put_faults says beside each field what is wrong with it.
 */
json_t *appointment_form_json(const struct page *page, const struct wish *wish,
                              const struct counter_answer *answer, struct date date);
void appointment_form_put_faults(const struct page *page, json_t *form);
