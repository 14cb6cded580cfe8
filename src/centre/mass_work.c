/* Working a mass act off, a part of its list at a time. Law is asked once for each group of a part:
 * the certificates for which law's answer has the same facts; then the group is changed as one. */
#include <string.h>

#include "base/clock.h"
#include "base/counters.h"
#include "base/encoding.h"
#include "base/limits.h"
#include "centre/act.h"
#include "centre/certificate.h"
#include "centre/journal.h"
#include "centre/outcome.h"
#include "store/rows.h"

#define PART_LEAST        250
#define PART_MILLISECONDS 40

/* Serials above `after`, up to and with `until`. */
struct part {
    struct centre *centre;
    const struct mass *mass;
    int64_t after, until, now;
};

/* Whose hold it is, of what is held. */
enum holder { HELD_BY_PERSON, HELD_BY_US, HELD_BY_ANOTHER };

struct group {
    enum status_state state;
    bool is_over; /* its last day has passed */
    enum holder holder;
    int64_t num;
};

/* States, over or not, holders. */
#define GROUPS 24

static enum err groups_read(const struct part *part, struct group groups[static GROUPS],
                            size_t *num, struct fault *fault)
{
    struct rows rows CLEANUP_ROWS = {0};
    const struct mass *mass = part->mass;
    store_query(part->centre->store, STATEMENT_MASS_GROUPS,
                VALUES(value_integer(mass->list), value_integer(mass->kind),
                       value_integer(part->after), value_integer(part->until),
                       value_integer(date_to_days(date_of_time(part->now)))),
                &rows, fault);
    for (*num = 0; *num < GROUPS && rows_next(&rows); ++*num)
        groups[*num] = (struct group){
            .state =
                (enum status_state)row_integer_within(&rows, 0, STATUS_RESERVED, STATUS_REVOKED),
            .is_over = row_bool(&rows, 1),
            .holder = (enum holder)row_integer_within(&rows, 2, HELD_BY_PERSON, HELD_BY_ANOTHER),
            .num = row_integer(&rows, 3),
        };
    return rows_end(&rows);
}

static struct event_outcome decide(const struct part *part, const struct group *group)
{
    enum kind kind = part->mass->kind;
    struct date today = date_of_time(part->now);
    const struct certificate one = {.state = group->state,
                                    .last_day = group->is_over ? (struct date){0} : today};
    struct event_facts facts = {.event = mass_act_event(part->mass->act),
                                .kinds = 1u << kind,
                                .card = CARD_GOOD,
                                .on = today,
                                .effective = today};
    facts.certificate[kind] = certificate_state_on(&one, today);
    return event_decide(&part->centre->policy, &facts).certificate[kind];
}

/* -- what becomes of a group -- */

/* Since when the new state counts: as with a single act. Null: as it stands, since the hold. */
static struct value since_of(const struct part *part, const struct group *group,
                             enum status_state state)
{
    if (state == STATUS_GOOD)
        return value_integer(0);
    return group->state == STATUS_HELD ? value_null() : value_integer(part->now);
}

static enum err group_run(const struct part *part, const struct group *group,
                          enum statement statement, enum status_state state,
                          const struct event_outcome *outcome, struct value last,
                          struct fault *fault)
{
    int64_t num;
    const struct mass *mass = part->mass;
    enum status_reason reason =
        state == STATUS_REVOKED ? (enum status_reason)outcome->reason : STATUS_UNSPECIFIED;
    enum err err = store_run_counted(
        part->centre->store, statement,
        VALUES(value_integer(mass->list), value_integer(mass->kind), value_integer(part->after),
               value_integer(part->until), value_integer(date_to_days(date_of_time(part->now))),
               value_integer(group->state), value_integer(group->holder), value_integer(state),
               value_integer(reason), since_of(part, group, state), last),
        &num, fault);
    if (err == ERR_NONE && num != group->num)
        err = fault_set(fault, ERR_STATE, "mass", "a part has changed while it was worked off");
    return err;
}

static enum err group_change(const struct part *part, const struct group *group,
                             enum status_state state, const struct event_outcome *outcome,
                             struct fault *fault)
{
    struct value holder = state == STATUS_HELD ? value_integer(part->mass->number) : value_null();
    enum err err = group_run(part, group, STATEMENT_MASS_CHANGE, state, outcome,
                             change_municipality(part->centre), fault);
    if (err == ERR_NONE)
        err = group_run(part, group, STATEMENT_MASS_STATE, state, outcome, holder, fault);
    change_told(part->centre);
    return err;
}

