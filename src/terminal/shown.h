/* What the resident's screen shows now, and what the resident does: between the thread that walks
 * (visit.h) and the screen's pages. */
#pragma once

#include <jansson.h>
#include <pthread.h>

#include "base/kind.h"
#include "base/secret.h"
#include "counter/counter_client.h"
#include "law/decision.h"

enum screen {
    SCREEN_AWAY,      /* the centre does not answer; it is asked again */
    SCREEN_CODE,      /* to be paired by it */
    SCREEN_IDLE,      /* called to no application */
    SCREEN_CONSENT,   /* what will happen; the resident agrees */
    SCREEN_CARD,      /* no card, or none that can be read */
    SCREEN_PIN,       /* the PIN is asked for */
    SCREEN_WRONG_PIN, /* once more */
    SCREEN_NEW_PIN,   /* one that is to be set */
    SCREEN_AGAIN,     /* once more, to be sure */
    SCREEN_MISMATCH,  /* it was another one: anew */
    SCREEN_LAST_TRY,  /* one is left: it is not asked for */
    SCREEN_LOCKED,
    SCREEN_WORKING, /* between the centre and the card */
    SCREEN_STAFF,   /* the staff go on */
    SCREEN_DONE,
    SCREEN_REFUSED, /* the centre said no, and why */
    NUM_SCREENS
};
const char *screen_word(enum screen screen); /* as terminal-look says it */

/* What the screen shows. turn rises with each change that wants another answer: an answer to an
 * earlier one counts for nothing, so that going back repeats nothing. */
struct view {
    enum screen screen;
    unsigned turn;
    enum kind kind;        /* whose PIN */
    unsigned tries;        /* that are left; 0: not said */
    bool needs_both;       /* a new PIN has letters and digits */
    bool is_sample;        /* the centre's data are samples */
    size_t num_typed;      /* characters of the PIN so far */
    char code[16];         /* of SCREEN_CODE */
    struct reason problem; /* why it is asked once more; code NULL: for no such reason */
    json_t *application;   /* as the centre answers it; NULL: none. The view's own reference */
    json_t *refusal;       /* of SCREEN_REFUSED: its sentences */
};
void view_done(struct view *view);
#define CLEANUP_VIEW CLEANUP(view_done)

struct shown {
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t changed;
    bool stops, has_gone, has_entered;
    struct view view;
    struct secret typed;
    int64_t since, touched; /* of the screen; by the resident; monotonic milliseconds */
};
void shown_init(struct shown *shown);
void shown_done(struct shown *shown);

/* ---- for the thread that walks ---- */

bool screen_asks_for_pin(enum screen screen);
/* screen_wants_answer: the resident is at it, so that it stays although the centre is away for a
 * moment. */
bool screen_wants_answer(enum screen screen);
/* shown_pin shows a screen, which wants an answer anew unless it is the same already; tries 0: it
 * says none. */
void shown_pin(struct shown *shown, enum screen screen, enum kind kind, unsigned tries);
/* shown_problem shows the same screen once more, with what was the matter. */
void shown_problem(struct shown *shown, struct reason problem);
void shown_sample(struct shown *shown, bool is_sample);
void shown_application(struct shown *shown, json_t *application); /* a copy of it; NULL: none */
/* shown_refusal shows the centre's no, or the card's. */
void shown_refusal(struct shown *shown, const struct counter_answer *answer);
/* shown_screen tells for how long, too; milliseconds. */
enum screen shown_screen(struct shown *shown, int64_t *age);
/* shown_take tells whether the resident did that, of has_gone and has_entered; once. */
bool shown_take(struct shown *shown, bool *flag);
/* shown_untouched: for how long the resident has done nothing; milliseconds. */
int64_t shown_untouched(struct shown *shown);
/* shown_forget wipes what was typed; the screen wants an answer anew. */
void shown_forget(struct shown *shown);
enum err shown_take_typed(struct shown *shown, struct secret *out) MUST_USE;
/* shown_wait waits until the resident has done something, at most so many milliseconds; not while a
 * step is under way. False: it is to stop. */
bool shown_wait(struct shown *shown, int milliseconds);
void shown_stop(struct shown *shown);

/* ---- for the screen's pages ---- */

void shown_look(struct shown *shown, struct view *out);
/* What the resident does at that turn: agrees, or wants it tried again (go); types one character
 * or some (type); takes one back (erase); is done typing (enter). */
void shown_go(struct shown *shown, unsigned turn);
void shown_type(struct shown *shown, unsigned turn, struct bytes text);
void shown_erase(struct shown *shown, unsigned turn);
void shown_enter(struct shown *shown, unsigned turn);
