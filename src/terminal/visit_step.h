/* The steps of a visit. Private to visit.c and visit_step.c. */
#pragma once

#include "terminal/shown.h"
#include "terminal/terminal.h"
#include "terminal/uplink.h"

enum need { NEED_NOTHING, NEED_PIN, NEED_NEW_PIN };

/* The thread's own, but for what is shown. */
struct visit {
    struct shown shown;
    pthread_t thread;
    const char *reader;
    struct uplink uplink;
    struct terminal terminal; /* with the PINs of this visit */
    struct secret first;      /* a new PIN, typed once */
    int64_t number;           /* of the application; 0: none */
    bool has_agreed, is_ready, was_wrong, has_left;
    char step[32]; /* the next one, that all of the below is about */
    enum kind kind;
};

void visit_show(struct visit *visit, enum screen screen);
/* visit_forget_step begins the step anew; visit_forget_pins wipes the PINs, too, and asks for
 * consent again. */
void visit_forget_step(struct visit *visit);
void visit_forget_pins(struct visit *visit);

/* visit_look tells the centre what is shown, and asks what the terminal is called to. */
void visit_look(struct visit *visit, struct counter_answer *out);
/* visit_is_at: does the application stand at the visit's step? */
bool visit_is_at(const struct visit *visit, const struct counter_answer *application);

enum need visit_need(const struct visit *visit);
/* visit_have_pin asks for the PIN that is needed, or takes what was typed: then is_ready. */
void visit_have_pin(struct visit *visit, enum need need);
/* visit_look_at_card: with no card that can be read the screen asks for one. */
struct pin_result;
bool visit_look_at_card(struct visit *visit, struct pin_result *out);
/* visit_work takes the step, and shows what came of it. */
void visit_work(struct visit *visit);

terminal_ask visit_ask_centre;
terminal_ask_pin visit_give_pin;
