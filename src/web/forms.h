/* The blank forms of the page as PDFs, drawn at the start and kept: fonts are files, which the
 * sandbox forbids afterwards. */
#pragma once

#include "http/server.h"
#include "law/papers.h"

struct forms {
    struct buffer of[NUM_FORMS];
};

/* forms_draw starts the program and fills *out, which begins as zeros. What is wrong with a form
 * the program says itself, on standard error. */
enum err forms_draw(const char *program, bool is_sample, struct forms *out,
                    struct fault *fault) MUST_USE;
void forms_done(struct forms *forms);

/* forms_answer answers NAME.pdf, NAME as form_name has it; false: there is no such form. */
bool forms_answer(const struct forms *forms, const char *rest, struct http_response *response);
