/* The table of the centre's acts, and the short ones among them. */
#include "centre/acts.h"

#include "base/clock.h"
#include "centre/about.h"
#include "centre/audit.h"
#include "centre/card.h"
#include "centre/certificate.h"
#include "centre/crl.h"
#include "centre/erase.h"
#include "centre/event.h"
#include "centre/follower.h"
#include "centre/health.h"
#include "centre/journal.h"
#include "centre/journal_read.h"
#include "centre/parked.h"
#include "centre/reenter.h"
#include "centre/sender.h"
#include "centre/staff_card.h"
#include "centre/town.h"
#include "store/rows.h"

static const struct reason reason_clock = {
    "clock", "", "clock",
    "The clock is moved only forward, to 2099 at most, and only where the data are samples.",
    "時計は、見本データの場合に限り、2099年までの範囲で先へ進めることだけができます。"};

static bool run_staff_list(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    store_query(call->centre->store, STATEMENT_STAFF_LIST, NO_VALUES, &rows, &call->fault);
    while (rows_next(&rows)) {
        struct buffer roles CLEANUP_BUFFER;
        buffer_init(&roles, 256);
        roles_print((unsigned)row_integer(&rows, 3), &roles);
        struct bytes name = row_text(&rows, 0), label = row_text(&rows, 1);
        json_array_append_new(list, json_pack("{s:s%, s:s%, s:s, s:b}", "name", name.data, name.len,
                                              "label", label.data, label.len, "roles",
                                              buffer_text(&roles), "active", row_bool(&rows, 4)));
    }
    act_answer(call, "staff", list);
    return act_ok(call, rows_end(&rows));
}

static bool count_certificates(struct act_call *call)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    store_query(call->centre->store, STATEMENT_CERTIFICATE_COUNTS, NO_VALUES, &rows, &call->fault);
    while (rows_next(&rows)) {
        enum kind kind = (enum kind)row_integer_within(&rows, 0, 0, NUM_KINDS - 1);
        enum status_state state =
            (enum status_state)row_integer_within(&rows, 1, STATUS_NEVER, STATUS_REVOKED);
        json_array_append_new(list, json_pack("{s:s, s:s, s:I}", "kind", kind_name(kind), "state",
                                              certificate_state_word(state), "count",
                                              (json_int_t)row_integer(&rows, 2)));
    }
    act_answer(call, "certificates", list);
    return act_ok(call, rows_end(&rows));
}

static bool run_status(struct act_call *call)
{
    int64_t number, epoch;
    uint8_t head[CHAIN_LEN];
    struct store *store = call->centre->store;
    if (!act_ok(call, journal_head(store, &number, head, &call->fault)) ||
        !act_ok(call, store_ask_integer(store, STATEMENT_CHANGE_LAST_EPOCH, NO_VALUES, &epoch,
                                        &call->fault)))
        return false;
    char time[TIME_TEXT];
    act_answer(call, "time", json_string(time_print(clock_now(), time)));
    act_answer(call, "sample", json_boolean(call->centre->is_sample));
    act_answer(call, "municipality", json_string(call->centre->town->code));
    act_answer(call, "journal", json_integer(number));
    act_answer(call, "epoch", json_integer(epoch));
    act_answer_bytes(call, "head", bytes_of(head, sizeof head));
    return count_certificates(call) && health_tell(call);
}

static bool finish_crl(struct act_call *call)
{
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (!act_ok(call, crl_publish(call->centre, (enum kind)kind, &call->fault))) {
            call->centre->is_broken = true; /* the next start finds which lists are missing */
            return false;
        }
    for (int kind = 0; kind < NUM_KINDS; kind++)
        crl_desk_all_lack(&call->centre->crl, (enum kind)kind);
    act_answer(call, "folder", json_string(call->centre->published));
    return true;
}

#define CLOCK_LAST INT64_C(4102444800) /* 2100-01-01: what the certificates can still say */

static bool run_clock(struct act_call *call)
{
    if (!call->centre->is_sample || call->fields.time < clock_now() ||
        call->fields.time > CLOCK_LAST)
        return act_refuse(call, &reason_clock);
    return true;
}

static bool finish_clock(struct act_call *call)
{
    char time[TIME_TEXT];
    if (call->fields.time > clock_now()) /* two in one batch: the later time stays */
        clock_start_at(call->fields.time);
    act_answer(call, "time", json_string(time_print(clock_now(), time)));
    return true;
}

static bool finish_checkpoint(struct act_call *call)
{
    struct centre *centre = call->centre;
    act_answer(call, "file", json_string(centre->checkpoints));
    return act_ok(call, journal_checkpoint(centre->store, centre->signer, call->now,
                                           centre->checkpoints, &call->fault));
}