static enum err count_add(const struct part *part, const char *outcome, int64_t num,
                          struct fault *fault)
{
    return num == 0 ? ERR_NONE
                    : store_run(part->centre->store, STATEMENT_MASS_COUNT_ADD,
                                VALUES(value_integer(part->mass->number), value_text(outcome),
                                       value_integer(num)),
                                fault);
}

/* Why nothing becomes of a group; NULL: law changes it, to *state. A release touches only what its
 * own hold alone holds. */
static const char *why_unchanged(const struct part *part, const struct group *group,
                                 const struct event_outcome *outcome, enum status_state *state)
{
    static const char *const held_by[] = {
        [HELD_BY_PERSON] = "held-by-a-person", [HELD_BY_ANOTHER] = "held-by-another"};
    bool is_release = event_ends_hold(mass_act_event(part->mass->act));
    if (group->is_over || group->state == STATUS_REVOKED)
        return outcome->why.code;
    if (is_release && group->state != STATUS_HELD)
        return "not-held";
    if (is_release && group->holder != HELD_BY_US)
        return held_by[group->holder];
    return outcome_state(outcome->effect, state) ? NULL : "already-held";
}

static enum err group_work(const struct part *part, const struct group *group, struct fault *fault)
{
    enum status_state state = STATUS_NEVER;
    struct event_outcome outcome = decide(part, group);
    const char *why = why_unchanged(part, group, &outcome, &state);
    if (why)
        return count_add(part, why, group->num, fault);
    enum err err = group_change(part, group, state, &outcome, fault);
    return err != ERR_NONE ? err : count_add(part, effect_name(outcome.effect), group->num, fault);
}

/* What another mass hold lists as well stays held, by that one. */
static enum err hand_over(const struct part *part, struct fault *fault)
{
    int64_t num = 0;
    struct store *store = part->centre->store;
    const struct value values[] = {value_integer(part->mass->kind), value_integer(part->mass->list),
                                   value_integer(part->after), value_integer(part->until)};
    enum err err = store_ask_integer(store, STATEMENT_MASS_OTHER_HOLDS, values, 2, &num, fault);
    if (err != ERR_NONE || num == 0)
        return err;
    return store_run_counted(store, STATEMENT_MASS_HAND_OVER, values, COUNT_OF(values), &num,
                             fault);
}

static enum err part_work(const struct part *part, struct fault *fault)
{
    size_t num = 0;
    struct group groups[GROUPS];
    bool is_release = event_ends_hold(mass_act_event(part->mass->act));
    enum err err = is_release ? hand_over(part, fault) : ERR_NONE;
    if (err == ERR_NONE)
        err = groups_read(part, groups, &num, fault);
    for (size_t i = 0; err == ERR_NONE && i < num; i++)
        err = group_work(part, &groups[i], fault);
    for (size_t i = 0; err == ERR_NONE && i < num; i++)
        counter_add(COUNTER(MASS_WORKED), 0, (uint64_t)groups[i].num);
    if (err != ERR_NONE)
        return err;
    return store_run_one(part->centre->store, STATEMENT_MASS_DONE,
                         VALUES(value_integer(part->mass->number), value_integer(part->until)),
                         fault);
}

/* -- the end -- */

static enum err put_counts(struct centre *centre, const struct mass *mass, json_t *out,
                           struct fault *fault)
{
    char outcome[64];
    struct rows rows CLEANUP_ROWS = {0};
    store_query(centre->store, STATEMENT_MASS_COUNTS, VALUES(value_integer(mass->number)), &rows,
                fault);
    while (rows_next(&rows)) {
        row_copy_text(&rows, 0, outcome, sizeof outcome);
        json_object_set_new(out, outcome, json_integer(row_integer(&rows, 1)));
    }
    return rows_end(&rows);
}

static enum err close_journal(struct centre *centre, const struct mass *mass, json_t *counts,
                              struct fault *fault)
{
    char kind[64], digest[2 * SHA256_LEN + 1];
    json_t *data =
        json_pack("{s:I, s:s, s:I, s:s, s:O}", "mass", (json_int_t)mass->number, "kind",
                  kind_name(mass->kind), "count", (json_int_t)mass->count, "digest",
                  hex_print(mass->digest, sizeof mass->digest, digest), "outcomes", counts);
    char *text = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    json_decref(data);
    if (!text)
        return ERR_MEMORY;
    snprintf(kind, sizeof kind, "%s:finished", mass_act_name(mass->act));
    struct chain_entry entry = {
        .time = clock_now(), .kind = kind, .actor = "system", .role = "system", .second = ""};
    enum err err = journal_append(centre->store, &entry, bytes_of_text(text), fault);
    free(text);
    return err;
}

