/* An application: what somebody asked for, its steps, and how far it has come. Everything that
 * happens at the counter belongs to one, and it goes on after any interruption by its number or its
 * card. Opening one is in open.h; what the steps do is in steps.h and desk.h. */
#pragma once

#include "centre/act.h"
#include "law/procedures.h"
#include "registry/resident.h"

enum application_state { APPLICATION_OPEN, APPLICATION_FINISHED, APPLICATION_CLOSED };

struct application_step {
    int64_t position;
    struct step step;
    bool is_done;
    int64_t done_at; /* seconds */
};

struct application {
    int64_t number;
    uint8_t identity[16];
    enum procedure procedure;
    enum applicant applicant;
    unsigned kinds;
    int64_t resident;
    char card[CARD_ID_LEN + 1]; /* "" until it was present */
    bool has_event;
    enum event event; /* what `execute` carries out */
    int fee;
    bool is_exception; /* S15's */
    enum application_state state;
    size_t num_steps;
    struct application_step steps[PROCEDURE_MAX_STEPS];
};

/* application_read refuses the call for a number that is none; application_read_open also for one
 * that is finished or closed, or not this person's desk's, and names it in the journal entry. */
bool application_read(struct act_call *call, int64_t number, struct application *out) MUST_USE;
bool application_read_open(struct act_call *call, int64_t number, struct application *out) MUST_USE;
/* application_is_for_desk refuses the telephone everything but a hold. */
bool application_is_for_desk(struct act_call *call, enum procedure procedure) MUST_USE;
/* application_of_card: the newest open one of a card; refused when there is none. */
bool application_of_card(struct act_call *call, const char *card, struct application *out) MUST_USE;
/* application_of_identity leaves *is_found false when there is none. */
bool application_of_identity(struct act_call *call, const uint8_t identity[static 16],
                             struct application *out, bool *is_found) MUST_USE;
/* application_is_fee_taken: was a fee taken for a certificate on this card? Once for each card, at
 * whichever visit. page:S19 */
bool application_is_fee_taken(struct act_call *call, const char *card, bool *out) MUST_USE;
bool application_resident(struct act_call *call, const struct application *application,
                          struct resident *out) MUST_USE;

/* application_next gives the first step that is not done; NULL when all are. */
const struct application_step *application_next(const struct application *application);
/* application_is_next: kind counts only where the step has one. */
bool application_is_next(const struct application *application, enum step_name step,
                         enum kind kind);
bool application_has_step(const struct application *application, enum step_name step);
/* application_expect refuses the call, naming what comes first, unless this step is the next. */
bool application_expect(struct act_call *call, const struct application *application,
                        enum step_name step, enum kind kind) MUST_USE;
/* application_do marks the next step as done; the last one finishes the application. */
bool application_do(struct act_call *call, struct application *application) MUST_USE;

/* application_answer puts the application into the answer, as docs/PROTOCOL.acts has it. */
bool application_answer(struct act_call *call, const struct application *application) MUST_USE;
