/* The table of the counter's acts. */
#include "counter/acts.h"

#include "centre/issue.h"
#include "counter/appointment.h"
#include "counter/open.h"
#include "counter/steps.h"
#include "counter/terminal.h"
#include "counter/caller.h"
#include "counter/desk.h"
#include "counter/forecast.h"
#include "counter/notice.h"
#include "counter/figures.h"
#include "counter/paper.h"

#define BOTH_DESKS (ROLE_COUNTER | ROLE_HOTLINE)
#define OPEN_NEEDS (FIELD_PROCEDURE | FIELD_RESIDENT | FIELD_APPLICANT)
#define OPEN_MAY                                                                                   \
    (FIELD_KINDS | FIELD_PIN | FIELD_REASON | FIELD_MISSING | FIELD_STOPPED | FIELD_NOTE |         \
     FIELD_ONCE)
#define EXCEPTION_MAY (FIELD_PIN | FIELD_REASON | FIELD_NOTE)
#define HEARD         (FIELD_NUMBER | FIELD_NONCE | FIELD_STATEMENT)
#define HEARD_KIND    (HEARD | FIELD_KIND)
#define PERMIT        (FIELD_NUMBER | FIELD_PURPOSE | FIELD_CARD | FIELD_CHALLENGE)
#define NUMBER_NOTE   (FIELD_NUMBER | FIELD_NOTE)
#define AT_CARD       (ROLE_COUNTER | ROLE_TERMINAL)
#define ANYBODY       (BOTH_DESKS | ROLE_PUBLIC)
#define WHAT_WHERE    (FIELD_OFFICE | FIELD_PROCEDURE)
#define WHO_CALLS     (FIELD_NAME | FIELD_BIRTH_DATE)
#define BOOK_NEEDS    (WHAT_WHERE | FIELD_TIME | WHO_CALLS | FIELD_TELEPHONE)

