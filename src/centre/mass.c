/* Asking for a mass act, letting it begin, and showing how far it is. */
#include "centre/mass.h"

#include <string.h>

#include "base/clock.h"
#include "centre/act.h"
#include "store/rows.h"

static const struct {
    const char *name;
    enum event event;
} acts[NUM_MASS_ACTS] = {
    [MASS_HOLD] = {"mass-hold", EVENT_CHIP_SUSPECTED},
    [MASS_RELEASE] = {"mass-release", EVENT_CHIP_CLEARED},
    [MASS_REVOKE] = {"mass-revoke", EVENT_CHIP_FLAWED},
};

static const struct reason reason_no_list = {"mass", "", "no-list",
                                             "No whole list waits under this number.",
                                             "この番号で待っている一覧はありません。"};
static const struct reason reason_no_hold = {
    "mass", "", "no-hold", "No finished mass hold that was not released has this number.",
    "この番号で解除できる一括の一時保留はありません。"};
static const struct reason reason_another = {
    "mass", "", "another-list", "The list of this number has another kind, count or SHA-256.",
    "この番号の一覧は、種類、件数又は SHA-256 が異なります。"};
static const struct reason reason_same_runs = {"mass", "", "list-runs",
                                               "Another mass act on the same list runs.",
                                               "同じ一覧の処理が実行中です。"};

const char *mass_act_name(enum mass_act act)
{
    return acts[act].name;
}

enum event mass_act_event(enum mass_act act)
{
    return acts[act].event;
}

static enum mass_act act_of(const struct act_call *call)
{
    enum mass_act act = MASS_HOLD;
    while (strcmp(acts[act].name, call->act->name) != 0)
        act++;
    return act;
}

static int64_t integer_or_zero(struct rows *rows, int column)
{
    return row_is_null(rows, column) ? 0 : row_integer(rows, column);
}

static void row_read(struct rows *rows, struct mass *out)
{
    *out = (struct mass){
        .number = row_integer(rows, 0),
        .kind = (enum kind)row_integer_within(rows, 1, 0, NUM_KINDS - 1),
        .state = (enum mass_state)row_integer_within(rows, 2, MASS_BEGUN, MASS_EMPTIED),
        .list = row_integer(rows, 3),
        .count = row_integer(rows, 4),
        .time = row_integer(rows, 10),
        .done = row_integer(rows, 11),
        .finished = integer_or_zero(rows, 12),
        .released = integer_or_zero(rows, 13),
    };
    if (!row_is_null(rows, 5))
        row_copy_blob(rows, 5, out->digest, sizeof out->digest);
    if (!row_is_null(rows, 6))
        out->act = (enum mass_act)row_integer_within(rows, 6, MASS_HOLD, MASS_REVOKE);
    row_copy_text(rows, 7, out->note, sizeof out->note);
    row_copy_text(rows, 8, out->first, sizeof out->first);
    row_copy_text(rows, 9, out->second, sizeof out->second);
}

enum err mass_read(struct centre *centre, enum statement statement, const struct value *values,
                   size_t num_values, struct mass *out, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    struct mass found = {0};
    store_query(centre->store, statement, values, num_values, &rows, fault);
    if (rows_next(&rows))
        row_read(&rows, &found);
    enum err err = rows_end_one(&rows);
    if (err == ERR_NONE)
        *out = found;
    return err;
}

enum err mass_holder(struct centre *centre, enum kind kind, int64_t serial, int64_t *out,
                     struct fault *fault)
{
    return store_ask_integer(centre->store, STATEMENT_MASS_HOLDER,
                             VALUES(value_integer(kind), value_integer(0), value_integer(serial)),
                             out, fault);
}

/* -- asking, and beginning -- */

static bool find_mass(struct act_call *call, const struct reason *reason_absent, struct mass *out)
{
    enum err err = mass_read(call->centre, STATEMENT_MASS_READ,
                             VALUES(value_integer(call->fields.number)), out, &call->fault);
    return err == ERR_NOT_FOUND ? act_refuse(call, reason_absent) : act_ok(call, err);
}

static bool is_releasable(const struct mass *mass)
{
    return mass->state == MASS_FINISHED && mass->act == MASS_HOLD && mass->released == 0;
}

/* What both persons see is what the list is. */
static bool is_as_named(const struct act_call *call, const struct mass *mass)
{
    return mass->kind == call->fields.kind && mass->count == call->fields.count &&
           memcmp(mass->digest, call->fields.digest, sizeof mass->digest) == 0;
}

static bool check_none_runs(struct act_call *call, const struct mass *mass)
{
    int64_t num;
    if (!act_ok(call,
                store_ask_integer(call->centre->store, STATEMENT_MASS_SAME_RUNS,
                                  VALUES(value_integer(mass->kind),
                                         value_blob(bytes_of(mass->digest, sizeof mass->digest))),
                                  &num, &call->fault)))
        return false;
    return num == 0 || act_refuse(call, &reason_same_runs);
}