static enum err mass_close(struct centre *centre, const struct mass *mass, struct fault *fault)
{
    json_t *counts = json_object();
    enum err err = put_counts(centre, mass, counts, fault);
    if (err == ERR_NONE)
        err = close_journal(centre, mass, counts, fault);
    json_decref(counts);
    return err != ERR_NONE
               ? err
               : store_run_one(centre->store, STATEMENT_MASS_FINISH,
                               VALUES(value_integer(mass->number), value_integer(clock_now())),
                               fault);
}

/* -- turns -- */

static enum err part_end(struct centre *centre, int64_t list, int64_t after, int64_t *out,
                         struct fault *fault)
{
    return store_ask_integer(
        centre->store, STATEMENT_MASS_PART_END,
        VALUES(value_integer(list), value_integer(after), value_integer(centre->mass.part)), out,
        fault);
}

static enum err mass_step(struct centre *centre, const struct mass *mass, struct fault *fault)
{
    struct part part = {.centre = centre, .mass = mass, .after = mass->done, .now = clock_now()};
    enum err err = part_end(centre, mass->list, mass->done, &part.until, fault);
    if (err != ERR_NONE)
        return err;
    return part.until ? part_work(&part, fault) : mass_close(centre, mass, fault);
}

/* The entries of a list that nobody will ask for go, a part at a time. */
static enum err drop_step(struct centre *centre, int64_t list, struct fault *fault)
{
    int64_t until;
    enum err err = part_end(centre, list, 0, &until, fault);
    if (err != ERR_NONE)
        return err;
    return until ? store_run(centre->store, STATEMENT_MASS_ENTRIES_DELETE,
                             VALUES(value_integer(list), value_integer(until)), fault)
                 : store_run_one(centre->store, STATEMENT_MASS_EMPTIED, VALUES(value_integer(list)),
                                 fault);
}

static enum err step(struct centre *centre, bool *has_more, struct fault *fault)
{
    struct mass mass;
    int64_t dropped;
    struct fault absent = {0};
    enum err err = mass_read(centre, STATEMENT_MASS_RUNNING, NO_VALUES, &mass, &absent);
    *has_more = true;
    counter_set(COUNTER(MASS_LISTED), 0, err == ERR_NONE ? (uint64_t)mass.count : 0);
    if (err == ERR_NONE)
        return mass_step(centre, &mass, fault);
    if (err != ERR_NOT_FOUND) {
        *fault = absent;
        return err;
    }
    err = store_ask_integer(centre->store, STATEMENT_MASS_DROPPED, NO_VALUES, &dropped, fault);
    if (err == ERR_NONE && dropped)
        return drop_step(centre, dropped, fault);
    *has_more = false;
    return err;
}

/* Other acts wait while a part is worked off: the next one is as large as takes some 40 ms, on this
 * machine and this database. The disk does not count: every act waits for that. */
static void part_adapt(struct mass_desk *desk, int64_t milliseconds)
{
    int64_t part = desk->part * PART_MILLISECONDS / (milliseconds > 0 ? milliseconds : 1);
    part = part > 2 * desk->part ? 2 * desk->part : part;
    part = part < PART_LEAST ? PART_LEAST : part;
    desk->part = part > LIMIT_MASS_PART ? LIMIT_MASS_PART : part;
}

static enum err turn_commit(struct centre *centre, bool *has_more, struct fault *fault)
{
    enum err err = store_begin(centre->store, fault);
    if (err != ERR_NONE)
        return err;
    int64_t start = clock_monotonic();
    err = step(centre, has_more, fault);
    part_adapt(&centre->mass, clock_monotonic() - start);
    if (err == ERR_NONE)
        return store_commit(centre->store, fault);
    store_rollback(centre->store);
    return err;
}

enum err mass_turn(struct centre *centre, bool *has_more, struct fault *fault)
{
    struct mass_desk *desk = &centre->mass;
    *has_more = false;
    if (desk->is_idle)
        return ERR_NONE;
    if (desk->part == 0)
        desk->part = PART_LEAST;
    enum err err = turn_commit(centre, has_more, fault);
    desk->is_idle = err == ERR_NONE && !*has_more;
    return err == ERR_NONE ? change_feed(centre, fault) : err;
}