/* clang-format off */
static const struct act acts[] = {
    {"application-open", BOTH_DESKS, ONE_PERSON, JOURNALLED, OPEN_NEEDS, OPEN_MAY, open_run, NULL, NULL},
    {"application-show", BOTH_DESKS, ONE_PERSON, JOURNALLED, 0, FIELD_NUMBER | FIELD_CARD, open_show, NULL, NULL},
    {"application-paper", BOTH_DESKS, ONE_PERSON, JOURNALLED, FIELD_NUMBER | FIELD_PAPER, 0, paper_fill, NULL, NULL},
    {"application-list", BOTH_DESKS, ONE_PERSON, JOURNALLED_OF_RESIDENT, 0, FIELD_RESIDENT | FIELD_PAGE, open_list, NULL, NULL},
    {"application-close", BOTH_DESKS, ONE_PERSON, JOURNALLED, NUMBER_NOTE, 0, open_close, NULL, NULL},
    {"exception-open", ROLE_COUNTER, TWO_PERSONS, JOURNALLED, OPEN_NEEDS | FIELD_KINDS, EXCEPTION_MAY, open_exception, NULL, open_may_except},
    {"hold-mistaken", ROLE_COUNTER, TWO_PERSONS, JOURNALLED, FIELD_RESIDENT, FIELD_NOTE, step_hold_mistaken, NULL, step_may_be_mistaken},
    {"step", BOTH_DESKS, ONE_PERSON, JOURNALLED, FIELD_NUMBER | FIELD_STEP, FIELD_KIND | FIELD_NOTE, step_say, NULL, NULL},
    {"reset-join", ROLE_COUNTER, ONE_PERSON, JOURNALLED, NUMBER_NOTE | FIELD_KIND, 0, step_join_reset, NULL, NULL},
    {"execute", BOTH_DESKS, ONE_PERSON, JOURNALLED, FIELD_NUMBER, 0, step_execute, NULL, NULL},
    {"nonce", ROLE_COUNTER | ROLE_PERSONALISATION | ROLE_TERMINAL, ONE_PERSON, JOURNALLED, 0, FIELD_NUMBER, desk_nonce, NULL, NULL},
    {"card-present", AT_CARD, ONE_PERSON, JOURNALLED, HEARD | FIELD_TOKEN, FIELD_PERMIT_KEY, desk_card_present, NULL, NULL},
    {"permit", AT_CARD, ONE_PERSON, JOURNALLED, PERMIT, FIELD_KIND, desk_permit, desk_permit_finish, NULL},
    {"pin", AT_CARD, ONE_PERSON, JOURNALLED, HEARD_KIND, 0, desk_pin, NULL, NULL},
    {"issue", AT_CARD, ONE_PERSON, JOURNALLED, HEARD_KIND | FIELD_REQUEST, 0, desk_issue, issue_finish, NULL},
    {"certificate", AT_CARD, ONE_PERSON, READ_ONLY, FIELD_NUMBER | FIELD_KIND, 0, desk_certificate, issue_finish, NULL},
    {"receipt", AT_CARD, ONE_PERSON, JOURNALLED, HEARD_KIND, 0, desk_receipt, NULL, NULL},
    {"terminal-begin", ROLE_PUBLIC, ONE_PERSON, READ_ONLY, 0, 0, terminal_act_begin, NULL, NULL},
    {"terminal-pair", ROLE_COUNTER, ONE_PERSON, JOURNALLED, FIELD_CODE | FIELD_NAME, 0, terminal_act_pair, NULL, NULL},
    {"terminal-part", ROLE_COUNTER, ONE_PERSON, JOURNALLED, FIELD_NAME, 0, terminal_act_part, NULL, NULL},
    {"terminal-list", ROLE_COUNTER, ONE_PERSON, READ_ONLY, 0, 0, terminal_act_list, NULL, NULL},
    {"terminal-call", ROLE_COUNTER, ONE_PERSON, JOURNALLED, FIELD_NUMBER | FIELD_NAME, 0, terminal_act_call, NULL, NULL},
    {"terminal-leave", ROLE_COUNTER, ONE_PERSON, JOURNALLED, FIELD_NAME, 0, terminal_act_leave, NULL, NULL},
    {"terminal-look", ROLE_TERMINAL, ONE_PERSON, READ_ONLY, FIELD_SCREEN, FIELD_KIND | FIELD_COUNT, terminal_act_look, NULL, NULL},
    {"caller-check", BOTH_DESKS, ONE_PERSON, JOURNALLED, WHO_CALLS, FIELD_ADDRESS | FIELD_TELEPHONE, caller_check, NULL, NULL},
    {"appointment-free", ANYBODY, ONE_PERSON, READ_ONLY, WHAT_WHERE | FIELD_DATE, 0, appointment_free, NULL, NULL},
    {"appointment-book", ANYBODY, ONE_PERSON, JOURNALLED, BOOK_NEEDS, FIELD_NOTE | FIELD_ONCE, appointment_book, NULL, NULL},
    {"appointment-show", ANYBODY, ONE_PERSON, JOURNALLED, FIELD_NUMBER, FIELD_CODE, appointment_show, NULL, NULL},
    {"appointment-move", ANYBODY, ONE_PERSON, JOURNALLED, FIELD_NUMBER | FIELD_TIME, FIELD_CODE | FIELD_OFFICE, appointment_move, NULL, NULL},
    {"appointment-cancel", ANYBODY, ONE_PERSON, JOURNALLED, FIELD_NUMBER, FIELD_CODE, appointment_cancel, NULL, NULL},
    {"appointment-list", BOTH_DESKS, ONE_PERSON, JOURNALLED, FIELD_OFFICE | FIELD_DATE, FIELD_PAGE, appointment_list, NULL, NULL},
    {"figures", ROLE_AUDITOR | ROLE_READER, ONE_PERSON, READ_ONLY, FIELD_DATE | FIELD_COUNT, 0, figures_run, NULL, NULL},
    {"appointment-find", BOTH_DESKS, ONE_PERSON, JOURNALLED, 0, FIELD_NUMBER | WHO_CALLS, appointment_find, NULL, NULL},
    {"notice-list", ROLE_COUNTER, ONE_PERSON, JOURNALLED, 0, FIELD_DATE | FIELD_PAGE, notice_list, NULL, NULL},
    {"notice-paper", ROLE_COUNTER, ONE_PERSON, JOURNALLED, FIELD_NUMBER, 0, notice_paper, NULL, NULL},
    {"notice-returned", ROLE_COUNTER, ONE_PERSON, JOURNALLED, FIELD_NUMBER, 0, notice_returned, NULL, NULL},
    {"forecast", ROLE_COUNTER | ROLE_ADMINISTRATOR, ONE_PERSON, READ_ONLY, 0, 0, forecast_run, NULL, NULL},
};
/* clang-format on */

/* What is done every day; one part of one of them at a turn, so that acts come in between. */
static enum err (*const turns[])(struct centre *centre, bool *has_more, struct fault *fault) = {
    appointment_turn, forecast_turn, notice_turn};

static enum err turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t i = 0; err == ERR_NONE && !*has_more && i < COUNT_OF(turns); i++)
        err = turns[i](centre, has_more, fault);
    return err;
}

struct act_table counter_acts(void)
{
    return (struct act_table){.acts = acts, .num_acts = COUNT_OF(acts), .turn = turn};
}
