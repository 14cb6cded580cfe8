/* PINs, and the steps that need the card. */
#include "terminal/visit_step.h"

#include <string.h>

#include "client/card_pin.h"
#include "law/pin.h"
#include "reader/pcsc.h"

void visit_show(struct visit *visit, enum screen screen)
{
    shown_pin(&visit->shown, screen, visit->kind, 0);
}

void visit_forget_step(struct visit *visit)
{
    visit->step[0] = '\0';
    visit->is_ready = visit->was_wrong = false;
    secret_done(&visit->first);
}

void visit_forget_pins(struct visit *visit)
{
    visit_forget_step(visit);
    terminal_done(&visit->terminal);
    visit->has_agreed = false;
}

/* --- PINs --- */

bool visit_give_pin(void *context, enum kind kind, bool is_new, struct secret *out)
{
    (void)context;
    (void)kind;
    (void)is_new;
    return out->len > 0; /* it was typed before the card was asked for anything */
}

enum need visit_need(const struct visit *visit)
{
    bool is_known = visit->terminal.pins[visit->kind].len > 0;
    if (strcmp(visit->step, "pin-set") == 0 || strcmp(visit->step, "pin-reset") == 0)
        return NEED_NEW_PIN;
    if (strcmp(visit->step, "pin") == 0)
        return NEED_PIN;
    bool is_written = strcmp(visit->step, "issue") == 0 || strcmp(visit->step, "install") == 0;
    return is_written && !is_known ? NEED_PIN : NEED_NOTHING;
}

/* With one try left a typing error would lock it: it is reset instead. page:S49 */
bool visit_look_at_card(struct visit *visit, struct pin_result *out)
{
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    const struct pin_use use = {.kind = visit->kind};
    *out = (struct pin_result){.answer = PIN_CANNOT_TELL};
    if (pcsc_open(visit->reader, &channel, &out->fault) == ERR_NONE)
        card_pin_look(&channel, &use, out);
    if (out->answer == PIN_CANNOT_TELL)
        visit_show(visit, SCREEN_CARD);
    return out->answer != PIN_CANNOT_TELL;
}

static void ask_known(struct visit *visit, const struct pin_result *card)
{
    if (card->answer == PIN_IS_LOCKED)
        visit_show(visit, SCREEN_LOCKED);
    else if (card->answer == PIN_LAST_TRY)
        visit_show(visit, SCREEN_LAST_TRY);
    else
        shown_pin(&visit->shown, visit->was_wrong ? SCREEN_WRONG_PIN : SCREEN_PIN, visit->kind,
                  card->tries);
}

/* A first PIN that is in the card already, whose receipt was lost, is asked for as a known one. */
static void ask_pin(struct visit *visit, enum need need)
{
    struct pin_result card;
    if (!visit_look_at_card(visit, &card))
        return;
    if (need == NEED_PIN || (strcmp(visit->step, "pin-set") == 0 && card.tries))
        ask_known(visit, &card);
    else
        shown_pin(&visit->shown, SCREEN_NEW_PIN, visit->kind, 0);
}

static void keep_pin(struct visit *visit, const struct secret *typed)
{
    visit->is_ready =
        secret_set(&visit->terminal.pins[visit->kind], secret_bytes(typed)) == ERR_NONE;
}

static void compare(struct visit *visit, const struct secret *typed)
{
    if (secret_equal(secret_bytes(&visit->first), secret_bytes(typed)))
        keep_pin(visit, typed);
    else
        shown_pin(&visit->shown, SCREEN_MISMATCH, visit->kind, 0);
    secret_done(&visit->first);
}

/* The form is looked at before a try, or a permit, is spent. */
static void take_pin(struct visit *visit, enum screen screen)
{
    struct secret typed CLEANUP_SECRET = {0};
    struct law_policy policy = law_policy_default();
    policy.pin_letter_and_digit = visit->shown.view.needs_both;
    if (shown_take_typed(&visit->shown, &typed) != ERR_NONE)
        return;
    if (screen == SCREEN_AGAIN) {
        compare(visit, &typed);
        return;
    }
    bool is_new = screen == SCREEN_NEW_PIN || screen == SCREEN_MISMATCH;
    struct ruling ruling = is_new ? pin_check(&policy, visit->kind, secret_bytes(&typed))
                                  : pin_check_old(visit->kind, secret_bytes(&typed));
    if (ruling.decision != DECISION_ALLOWED)
        shown_problem(&visit->shown, ruling.reason);
    else if (!is_new)
        keep_pin(visit, &typed);
    else if (secret_set(&visit->first, secret_bytes(&typed)) == ERR_NONE)
        shown_pin(&visit->shown, SCREEN_AGAIN, visit->kind, 0);
}