static bool check_mass(struct act_call *call, struct mass *out)
{
    bool is_release = act_of(call) == MASS_RELEASE;
    const struct reason *absent = is_release ? &reason_no_hold : &reason_no_list;
    if (!find_mass(call, absent, out))
        return false;
    if (is_release ? !is_releasable(out) : out->state != MASS_WHOLE)
        return act_refuse(call, absent);
    if (!is_as_named(call, out))
        return act_refuse(call, &reason_another);
    return check_none_runs(call, out);
}

bool mass_may(struct act_call *call)
{
    struct mass mass;
    return check_mass(call, &mass);
}

static enum err begin_list(struct act_call *call, const struct mass *mass)
{
    return store_run_one(call->centre->store, STATEMENT_MASS_BEGIN,
                         VALUES(value_integer(mass->number), value_integer(act_of(call)),
                                value_text(call->fields.note), value_text(call->second.name),
                                value_integer(call->now)),
                         &call->fault);
}

/* A release is a row of its own, so that both keep their counts. */
static enum err begin_release(struct act_call *call, const struct mass *hold, int64_t *number)
{
    struct store *store = call->centre->store;
    enum err err =
        store_ask_integer(store, STATEMENT_MASS_INSERT_RELEASE,
                          VALUES(value_integer(hold->number), value_integer(hold->kind),
                                 value_text(call->fields.note), value_text(call->actor.name),
                                 value_text(call->second.name), value_integer(call->now)),
                          number, &call->fault);
    return err != ERR_NONE
               ? err
               : store_run_one(store, STATEMENT_MASS_RELEASED,
                               VALUES(value_integer(hold->number), value_integer(*number)),
                               &call->fault);
}

bool mass_begin(struct act_call *call)
{
    struct mass mass;
    if (!check_mass(call, &mass))
        return false;
    int64_t number = mass.number;
    enum err err = act_of(call) == MASS_RELEASE ? begin_release(call, &mass, &number)
                                                : begin_list(call, &mass);
    if (!act_ok(call, err))
        return false;
    act_answer(call, "mass", json_integer(number));
    act_answer(call, "count", json_integer(mass.count));
    act_note(call, "mass", "%lld", (long long)number);
    return call->outcome == ACT_DONE;
}

bool mass_begin_finish(struct act_call *call)
{
    call->centre->mass.is_idle = false;
    return true;
}

/* -- showing -- */

static bool show_counts(struct act_call *call, const struct mass *mass)
{
    struct rows rows CLEANUP_ROWS = {0};
    json_t *list = json_array();
    int64_t num = 0;
    act_answer(call, "outcomes", list);
    store_query(call->centre->store, STATEMENT_MASS_COUNTS, VALUES(value_integer(mass->number)),
                &rows, &call->fault);
    while (rows_next(&rows)) {
        struct bytes outcome = row_text(&rows, 0);
        json_array_append_new(list, json_pack("{s:s%, s:I}", "outcome", outcome.data, outcome.len,
                                              "count", (json_int_t)row_integer(&rows, 1)));
        num += row_integer(&rows, 1);
    }
    act_answer(call, "done", json_integer(num));
    act_answer(call, "remaining", json_integer(mass->count - num));
    return act_ok(call, rows_end(&rows));
}

static void show_time(struct act_call *call, const char *name, int64_t time)
{
    char text[TIME_TEXT];
    if (time)
        act_answer(call, name, json_string(time_print(time, text)));
}

bool mass_show(struct act_call *call)
{
    static const char *const states[] = {
        [MASS_BEGUN] = "begun",       [MASS_WHOLE] = "waits",     [MASS_RUNS] = "runs",
        [MASS_FINISHED] = "finished", [MASS_DROPPED] = "dropped", [MASS_EMPTIED] = "dropped",
    };
    struct mass mass;
    if (!find_mass(call, &reason_no_list, &mass))
        return false;
    bool is_act = mass.state == MASS_RUNS || mass.state == MASS_FINISHED;
    act_answer(call, "number", json_integer(mass.number));
    act_answer(call, "state", json_string(states[mass.state]));
    act_answer(call, "act", json_string(is_act ? mass_act_name(mass.act) : ""));
    act_answer(call, "kind", json_string(kind_name(mass.kind)));
    act_answer(call, "count", json_integer(mass.count));
    act_answer_bytes(call, "digest", bytes_of(mass.digest, sizeof mass.digest));
    act_answer(call, "note", json_string(mass.note));
    act_answer(call, "first", json_string(mass.first));
    act_answer(call, "second", json_string(mass.second));
    if (mass.list != mass.number)
        act_answer(call, "hold", json_integer(mass.list));
    if (mass.released)
        act_answer(call, "released", json_integer(mass.released));
    show_time(call, "begun", is_act ? mass.time : 0);
    show_time(call, "finished", mass.finished);
    return show_counts(call, &mass);
}
