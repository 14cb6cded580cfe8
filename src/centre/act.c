/* The machinery of acts: from a message to an answer. */
#include "centre/act.h"

#include <string.h>

#include "base/clock.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "base/text.h"
#include "centre/journal.h"
#include "centre/message.h"
#include "centre/nonce.h"
#include "centre/parked.h"
#include "centre/sender.h"

static const struct reason reason_nobody = {"acts", "", "nobody",
                                            "No row of the staff knows this person.",
                                            "職員として登録されていません。"};
static const struct reason reason_role = {"acts", "", "role",
                                          "This person's roles do not include this act.",
                                          "この操作を行う権限がありません。"};
static const struct reason reason_terminal = {
    "acts", "", "no-terminal", "The centre does not know this terminal: pair it.",
    "この端末は登録されていません。登録し直してください。"};
static const struct reason reason_not_called = {
    "acts", "", "not-called", "This terminal was called to no application, or its caller has left.",
    "この端末は、申請に呼び出されていません。"};
static const struct reason reason_other_application = {
    "acts", "", "other-application", "This terminal was called to another application.",
    "この端末は、別の申請に呼び出されています。"};
static const struct reason reason_session = {
    "acts", "", "session", "You are not logged in any more.", "ログインの有効期間が終わりました。"};

#define ASKER_TERMINAL "terminal"

/* -- refusing and failing -- */

bool act_refuse_ruling(struct act_call *call, const struct ruling *ruling)
{
    call->outcome = ACT_REFUSED;
    call->refusal = *ruling;
    return false;
}

bool act_refuse(struct act_call *call, const struct reason *reason)
{
    struct ruling ruling = ruling_refuse(reason);
    return act_refuse_ruling(call, &ruling);
}

bool act_fail(struct act_call *call, enum err err)
{
    call->outcome = ACT_FAILED;
    if (call->fault.code != err) {
        call->fault = (struct fault){0};
        call->fault.code = err;
    }
    return false;
}

bool act_ok(struct act_call *call, enum err err)
{
    return err == ERR_NONE || act_fail(call, err);
}

bool act_allows(struct act_call *call, const struct ruling *ruling)
{
    return ruling->decision == DECISION_ALLOWED || act_refuse_ruling(call, ruling);
}

bool act_has(const struct act_call *call, uint64_t field)
{
    return (call->fields.has & field) == field;
}

int act_page_size(const struct act_call *call, int most)
{
    return act_has(call, FIELD_LIMIT) && call->fields.limit < most ? (int)call->fields.limit : most;
}

/* -- reading a request -- */

const struct act *act_find(const struct centre *centre, const char *name)
{
    for (size_t t = 0; t < centre->num_tables; t++)
        for (size_t i = 0; i < centre->tables[t].num_acts; i++)
            if (strcmp(centre->tables[t].acts[i].name, name) == 0)
                return &centre->tables[t].acts[i];
    return NULL;
}

/* Through the town's pages come staff with a session, senders of events with a token, and the
 * public with neither. */
static bool name_visitor(struct act_call *call, enum err *err)
{
    if (call->is_by_token)
        return sender_name(call, err);
    if (!call->as) {
        call->actor = (struct staff){
            .name = "public", .uid = STAFF_NO_UID, .roles = ROLE_PUBLIC, .is_active = true};
        return true;
    }
    const char *name = NULL;
    if (hex_decode_exactly(json_string_value(call->as), call->session, SESSION_ID) == ERR_NONE)
        name = session_find(&call->centre->sessions, call->session, clock_monotonic());
    if (!name)
        return act_refuse(call, &reason_session);
    *err = staff_find(call->centre->store, name, &call->actor, &call->fault);
    call->actor.roles = staff_roles_on_pages(call->actor.roles);
    return true;
}

