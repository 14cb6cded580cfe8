/* The way to commit: one act at a time, whichever thread asks; and not all of them at one time, so
 * that somebody is left for whoever does not ask commit. docs/PROTOCOL.acts 12 */
#pragma once

#include <pthread.h>
#include <semaphore.h>

#include "counter/counter_client.h"

#define LINE_BUSY "busy"

struct line {
    pthread_mutex_t lock;
    sem_t places; /* for threads that ask or wait for it */
    int fd;       /* the caller's; -1: there is no centre */
};

void line_init(struct line *line, int fd, unsigned num_places);
/* line_ask asks one act; session is hexadecimal, NULL for one of the public. It takes over the
 * reference of the fields. An answer that does not come shuts the line down: what would come later
 * is the answer to something else. Where all places are taken nothing is asked, and the answer, at
 * once, has failed with the code LINE_BUSY. */
void line_ask(struct line *line, const char *session, const char *act, json_t *fields,
              struct counter_answer *out);
/* line_ask_terminal asks one act for a terminal of the counter; its id is hexadecimal. */
void line_ask_terminal(struct line *line, const char *terminal, const char *act, json_t *fields,
                       struct counter_answer *out);
/* line_ask_list asks for all pages of a list (counter/counter_client.h). */
void line_ask_list(struct line *line, const char *session, const char *act, json_t *fields,
                   const char *list, struct counter_answer *out);
/* line_ask_as_sender asks one act for whoever has the token, in hexadecimal. */
void line_ask_as_sender(struct line *line, const char *token, const char *act, json_t *fields,
                        struct counter_answer *out);
