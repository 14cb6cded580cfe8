#include "terminal/shown.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"

const char *screen_word(enum screen screen)
{
    static const char *const words[NUM_SCREENS] = {
        [SCREEN_AWAY] = "away",           [SCREEN_CODE] = "code",
        [SCREEN_IDLE] = "idle",           [SCREEN_CONSENT] = "consent",
        [SCREEN_CARD] = "card",           [SCREEN_PIN] = "pin",
        [SCREEN_WRONG_PIN] = "wrong-pin", [SCREEN_NEW_PIN] = "new-pin",
        [SCREEN_AGAIN] = "again",         [SCREEN_MISMATCH] = "mismatch",
        [SCREEN_LAST_TRY] = "last-try",   [SCREEN_LOCKED] = "locked",
        [SCREEN_WORKING] = "working",     [SCREEN_STAFF] = "staff",
        [SCREEN_DONE] = "done",           [SCREEN_REFUSED] = "refused",
    };
    return words[screen];
}
/* --- what is shown --- */

bool screen_asks_for_pin(enum screen screen)
{
    return screen == SCREEN_PIN || screen == SCREEN_WRONG_PIN || screen == SCREEN_NEW_PIN ||
           screen == SCREEN_AGAIN || screen == SCREEN_MISMATCH;
}

/* The resident is at it: it stays although the centre is away for a moment. */
bool screen_wants_answer(enum screen screen)
{
    return screen == SCREEN_CONSENT || screen == SCREEN_REFUSED || screen_asks_for_pin(screen);
}

/* Under the lock: another answer is wanted from now on. */
static void turn(struct shown *shown)
{
    shown->view.turn++;
    shown->has_gone = shown->has_entered = false;
    secret_done(&shown->typed);
    shown->since = clock_monotonic();
}

void shown_pin(struct shown *shown, enum screen screen, enum kind kind, unsigned tries)
{
    struct view *view = &shown->view;
    pthread_mutex_lock(&shown->lock);
    if (view->screen != screen || view->kind != kind || view->tries != tries) {
        view->screen = screen;
        view->kind = kind;
        view->tries = tries;
        view->problem = (struct reason){0};
        turn(shown);
    }
    pthread_mutex_unlock(&shown->lock);
}

/* The same screen once more, with what was the matter. */
void shown_problem(struct shown *shown, struct reason problem)
{
    pthread_mutex_lock(&shown->lock);
    shown->view.problem = problem;
    turn(shown);
    pthread_mutex_unlock(&shown->lock);
}

void shown_sample(struct shown *shown, bool is_sample)
{
    pthread_mutex_lock(&shown->lock);
    shown->view.is_sample = is_sample;
    pthread_mutex_unlock(&shown->lock);
}

void shown_application(struct shown *shown, json_t *application)
{
    pthread_mutex_lock(&shown->lock);
    json_decref(shown->view.application);
    shown->view.application = json_deep_copy(application);
    shown->view.needs_both =
        !json_is_false(json_object_get(application, "pin_letter_and_digit")); /* page:S05 */
    pthread_mutex_unlock(&shown->lock);
}

/* What stands between them and the next step: the centre's no, or the card's. */
void shown_refusal(struct shown *shown, const struct counter_answer *answer)
{
    pthread_mutex_lock(&shown->lock);
    json_decref(shown->view.refusal);
    shown->view.refusal = answer->detail ? json_deep_copy(answer->detail)
                                         : json_pack("{s:s}", "code", err_name(answer->fault.code));
    pthread_mutex_unlock(&shown->lock);
    shown_pin(shown, SCREEN_REFUSED, shown->view.kind, 0);
}

enum screen shown_screen(struct shown *shown, int64_t *age)
{
    pthread_mutex_lock(&shown->lock);
    enum screen screen = shown->view.screen;
    *age = clock_monotonic() - shown->since;
    pthread_mutex_unlock(&shown->lock);
    return screen;
}

/* --- what the resident does --- */

bool shown_take(struct shown *shown, bool *flag)
{
    pthread_mutex_lock(&shown->lock);
    bool is_set = *flag;
    *flag = false;
    pthread_mutex_unlock(&shown->lock);
    return is_set;
}

