/* Parking an act, and letting it run. */
#include "centre/parked.h"

#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "store/rows.h"

static const struct reason reason_no_parked = {"two-persons", "", "no-parked-act",
                                               "No act waits under this number.",
                                               "この番号で承認待ちの操作はありません。"};
static const struct reason reason_same_person = {"two-persons", "", "same-person",
                                                 "Nobody approves their own act.",
                                                 "自分の操作を自分で承認することはできません。"};
static const struct reason reason_second_role = {
    "two-persons", "", "role", "This person's roles do not include the act that waits.",
    "この操作を承認する権限がありません。"};

bool parked_store(struct act_call *call)
{
    char *fields = json_dumps(call->request, JSON_COMPACT | JSON_SORT_KEYS);
    if (!fields)
        return act_fail(call, ERR_MEMORY);
    enum err err = store_ask_integer(call->centre->store, STATEMENT_PARKED_INSERT,
                                     VALUES(value_text(call->act->name), value_text(fields),
                                            value_text(call->actor.name), value_integer(call->now)),
                                     &call->parked_now, &call->fault);
    free(fields);
    if (!act_ok(call, err))
        return false;
    act_answer(call, "parked", json_integer(call->parked_now));
    act_note(call, "parked", "%lld", (long long)call->parked_now);
    return call->outcome == ACT_DONE;
}

struct parked_row {
    const struct act *act;
    json_t *fields;
    struct staff first;
};

/* The row as it stands; refused when it is not there, is finished, or was erased. */
static bool parked_read(struct act_call *call, struct parked_row *out)
{
    struct rows rows CLEANUP_ROWS = {0};
    char act[64] = "", first[STAFF_NAME] = "";
    bool is_finished = true;
    store_query(call->centre->store, STATEMENT_PARKED_READ,
                VALUES(value_integer(call->fields.number)), &rows, &call->fault);
    if (rows_next(&rows)) {
        row_copy_text(&rows, 0, act, sizeof act);
        if (!row_is_null(&rows, 1)) {
            struct bytes fields = row_text(&rows, 1);
            out->fields =
                json_loadb((const char *)fields.data, fields.len, JSON_REJECT_DUPLICATES, NULL);
        }
        row_copy_text(&rows, 2, first, sizeof first);
        is_finished = !row_is_null(&rows, 4);
    }
    if (!act_ok(call, rows_end(&rows)))
        return false;
    out->act = act_find(call->centre, act);
    if (is_finished || !out->act || !out->fields)
        return act_refuse(call, &reason_no_parked);
    return act_ok(call, staff_find(call->centre->store, first, &out->first, &call->fault));
}

static bool parked_may(struct act_call *call, const struct parked_row *row)
{
    if (strcmp(row->first.name, call->actor.name) == 0)
        return act_refuse(call, &reason_same_person);
    if (!(call->actor.roles & row->act->roles) || !(row->first.roles & row->act->roles) ||
        !row->first.is_active)
        return act_refuse(call, &reason_second_role);
    return true;
}

/* From here on the call is the parked one. */
static bool parked_become(struct act_call *call, struct parked_row *row)
{
    call->parked = call->fields.number;
    act_note(call, "parked", "%lld", (long long)call->parked);
    call->second = call->actor;
    call->actor = row->first;
    call->act = row->act;
    json_decref(call->request);
    call->request = steal(&row->fields);
    fields_done(&call->fields);
    call->proofs = (struct act_proofs){0}; /* what was checked were the fields of approve */
    if (!act_ok(call, fields_parse(call->request, call->act->required, call->act->optional,
                                   &call->fields, &call->fault)))
        return false;
    if (act_has(call, FIELD_RESIDENT))
        act_is_about(call, call->fields.resident);
    return true;
}

bool parked_approve(struct act_call *call)
{
    struct parked_row row = {0};
    if (!session_refuse_pages(call)) /* two sessions at one door are not two persons */
        return false;
    bool goes_on = parked_read(call, &row) && parked_may(call, &row) && parked_become(call, &row);
    json_decref(row.fields);
    if (!goes_on ||
        !act_ok(call, store_run_one(call->centre->store, STATEMENT_PARKED_FINISH,
                                    VALUES(value_integer(call->parked),
                                           value_text(call->second.name), value_integer(call->now)),
                                    &call->fault)))
        return false;
    return !call->act->run || call->act->run(call);
}

/* -- erasing -- */

#define PARKED_ENTRY ":parked"

static bool is_of_parked(const char *kind)
{
    const char *outcome = strchr(kind, ':');
    return outcome && strcmp(outcome, PARKED_ENTRY) == 0;
}

/* The number that an entry's data note; 0 when they note none. */
static int64_t number_in(struct bytes data)
{
    json_t *items = json_loadb((const char *)data.data, data.len, 0, NULL);
    const char *text = json_string_value(json_object_get(items, "parked"));
    int64_t number = text ? strtoll(text, NULL, 10) : 0;
    json_decref(items);
    return number;
}

static enum err number_of_entry(struct store *store, int64_t entry, int64_t *out,
                                struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    int64_t number = 0;
    store_query(store, STATEMENT_JOURNAL_READ, VALUES(value_integer(entry), value_integer(1)),
                &rows, fault);
    if (rows_next(&rows) && row_integer(&rows, 0) == entry && !row_is_null(&rows, 10))
        number = number_in(row_blob(&rows, 10));
    enum err err = rows_end(&rows);
    if (err == ERR_NONE)
        *out = number;
    return err;
}

enum err parked_erase(struct store *store, int64_t entry, const char *kind, struct date day,
                      const struct retention *rule, struct fault *fault)
{
    int64_t number = 0;
    if (!is_of_parked(kind))
        return ERR_NONE;
    enum err err = number_of_entry(store, entry, &number, fault);
    return err != ERR_NONE || number == 0
               ? err
               : store_run(store, STATEMENT_PARKED_ERASE,
                           VALUES(value_integer(number), value_integer(date_to_days(day)),
                                  value_text(rule->name)),
                           fault);
}
