/* The program that draws (main/jpkid_forms.c) as web has it: the blank forms of the page are drawn
 * at the start and kept; papers with something filled in are asked for one by one. It is started
 * before the sandbox, which then forbids to start another: when it ends, or is too late once, no
 * more papers come, and web must end to be started again with a new one (forms_watched). */
#pragma once

#include <jansson.h>
#include <pthread.h>

#include "http/server.h"
#include "law/papers.h"

struct forms {
    struct buffer of[NUM_FORMS];
    bool has_program; /* the rest counts only then */
    int peer, child;
    bool is_lost; /* it was too late, or answered nonsense */
    pthread_mutex_t lock;
};

/* forms_open starts the program and fills *out, which begins as zeros; to be ended by forms_done
 * also when it fails. What is wrong with a form the program says itself, on standard error. */
enum err forms_open(const char *program, bool is_sample, struct forms *out,
                    struct fault *fault) MUST_USE;
void forms_done(struct forms *forms); /* takes zeros */

/* forms_answer answers NAME.pdf, NAME as form_name has it; false: there is no such form. */
bool forms_answer(const struct forms *forms, const char *rest, struct http_response *response);

/* forms_paper has one paper drawn, for several threads in turn, and appends it. request: {"paper":
 * NAME, "items": {NAME: TEXT, …}, "sample": true or false} (paper/request.h, paper/content.c). What
 * the program refuses is refused with its code: ERR_NOT_FOUND, ERR_MALFORMED, ERR_LIMIT,
 * ERR_UNSUPPORTED. ERR_TIMEOUT, ERR_CLOSED, ERR_PEER: the program is lost. */
enum err forms_paper(struct forms *forms, const json_t *request, struct buffer *pdf,
                     struct fault *fault) MUST_USE;

/* forms_watched gives a descriptor on which poll says POLLHUP once the program is lost. */
int forms_watched(const struct forms *forms);
