/* Asking for acts: what `jpki counter` and `jpki admin` speak over the acts socket, and the role
 * `web` over its own. It links nothing of the service; docs/PROTOCOL.acts is all that it knows. */
#pragma once

#include <jansson.h>
#include <stdbool.h>

#include "base/bytes.h"

struct counter_client {
    int fd;
    const char *as; /* the staff row, on sample data; NULL: whoever the kernel says. Borrowed */
    /* Over web's socket: whose session, which terminal, or whose token; all NULL: one of the
     * public. Borrowed. */
    const char *session, *terminal, *token;
    int timeout; /* milliseconds to wait for an answer; 0: a minute */
};

enum counter_outcome {
    COUNTER_FAILED,  /* could not be decided or done: the fault says why */
    COUNTER_REFUSED, /* decided: no */
    COUNTER_DONE,
};

/* One answer. detail is the object under "answer", "refused" or "error", owned; NULL when the other
 * side was not understood or not there. */
struct counter_answer {
    enum counter_outcome outcome;
    json_t *detail;
    struct fault fault; /* of COUNTER_FAILED */
};
void counter_answer_done(struct counter_answer *answer);
#define CLEANUP_COUNTER_ANSWER CLEANUP(counter_answer_done)

enum err counter_client_open(const char *path, const char *as, struct counter_client *out,
                             struct fault *fault) MUST_USE;
void counter_client_close(struct counter_client *client);
#define CLEANUP_COUNTER_CLIENT CLEANUP(counter_client_close)

/* counter_answer_read reads an answer as docs/PROTOCOL.acts 1 has it. ERR_PEER: it is none. */
enum err counter_answer_read(struct bytes body, struct counter_answer *out) MUST_USE;

/* counter_client_ask sends one act with its fields (an object, whose reference it takes over) and
 * waits for the answer. */
void counter_client_ask(struct counter_client *client, const char *act, json_t *fields,
                        struct counter_answer *out);

/* counter_client_ask_pages asks an act whose answer has a list, and `more` when it goes on behind
 * the last row's number, until all of it is in *out. Any page that is not done is the answer. */
void counter_client_ask_pages(struct counter_client *client, const char *act, json_t *fields,
                              const char *list, struct counter_answer *out);

/* counter_is_effect tells whether a step of an application is done by the act `execute`; the
 * others, that need no card, are said by the act `step`. */
bool counter_is_effect(const char *step);
/* counter_needs_card tells whether a step is done at a terminal, with the card in its reader. */
bool counter_needs_card(const char *step);
/* counter_step_act gives the act that does the step standing as `next` in an application's answer,
 * one that needs no card, and makes its fields, the caller's. */
const char *counter_step_act(int64_t number, json_t *next, json_t **fields);
/* counter_client_step does it. */
void counter_client_step(struct counter_client *client, int64_t number, json_t *next,
                         struct counter_answer *out);

/* counter_text and counter_number read from an answer; "" and 0 where there is nothing. Borrowed.
 */
const char *counter_text(const struct counter_answer *answer, const char *name);
int64_t counter_number(const struct counter_answer *answer, const char *name);
/* counter_sentence gives the sentence of a refusal or an error, for people. Borrowed. */
const char *counter_sentence(const struct counter_answer *answer, enum language language);
