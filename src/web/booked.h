/* The last bookings of the public. A form that comes twice, from an impatient finger or a page that
 * is loaded again, books once and is answered the same: its hidden field makes it another one each
 * time that it is shown. Nothing else would show the code again. */
#pragma once

#include "base/bytes.h"
#include "web/line.h"

struct booked;

enum err booked_new(struct booked **out) MUST_USE;
void booked_free(struct booked *booked); /* takes NULL */

/* booked_ask asks an act as line_ask does for the public, unless this very form was answered within
 * LIMIT_BOOKED_TIME: then that answer is given again. form: the whole of it, as it was posted. */
void booked_ask(struct booked *booked, struct line *line, struct bytes form, const char *act,
                json_t *fields, struct counter_answer *out);