#define MASS_FIELDS (FIELD_NUMBER | FIELD_KIND | FIELD_COUNT | FIELD_DIGEST | FIELD_NOTE)
#define LIST_FIELDS (FIELD_KIND | FIELD_FROM | FIELD_FILE)
#define EVENT_FIELDS                                                                               \
    (FIELD_KINDS | FIELD_EFFECTIVE | FIELD_RECORDED | FIELD_CHANGES | FIELD_REFERENCE | FIELD_NOTE)
#define CARD_FIELDS  (FIELD_CARD | FIELD_POINT | FIELD_NONCE | FIELD_STATEMENT | FIELD_TOKEN)
#define ABOUT_FIELDS (FIELD_RESIDENT | FIELD_NOTE | FIELD_NONCE | FIELD_STATEMENT | FIELD_PAGE)
#define LOGIN_FIELDS (FIELD_LOGIN | FIELD_LOGIN_NONCE | FIELD_CERTIFICATE | FIELD_SIGNATURE)
#define FIND_FIELDS  (FIELD_DATE | FIELD_COUNT | FIELD_NAME | FIELD_ENTRY | FIELD_NOTE | FIELD_PAGE)
#define READS        (ROLE_AUDITOR | ROLE_READER)
#define AT_COUNTER   (ROLE_COUNTER | ROLE_HOTLINE)

