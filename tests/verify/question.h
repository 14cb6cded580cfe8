/* The question that the tests of verify/cert_status ask, and who answers it rightly and wrongly. */
#pragma once

#include "world.h"

extern struct sample authority, generation, other; /* the second has the first one's name */
extern struct sample leaf, responder;
extern struct sample foreign, lapsed, early, no_purpose, no_nocheck, of_generation; /* responders */
extern struct authorities *authorities;
extern struct cert_status_question question;

int question_begin(void **state);
int question_end(void **state);

/* An answer about the certificate that is right. */
struct variant right(void);