/* A terminal acts for who called it, about the application that it was called to. */
static bool name_terminal(struct act_call *call, enum err *err)
{
    struct centre *centre = call->centre;
    uint8_t id[TERMINAL_ID];
    int64_t now = clock_monotonic();
    if (hex_decode_exactly(json_string_value(call->as), id, TERMINAL_ID) == ERR_NONE)
        call->terminal = terminal_find(&centre->terminals, id, now);
    if (!call->terminal)
        return act_refuse(call, &reason_terminal);
    call->actor = (struct staff){.name = "terminal", .uid = STAFF_NO_UID, .is_active = true};
    call->actor.roles = ROLE_TERMINAL;
    if (call->act->roles == ROLE_TERMINAL) /* one of its own */
        return true;
    if (!terminal_is_called(call->terminal, &centre->sessions, now))
        return act_refuse(call, &reason_not_called);
    if (act_has(call, FIELD_NUMBER) && call->fields.number != call->terminal->application)
        return act_refuse(call, &reason_other_application);
    *err = staff_find(centre->store, call->terminal->staff, &call->actor, &call->fault);
    act_note(call, "terminal", "%s", call->terminal->name);
    call->actor.roles = call->actor.roles & ROLE_COUNTER ? ROLE_TERMINAL : 0;
    return true;
}

static bool name_staff(struct act_call *call, enum err *err)
{
    struct store *store = call->centre->store;
    if (!call->as)
        *err = staff_find_uid(store, call->peer.uid, &call->actor, &call->fault);
    else if (!call->centre->is_sample)
        return act_refuse(call, &reason_nobody);
    else
        *err = staff_find(store, json_string_value(call->as), &call->actor, &call->fault);
    return true;
}

/* Who asks, and whether the act is theirs. */
static bool act_name_actor(struct act_call *call)
{
    enum err err = ERR_NONE;
    bool (*name)(struct act_call *, enum err *) = call->is_terminal   ? name_terminal
                                                  : call->peer.is_web ? name_visitor
                                                                      : name_staff;
    if (!name(call, &err))
        return false;
    if (err == ERR_NOT_FOUND || (err == ERR_NONE && !call->actor.is_active))
        return act_refuse(call, &reason_nobody);
    if (!act_ok(call, err))
        return false;
    return (call->actor.roles & call->act->roles) || act_refuse(call, &reason_role);
}

#define TOKEN "token"

/* Who asks, as the other end says it. */
static const char *name_of_asker(const struct act_peer *peer, json_t *request)
{
    if (!peer->is_web)
        return "as";
    if (json_object_get(request, TOKEN))
        return TOKEN;
    return json_object_get(request, ASKER_TERMINAL) ? ASKER_TERMINAL : "session";
}

/* Exactly the names that a request has: act, fields, perhaps who asks. */
static bool request_is_well_formed(const struct act_peer *peer, json_t *request)
{
    json_t *as = json_object_get(request, name_of_asker(peer, request));
    return json_is_object(request) && (!as || json_is_string(as)) &&
           json_is_string(json_object_get(request, "act")) &&
           json_is_object(json_object_get(request, "fields")) &&
           json_object_size(request) == (as ? 3 : 2);
}

void act_call_init(struct act_call *call, struct centre *centre, const struct act_peer *peer,
                   struct bytes request)
{
    *call =
        (struct act_call){.centre = centre, .now = clock_now(), .peer = *peer, .received = request};
    buffer_init(&call->fields.request, LIMIT_REQUEST);
    buffer_init(&call->fields.certificate, LIMIT_CERTIFICATE);
    buffer_init(&call->fields.signature, LIMIT_SIGNATURE);
    buffer_init(&call->answer_bytes, LIMIT_FRAME);
    buffer_init(&call->message, LIMIT_FRAME);
    call->answer = json_object();
    call->notes = json_object();
    fault_name_input(&call->fault, "request");
}

static void request_parse(struct act_call *call, json_t *request)
{
    if (!request_is_well_formed(&call->peer, request)) {
        act_fail(call, fault_set(&call->fault, ERR_MALFORMED, "request",
                                 "not one object with act, fields and perhaps %s",
                                 name_of_asker(&call->peer, request)));
        return;
    }
    const char *name = json_string_value(json_object_get(request, "act"));
    const struct act *act = act_find(call->centre, name);
    if (!act) {
        act_fail(call, fault_set(&call->fault, ERR_MALFORMED, "act", "no act %.40s", name));
        return;
    }
    call->act = act;
    const char *asker = name_of_asker(&call->peer, request);
    call->is_terminal = strcmp(asker, ASKER_TERMINAL) == 0;
    call->is_by_token = strcmp(asker, TOKEN) == 0;
    call->as = json_incref(json_object_get(request, asker));
    call->request = json_incref(json_object_get(request, "fields"));
    call->fields_err =
        fields_parse(call->request, act->required, act->optional, &call->fields, &call->fault);
}