void visit_have_pin(struct visit *visit, enum need need)
{
    int64_t age;
    enum screen screen = shown_screen(&visit->shown, &age);
    if (!screen_asks_for_pin(screen))
        ask_pin(visit, need);
    else if (shown_take(&visit->shown, &visit->shown.has_entered))
        take_pin(visit, screen);
}

/* --- a step with the card --- */

void visit_ask_centre(void *centre, const char *act, json_t *fields, struct counter_answer *out)
{
    uplink_ask(centre, act, fields, out);
}

void visit_look(struct visit *visit, struct counter_answer *out)
{
    struct view view;
    pthread_mutex_lock(&visit->shown.lock);
    view = visit->shown.view;
    pthread_mutex_unlock(&visit->shown.lock);
    json_t *fields = json_pack("{s:s}", "screen", screen_word(view.screen));
    if (screen_asks_for_pin(view.screen) || view.screen == SCREEN_LAST_TRY ||
        view.screen == SCREEN_LOCKED)
        json_object_set_new(fields, "kind", json_string(kind_name(view.kind)));
    if (view.tries)
        json_object_set_new(fields, "count", json_integer(view.tries));
    uplink_ask(&visit->uplink, "terminal-look", fields, out);
    if (out->outcome == COUNTER_DONE)
        shown_sample(&visit->shown, json_is_true(json_object_get(out->detail, "sample")));
}

/* What went wrong: the PIN, the way to the centre, the card's place on the reader, or more. */
static void step_failed(struct visit *visit, const struct counter_answer *answer)
{
    enum err err = answer->fault.code;
    if (err == ERR_PIN || err == ERR_LOCKED) {
        visit->is_ready = false;
        visit->was_wrong = true; /* the next round looks at the tries that are left */
    } else if (visit->uplink.is_away) {
        visit_show(visit, SCREEN_AWAY);
    } else if (err == ERR_READER) {
        visit_show(visit, SCREEN_CARD);
    } else {
        shown_refusal(&visit->shown, answer);
    }
}

/* With the application as it stands now: the staff may have changed it while a PIN was typed. */
static void take_step(struct visit *visit, const struct counter_answer *application)
{
    struct counter_answer after CLEANUP_COUNTER_ANSWER = {0};
    struct card_channel channel CLEANUP_CARD_CHANNEL = {0};
    if (pcsc_open(visit->reader, &channel, &after.fault) != ERR_NONE) {
        visit_show(visit, SCREEN_CARD);
        return;
    }
    visit->terminal.channel = &channel;
    terminal_step(&visit->terminal, application, &after);
    visit->terminal.channel = NULL;
    if (after.outcome == COUNTER_DONE)
        visit_forget_step(visit);
    else if (after.outcome == COUNTER_REFUSED)
        shown_refusal(&visit->shown, &after);
    else
        step_failed(visit, &after);
}

bool visit_is_at(const struct visit *visit, const struct counter_answer *application)
{
    enum kind kind = KIND_SIGNATURE;
    json_t *next = json_object_get(application->detail, "next");
    const char *step = json_string_value(json_object_get(next, "step"));
    const char *kind_text = json_string_value(json_object_get(next, "kind"));
    return step && counter_number(application, "number") == visit->number &&
           strcmp(step, visit->step) == 0 &&
           (!kind_text || (kind_parse(kind_text, &kind) == ERR_NONE && kind == visit->kind));
}

/* It is said first, so that the staff see it while the card works. */
void visit_work(struct visit *visit)
{
    struct counter_answer application CLEANUP_COUNTER_ANSWER = {0};
    visit_show(visit, SCREEN_WORKING);
    visit_look(visit, &application);
    if (application.outcome == COUNTER_DONE && visit_is_at(visit, &application))
        take_step(visit, &application);
    else if (visit->uplink.is_away)
        visit_show(visit, SCREEN_AWAY);
}