int64_t shown_untouched(struct shown *shown)
{
    pthread_mutex_lock(&shown->lock);
    int64_t time = clock_monotonic() - shown->touched;
    pthread_mutex_unlock(&shown->lock);
    return time;
}

void shown_forget(struct shown *shown)
{
    pthread_mutex_lock(&shown->lock);
    turn(shown);
    pthread_mutex_unlock(&shown->lock);
}

enum err shown_take_typed(struct shown *shown, struct secret *out)
{
    pthread_mutex_lock(&shown->lock);
    enum err err = secret_set(out, secret_bytes(&shown->typed));
    pthread_mutex_unlock(&shown->lock);
    return err;
}

/* Under the lock: an answer to what is shown, and the first one. */
static bool is_turn(struct shown *shown, unsigned asked)
{
    shown->touched = clock_monotonic();
    return shown->view.turn == asked && !shown->has_gone && !shown->has_entered;
}

void shown_go(struct shown *shown, unsigned asked)
{
    pthread_mutex_lock(&shown->lock);
    if (is_turn(shown, asked) && screen_wants_answer(shown->view.screen) &&
        !screen_asks_for_pin(shown->view.screen)) {
        shown->has_gone = true;
        pthread_cond_signal(&shown->changed);
    }
    pthread_mutex_unlock(&shown->lock);
}

void shown_type(struct shown *shown, unsigned asked, struct bytes text)
{
    struct secret *typed = &shown->typed;
    pthread_mutex_lock(&shown->lock);
    if (is_turn(shown, asked) && screen_asks_for_pin(shown->view.screen) &&
        text.len <= LIMIT_PIN_TYPED - typed->len) {
        memcpy(typed->data + typed->len, text.data, text.len);
        typed->len += text.len;
    }
    pthread_mutex_unlock(&shown->lock);
}

void shown_erase(struct shown *shown, unsigned asked)
{
    pthread_mutex_lock(&shown->lock);
    if (is_turn(shown, asked) && shown->typed.len)
        shown->typed.data[--shown->typed.len] = 0;
    pthread_mutex_unlock(&shown->lock);
}

void shown_enter(struct shown *shown, unsigned asked)
{
    pthread_mutex_lock(&shown->lock);
    if (is_turn(shown, asked) && screen_asks_for_pin(shown->view.screen)) {
        shown->has_entered = true;
        pthread_cond_signal(&shown->changed);
    }
    pthread_mutex_unlock(&shown->lock);
}

void shown_look(struct shown *shown, struct view *out)
{
    pthread_mutex_lock(&shown->lock);
    *out = shown->view;
    out->num_typed = shown->typed.len;
    if (shown->has_gone || shown->has_entered) /* it is on its way */
        out->screen = SCREEN_WORKING;
    out->application = json_deep_copy(shown->view.application);
    out->refusal = json_deep_copy(shown->view.refusal);
    pthread_mutex_unlock(&shown->lock);
}

void view_done(struct view *view)
{
    json_decref(view->application);
    json_decref(view->refusal);
}

/* --- its life --- */

void shown_init(struct shown *shown)
{
    pthread_condattr_t attributes;
    *shown = (struct shown){0};
    pthread_mutex_init(&shown->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&shown->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

void shown_done(struct shown *shown)
{
    view_done(&shown->view);
    secret_done(&shown->typed);
    pthread_cond_destroy(&shown->changed);
    pthread_mutex_destroy(&shown->lock);
}

bool shown_wait(struct shown *shown, int milliseconds)
{
    struct timespec end;
    clock_gettime(CLOCK_MONOTONIC, &end);
    end.tv_sec += milliseconds / 1000;
    pthread_mutex_lock(&shown->lock);
    while (!shown->stops && !shown->has_gone && !shown->has_entered &&
           shown->view.screen != SCREEN_WORKING)
        if (pthread_cond_timedwait(&shown->changed, &shown->lock, &end) != 0)
            break;
    bool goes_on = !shown->stops;
    pthread_mutex_unlock(&shown->lock);
    return goes_on;
}

void shown_stop(struct shown *shown)
{
    pthread_mutex_lock(&shown->lock);
    shown->stops = true;
    pthread_cond_signal(&shown->changed);
    pthread_mutex_unlock(&shown->lock);
}
