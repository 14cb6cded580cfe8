/* One thread walks round: ask the centre what it is called to, show the resident what is wanted,
 * take the next step with the card when all is there. What a round leaves undone the next one finds
 * again, from what the centre and the card say. */
#include "terminal/visit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client/card_pin.h"
#include "terminal/visit_step.h"

#define ROUND    1000            /* milliseconds between two, as long as nobody does anything */
#define PATIENCE (5 * 60 * 1000) /* then whoever stood here has left */
#define FAREWELL (60 * 1000)     /* that the last screen stands */

static void leave(struct visit *visit)
{
    visit_forget_pins(visit);
    visit->number = 0;
    visit->has_left = false;
    shown_application(&visit->shown, NULL);
}

/* --- an application --- */

static void begin_step(struct visit *visit, json_t *next)
{
    const char *kind_text = json_string_value(json_object_get(next, "kind"));
    visit_forget_step(visit);
    snprintf(visit->step, sizeof visit->step, "%s",
             json_string_value(json_object_get(next, "step")));
    if (!kind_text || kind_parse(kind_text, &visit->kind) != ERR_NONE)
        visit->kind = KIND_SIGNATURE;
    visit_show(visit, SCREEN_WORKING);
}

/* After a refusal nothing is tried again before somebody says so. */
static bool may_go_on(struct visit *visit)
{
    int64_t age;
    if (shown_screen(&visit->shown, &age) != SCREEN_REFUSED)
        return true;
    bool goes = shown_take(&visit->shown, &visit->shown.has_gone);
    if (goes)
        visit->is_ready = false;
    return goes;
}

static void go_on(struct visit *visit)
{
    int64_t age;
    struct pin_result card;
    if (!may_go_on(visit) ||
        (shown_screen(&visit->shown, &age) == SCREEN_CARD && !visit_look_at_card(visit, &card)))
        return;
    enum need need = visit_need(visit);
    if (need != NEED_NOTHING && !visit->is_ready)
        visit_have_pin(visit, need);
    if (need == NEED_NOTHING || visit->is_ready)
        visit_work(visit);
}

static void consent(struct visit *visit)
{
    visit_show(visit, SCREEN_CONSENT);
    visit->has_agreed = shown_take(&visit->shown, &visit->shown.has_gone);
}

static void bid_farewell(struct visit *visit)
{
    int64_t age;
    visit_forget_pins(visit);
    bool was_done = shown_screen(&visit->shown, &age) == SCREEN_DONE;
    visit->has_left = visit->has_left || (was_done && age > FAREWELL);
    visit_show(visit, visit->has_left ? SCREEN_IDLE : SCREEN_DONE);
}

static void attend(struct visit *visit, const struct counter_answer *application)
{
    int64_t number = counter_number(application, "number");
    json_t *next = json_object_get(application->detail, "next");
    const char *step = json_string_value(json_object_get(next, "step"));
    if (number != visit->number) {
        leave(visit);
        visit->number = number;
        visit_show(visit, SCREEN_WORKING);
    }
    shown_application(&visit->shown, application->detail);
    if (strcmp(counter_text(application, "state"), "open") != 0 || !step) {
        bid_farewell(visit);
        return;
    }
    if (!counter_needs_card(step)) {
        visit_forget_step(visit);
        visit_show(visit, SCREEN_STAFF);
        return;
    }
    if (!visit->has_agreed)
        consent(visit);
    if (visit->has_agreed && !visit_is_at(visit, application))
        begin_step(visit, next);
    if (visit->has_agreed)
        go_on(visit);
}

/* Whoever is still reading or typing is not disturbed; whoever is done is told to wait. */
static void be_away(struct visit *visit)
{
    int64_t age;
    bool has_gone = shown_take(&visit->shown, &visit->shown.has_gone);
    bool has_entered = shown_take(&visit->shown, &visit->shown.has_entered);
    if (has_gone || has_entered || !screen_wants_answer(shown_screen(&visit->shown, &age)))
        visit_show(visit, SCREEN_AWAY);
}

static void show_code(struct visit *visit)
{
    pthread_mutex_lock(&visit->shown.lock);
    snprintf(visit->shown.view.code, sizeof visit->shown.view.code, "%s", visit->uplink.code);
    pthread_mutex_unlock(&visit->shown.lock);
    visit_show(visit, SCREEN_CODE);
}

/* Nobody's PIN or consent is used for who comes next. */
static void forget_who_left(struct visit *visit)
{
    if (!visit->has_agreed || shown_untouched(&visit->shown) < PATIENCE)
        return;
    visit_forget_pins(visit);
    shown_forget(&visit->shown);
}

static void go_round(struct visit *visit)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    forget_who_left(visit);
    if (!visit->uplink.id[0] && !uplink_begin(&visit->uplink)) {
        be_away(visit);
        return;
    }
    visit_look(visit, &answer);
    if (!visit->uplink.id[0]) { /* forgotten there, as after a start of the centre */
        leave(visit);
        visit_show(visit, SCREEN_AWAY);
    } else if (answer.outcome != COUNTER_DONE) {
        be_away(visit);
    } else if (!json_is_true(json_object_get(answer.detail, "paired"))) {
        show_code(visit);
    } else if (!counter_number(&answer, "number")) {
        leave(visit);
        visit_show(visit, SCREEN_IDLE);
    } else {
        attend(visit, &answer);
    }
}

/* --- the thread --- */

static void *walk(void *context)
{
    struct visit *visit = context;
    do
        go_round(visit);
    while (shown_wait(&visit->shown, ROUND));
    leave(visit);
    return NULL;
}

static struct visit *visit_new(const char *reader)
{
    struct visit *visit = calloc(1, sizeof *visit);
    if (!visit)
        return NULL;
    shown_init(&visit->shown);
    visit->reader = reader;
    visit->terminal = (struct terminal){.ask = visit_ask_centre,
                                        .centre = &visit->uplink,
                                        .ask_pin = visit_give_pin,
                                        .context = visit};
    return visit;
}

static void visit_free(struct visit *visit)
{
    shown_done(&visit->shown);
    explicit_bzero(visit, sizeof *visit);
    free(visit);
}

enum err visit_start(const char *url, const char *reader, const char *file, struct visit **out,
                     struct fault *fault)
{
    struct visit *visit = visit_new(reader);
    if (!visit)
        return fault_set(fault, ERR_MEMORY, "memory", "there is none");
    enum err err = uplink_open(&visit->uplink, url, fault);
    if (err == ERR_NONE)
        uplink_keep(&visit->uplink, file);
    if (err == ERR_NONE && pthread_create(&visit->thread, NULL, walk, visit) != 0)
        err = fault_set(fault, ERR_MEMORY, "thread", "it does not start");
    if (err == ERR_NONE)
        *out = visit;
    else
        visit_free(visit);
    return err;
}

void visit_stop(struct visit *visit)
{
    if (!visit)
        return;
    shown_stop(&visit->shown);
    pthread_join(visit->thread, NULL);
    visit_free(visit);
}

struct shown *visit_shown(struct visit *visit)
{
    return &visit->shown;
}