/* clang-format off */
static const struct act acts[] = {
    {"status", ROLE_ANY, ONE_PERSON, READ_ONLY, 0, 0, run_status, NULL, NULL},
    {"staff-list", ROLE_ADMINISTRATOR, ONE_PERSON, READ_ONLY, 0, 0, run_staff_list, NULL, NULL},
    {"resident-find", ROLE_COUNTER | ROLE_REGISTRY, ONE_PERSON, JOURNALLED, 0, FIELD_RESIDENT | FIELD_NAME | FIELD_BIRTH_DATE | FIELD_LIMIT, town_find, NULL, NULL},
    {"card-register", ROLE_PERSONALISATION, TWO_PERSONS, JOURNALLED, CARD_FIELDS, FIELD_PERMIT_KEY, card_register, NULL, NULL},
    {"certificate-reenter", ROLE_COUNTER | ROLE_TERMINAL, ONE_PERSON, JOURNALLED, FIELD_KIND | FIELD_NONCE | FIELD_STATEMENT | FIELD_CERTIFICATE, 0, reenter_run, NULL, NULL},
    {"import", ROLE_REGISTRY, ONE_PERSON, JOURNALLED, FIELD_FILE, 0, town_import, NULL, NULL},
    {"import-part", ROLE_REGISTRY, ONE_PERSON, JOURNALLED_BRIEFLY, FIELD_FROM | FIELD_FILE, FIELD_DIGEST, import_part, import_part_finish, NULL},
    {"import-show", ROLE_REGISTRY, ONE_PERSON, READ_ONLY, FIELD_NUMBER, 0, import_show, NULL, NULL},
    {"event", ROLE_REGISTRY | ROLE_SENDER | ROLE_SYSTEM, ONE_PERSON, JOURNALLED, FIELD_RESIDENT | FIELD_EVENT, EVENT_FIELDS, event_run, event_finish, NULL},
    {"event-withdraw", ROLE_REGISTRY | ROLE_SENDER, ONE_PERSON, JOURNALLED, FIELD_REFERENCE, FIELD_NOTE, event_withdraw, NULL, NULL},
    {"event-list", AT_COUNTER | ROLE_REGISTRY, ONE_PERSON, JOURNALLED, FIELD_RESIDENT, 0, event_list, NULL, NULL},
    {"sender-add", ROLE_ADMINISTRATOR, TWO_PERSONS, JOURNALLED, FIELD_NAME, 0, sender_add, NULL, sender_may_add},
    {"sender-end", ROLE_ADMINISTRATOR, ONE_PERSON, JOURNALLED, FIELD_NAME, 0, sender_end, NULL, NULL},
    {"sender-list", ROLE_ADMINISTRATOR | ROLE_AUDITOR, ONE_PERSON, READ_ONLY, 0, 0, sender_list, NULL, NULL},
    {"mass-list", ROLE_ADMINISTRATOR, ONE_PERSON, JOURNALLED_BRIEFLY, LIST_FIELDS, FIELD_DIGEST, mass_list, mass_list_finish, NULL},
    {"mass-hold", ROLE_ADMINISTRATOR, TWO_PERSONS, JOURNALLED, MASS_FIELDS, 0, mass_begin, mass_begin_finish, mass_may},
    {"mass-release", ROLE_ADMINISTRATOR, TWO_PERSONS, JOURNALLED, MASS_FIELDS, 0, mass_begin, mass_begin_finish, mass_may},
    {"mass-revoke", ROLE_ADMINISTRATOR, TWO_PERSONS, JOURNALLED, MASS_FIELDS, 0, mass_begin, mass_begin_finish, mass_may},
    {"mass-show", ROLE_ADMINISTRATOR | ROLE_AUDITOR, ONE_PERSON, READ_ONLY, FIELD_NUMBER, 0, mass_show, NULL, NULL},
    {"approve", ROLE_ANY, ONE_PERSON, JOURNALLED, FIELD_NUMBER, 0, parked_approve, NULL, NULL},
    {"parked-list", ROLE_ANY, ONE_PERSON, JOURNALLED, 0, FIELD_PAGE, parked_list, NULL, NULL},
    {"login-code", ROLE_ANY, ONE_PERSON, JOURNALLED, 0, 0, session_act_code, NULL, NULL},
    {"session-begin", ROLE_PUBLIC, ONE_PERSON, JOURNALLED, FIELD_LOGIN_CODE, 0, session_act_begin, NULL, NULL},
    {"session-show", ROLE_ANY, ONE_PERSON, READ_ONLY, 0, 0, session_act_show, NULL, NULL},
    {"session-end", ROLE_ANY, ONE_PERSON, JOURNALLED, 0, FIELD_NAME, session_act_end, NULL, NULL},
    {"login-challenge", ROLE_PUBLIC, ONE_PERSON, READ_ONLY, 0, 0, staff_card_act_challenge, NULL, NULL},
    {"card-login", ROLE_PUBLIC, ONE_PERSON, JOURNALLED_BRIEFLY, LOGIN_FIELDS, 0, staff_card_act_login, NULL, NULL},
    {"staff-card-add", ROLE_ANY, ONE_PERSON, JOURNALLED_BRIEFLY, LOGIN_FIELDS, 0, staff_card_act_add, NULL, NULL},
    {"staff-card-end", ROLE_ANY, ONE_PERSON, JOURNALLED, 0, FIELD_NAME, staff_card_act_end, NULL, NULL},
    {"staff-card-list", ROLE_ANY, ONE_PERSON, READ_ONLY, 0, FIELD_NAME, staff_card_act_list, NULL, NULL},
    {"follower-add", ROLE_ADMINISTRATOR, TWO_PERSONS, JOURNALLED, FIELD_NAME | FIELD_KEY, 0, follower_add, NULL, follower_may_add},
    {"follower-remove", ROLE_ADMINISTRATOR, TWO_PERSONS, JOURNALLED, FIELD_NAME, 0, follower_remove, NULL, follower_may_remove},
    {"crl", ROLE_ADMINISTRATOR, ONE_PERSON, JOURNALLED, 0, 0, NULL, finish_crl, NULL},
    {"clock", ROLE_ADMINISTRATOR, ONE_PERSON, JOURNALLED, FIELD_TIME, 0, run_clock, finish_clock, NULL},
    {"checkpoint", ROLE_ADMINISTRATOR | ROLE_AUDITOR, ONE_PERSON, JOURNALLED, 0, 0, NULL, finish_checkpoint, NULL},
    {"journal-about", ROLE_COUNTER | ROLE_AUDITOR, ONE_PERSON, JOURNALLED, 0, ABOUT_FIELDS, about_run, NULL, NULL},
    {"journal-erase", ROLE_ADMINISTRATOR | ROLE_AUDITOR, TWO_PERSONS, JOURNALLED, 0, 0, erase_begin, erase_begin_finish, erase_may},
    {"journal-find", READS, ONE_PERSON, JOURNALLED, 0, FIND_FIELDS, audit_find, NULL, NULL},
    {"journal-show", READS, ONE_PERSON, JOURNALLED, FIELD_NUMBER, 0, audit_show, NULL, NULL},
    {"journal-check", READS, ONE_PERSON, READ_ONLY, FIELD_FROM, 0, audit_check, NULL, NULL},
    {"journal-read", ROLE_ADMINISTRATOR | ROLE_AUDITOR, ONE_PERSON, JOURNALLED, FIELD_FROM, FIELD_PAGE, journal_read, NULL, NULL},
};
/* clang-format on */

struct act_table centre_acts(void)
{
    return (struct act_table){.acts = acts, .num_acts = COUNT_OF(acts)};
}