void act_call_parse(struct act_call *call)
{
    json_t *request = NULL;
    if (act_ok(call, message_load(call->received, &request, &call->fault)))
        request_parse(call, request);
    json_decref(request);
}

/* Who asks comes before what they wrote. */
void act_call_admit(struct act_call *call)
{
    if (!call->act)
        return;
    if (!act_name_actor(call))
        call->is_at_door = call->outcome == ACT_REFUSED && door_count(call, call->peer.uid);
    else if (act_ok(call, call->fields_err))
        call->outcome = ACT_DONE;
    if (call->outcome == ACT_DONE && act_has(call, FIELD_RESIDENT))
        act_is_about(call, call->fields.resident);
}

void act_call_done(struct act_call *call)
{
    fields_done(&call->fields);
    buffer_done(&call->answer_bytes);
    buffer_done(&call->message);
    json_decref(call->as);
    json_decref(call->request);
    json_decref(call->answer);
    json_decref(call->notes);
}

/* -- running -- */

static bool call_run(struct act_call *call)
{
    if (call->act->persons == TWO_PERSONS && !call->parked)
        return (!call->act->may || call->act->may(call)) && parked_store(call);
    return (!call->act->run || call->act->run(call)) && call->outcome == ACT_DONE;
}

static bool is_journalled(const struct act_call *call)
{
    switch (call->act->trace) {
    case READ_ONLY:
        return false;
    case JOURNALLED_OF_RESIDENT:
        return act_has(call, FIELD_RESIDENT);
    case JOURNALLED:
    case JOURNALLED_BRIEFLY:
        break;
    }
    return true;
}

/* Of the public, the first of each kind in a minute; the others are counted (door.h). */
static bool journal_refusal(struct act_call *call, const char *code)
{
    if (call->actor.roles == ROLE_PUBLIC && !door_count(call, call->peer.uid))
        return true;
    return act_journal(call, code);
}

/* A refusal keeps its journal entry, the nonce that it burnt, what its act counts, and nothing
 * else. An error, also one while that is written, keeps nothing. */
static void call_settle(struct act_call *call, bool goes_on)
{
    struct store *store = call->centre->store;
    struct ruling refusal = call->refusal;
    if (call->outcome != ACT_FAILED && !goes_on && store_rollback_to(store, NULL) == ERR_NONE &&
        store_savepoint(store, &call->fault) == ERR_NONE) {
        if ((call->has_burnt && !act_ok(call, nonce_burn(call))) ||
            (call->kept && !call->kept(call)))
            goes_on = false;
        else
            goes_on = !is_journalled(call) || journal_refusal(call, refusal.reason.code);
    } else if (goes_on && is_journalled(call)) {
        goes_on = act_journal(call, call->parked_now ? "parked" : "done");
    }
    enum err err = goes_on ? store_release(store, &call->fault) : store_rollback_to(store, NULL);
    if (err != ERR_NONE)
        act_fail(call, err);
}

bool act_call_writes(const struct act_call *call)
{
    return call->is_at_door || (call->outcome == ACT_DONE && is_journalled(call));
}

void act_call_decide(struct act_call *call)
{
    if (call->is_at_door && !act_ok(call, door_journal(call)))
        return;
    if (call->outcome != ACT_DONE || !is_journalled(call))
        return;
    if (!act_ok(call, store_savepoint(call->centre->store, &call->fault)))
        return;
    call_settle(call, call_run(call));
}

void act_call_finish(struct act_call *call)
{
    if (call->outcome != ACT_DONE || call->parked_now)
        return;
    if (!is_journalled(call) && call->act->run && !call->act->run(call))
        return;
    if (call->act->finish)
        call->act->finish(call);
}
