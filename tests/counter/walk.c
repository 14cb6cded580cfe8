/* Every event of law × every state of both certificates × every state of the card, through the
 * centre: one resident, whose certificates came through the whole flow into a card, is put into
 * each state behind the centre's back; then the event is asked for, and what became of
 * certificates, changes, status map, card and journal is held against law's table and promises 3,
 * 4, 5 and 8. */
#include "town.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "law/events.h"

#define RESIDENT 1001
#define DAY      86400

/* The sanitized programs are slower: every so many-th combination. */
#ifdef __SANITIZE_ADDRESS__
#define STRIDE 7
#else
#define STRIDE 1
#endif

/* One point of the walk: what is so before, and what happens. */
struct point {
    enum event event;
    unsigned kinds;
    enum certificate_state certificate[NUM_KINDS];
    enum card_state card;
};

static struct town_card card;
static sqlite3 *database;
static struct status_map *maps[NUM_KINDS];
static struct certificate originals[NUM_KINDS];
static struct law_policy policy;
static int64_t now, held_since;
static int num_points, num_refused;
static const struct point *current; /* what is being checked; left behind by a failure */

/* What an event of the register says has changed. */
static const struct {
    enum event event;
    const char *changes;
} changes[] = {
    {EVENT_MOVED_WITHIN, "{\"address\": \"鳥取県東伯郡北栄町見本九丁目９番\"}"},
    {EVENT_MOVED_IN_CONTINUED,
     "{\"address\": \"鳥取県東伯郡北栄町見本九丁目９番\", \"municipality\": \"31372\"}"},
    {EVENT_RENAMED, "{\"family\": \"東園\"}"},
    {EVENT_SEX_CORRECTED, "{\"sex\": \"male\"}"},
    {EVENT_BIRTH_DATE_CORRECTED, "{\"born\": \"1986-05-15\"}"},
    {EVENT_OTHER_ITEM_CHANGED, "{\"telephone\": \"0858-00-9999\"}"},
    {EVENT_ADDRESS_RENAMED, "{\"address\": \"鳥取県東伯郡北栄町見本九丁目９番\"}"},
    {EVENT_RETURNED_FROM_ABROAD, "{\"address\": \"鳥取県東伯郡北栄町見本九丁目９番\"}"},
    {EVENT_STAY_EXTENDED, "{\"stay_until\": \"2034-05-14\", \"card_until\": \"2034-05-14\"}"},
    {EVENT_STAY_SPECIAL_PERIOD, "{\"stay_until\": \"2034-05-14\", \"card_until\": \"2034-05-14\"}"},
    {EVENT_CARD_REISSUED,
     "{\"card_id\": \"0003720000000613137220340514\", \"card_until\": \"2034-05-14\"}"},
};

/* -- the database, behind the centre's back -- */

static void run_sql(const char *format, ...) PRINTF_LIKE(1, 2);
static int64_t ask_sql(const char *format, ...) PRINTF_LIKE(1, 2);

static void run_sql(const char *format, ...)
{
    char sql[2048], *text = NULL;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    if (sqlite3_exec(database, sql, NULL, NULL, &text) != SQLITE_OK)
        fail_msg("%s: %s", sql, text);
}

static int64_t ask_sql(const char *format, ...)
{
    char sql[512];
    sqlite3_stmt *statement;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(sql, sizeof sql, format, arguments);
    va_end(arguments);
    if (sqlite3_prepare_v2(database, sql, -1, &statement, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(database));
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    return value;
}

/* How the centre writes a state down. Expired is good whose last day is over. */
static const struct {
    enum status_state state;
    enum status_reason reason;
    bool has_since, is_over;
} written[] = {
    [CERTIFICATE_GOOD] = {STATUS_GOOD, STATUS_UNSPECIFIED, false, false},
    [CERTIFICATE_HELD] = {STATUS_HELD, STATUS_UNSPECIFIED, true, false},
    [CERTIFICATE_REVOKED] = {STATUS_REVOKED, STATUS_SUPERSEDED, true, false},
    [CERTIFICATE_EXPIRED] = {STATUS_GOOD, STATUS_UNSPECIFIED, false, true},
};

static void put_certificate(enum kind kind, enum certificate_state state)
{
    int64_t since = written[state].has_since ? held_since : 0;
    struct date last_day =
        written[state].is_over ? date_of_time(now - 2 * DAY) : originals[kind].last_day;
    run_sql("INSERT INTO certificate SELECT * FROM kept WHERE kind = %d;"
            "UPDATE certificate SET state = %d, reason = %d, since = %lld, last_day = %d"
            " WHERE kind = %d",
            kind, written[state].state, written[state].reason, (long long)since,
            date_to_days(last_day), kind);
    const struct status_entry entry = {.state = written[state].state,
                                       .reason = written[state].reason,
                                       .municipality = 1,
                                       .last_day = last_day,
                                       .since = since};
    assert_ok(status_map_set(maps[kind], (uint64_t)originals[kind].serial, &entry));
}

static void put_state(const struct point *point)
{
    run_sql("BEGIN IMMEDIATE; DELETE FROM certificate; DELETE FROM resident WHERE number = %d;"
            "INSERT INTO resident SELECT * FROM kept_resident;"
            "UPDATE resident SET card_state = %d WHERE number = %d",
            RESIDENT, point->card, RESIDENT);
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (point->certificate[kind] != CERTIFICATE_NONE)
            put_certificate((enum kind)kind, point->certificate[kind]);
    run_sql("COMMIT");
}

/* -- the event -- */

/* A filed move is of tomorrow: on its own day the centre itself enters that they have moved. */
static struct date effective_of(const struct point *point)
{
    return date_of_time(point->event == EVENT_MOVE_OUT_FILED ? now + DAY : now);
}

static json_t *event_fields(const struct point *point)
{
    char day[DATE_TEXT];
    static const char *const kinds[] = {NULL, "signature", "authentication", "both"};
    json_t *fields = json_pack("{s:i, s:s, s:s*}", "resident", RESIDENT, "event",
                               event_name(point->event), "kinds", kinds[point->kinds]);
    if (point->event == EVENT_MOVE_OUT_FILED)
        json_object_set_new(fields, "effective", json_string(date_print(effective_of(point), day)));
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        if (changes[i].event == point->event)
            json_object_set_new(fields, "changes", json_loads(changes[i].changes, 0, NULL));
    return fields;
}

/* A hold by mistake is undone by two officers; everything else is told by the register. False: the
 * centre refused. */
static bool happen(const struct point *point)
{
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    if (point->event != EVENT_HOLD_MISTAKEN) {
        town_done("register1", "event", event_fields(point));
        return true;
    }
    town_ask("daiei1", "hold-mistaken",
             json_pack("{s:i, s:s}", "resident", RESIDENT, "note", "the namesake"), &answer);
    if (answer.outcome == COUNTER_REFUSED) {
        assert_string_equal(counter_text(&answer, "code"), "nothing-held");
        return false;
    }
    assert_int_equal(answer.outcome, COUNTER_DONE);
    town_done("daiei2", "approve",
              json_pack("{s:I}", "number", (json_int_t)counter_number(&answer, "parked")));
    return true;
}

/* -- what must have become of it -- */

static struct event_answer expected(const struct point *point)
{
    struct event_facts facts = {.event = point->event,
                                .kinds = point->kinds,
                                .card = point->card,
                                .on = date_of_time(now),
                                .effective = effective_of(point),
                                .has_held_since = true,
                                .held_since = held_since};
    memcpy(facts.certificate, point->certificate, sizeof facts.certificate);
    struct event_answer answer = event_decide(&policy, &facts);
    assert_int_equal(answer.ruling.decision, DECISION_ALLOWED);
    bool is_release = point->event == EVENT_FOUND || point->event == EVENT_HOLD_MISTAKEN;
    for (int kind = 0; kind < NUM_KINDS; kind++)
        if (is_release && point->certificate[kind] != CERTIFICATE_HELD) /* page:S43 */
            answer.certificate[kind].effect = EFFECT_UNCHANGED;
    return answer;
}

static bool is_change(enum effect effect)
{
    return effect == EFFECT_HELD || effect == EFFECT_RELEASED || effect == EFFECT_REVOKED ||
           effect == EFFECT_SUPERSEDED;
}

static enum certificate_state state_after(const struct point *point, enum kind kind,
                                          const struct event_outcome *outcome)
{
    enum certificate_state before = point->certificate[kind];
    return is_change(outcome->effect) ? certificate_state_after(before, outcome->effect) : before;
}

/* Promise 4, and that one kind's event never touches the other (promise 5), without law's table. */
static void keeps_promises(const struct point *point, enum kind kind,
                           const struct event_outcome *outcome, enum certificate_state after)
{
    enum certificate_state before = point->certificate[kind];
    bool is_over = before == CERTIFICATE_REVOKED || before == CERTIFICATE_EXPIRED;
    bool is_live = after == CERTIFICATE_GOOD || after == CERTIFICATE_HELD;
    assert_true(!is_over || after == before);
    if (kind == KIND_SIGNATURE && before == CERTIFICATE_HELD)
        assert_true(after != CERTIFICATE_GOOD);
    if (kind == KIND_SIGNATURE && event_changes_basic_four(point->event))
        assert_false(is_live);
    if (point->kinds && !(point->kinds & (1u << kind)))
        assert_false(is_change(outcome->effect));
}

static void check_row(enum kind kind, enum certificate_state before, enum certificate_state after,
                      const struct event_outcome *outcome)
{
    bool is_changed = is_change(outcome->effect);
    int64_t serial = originals[kind].serial;
    enum status_reason reason = is_changed && after == CERTIFICATE_REVOKED
                                    ? (enum status_reason)outcome->reason
                                    : written[after].reason;
    struct status_entry entry = town_map(kind, serial);
    assert_int_equal(entry.state, written[after].state); /* promise 3 */
    assert_int_equal(entry.reason, reason);
    bool is_new = is_changed && before == CERTIFICATE_GOOD;
    if (!is_new)
        assert_int_equal(entry.since, written[after].has_since ? held_since : 0);
    else
        assert_true(entry.since >= now && entry.since <= now + 600);
    assert_int_equal(ask_sql("SELECT COUNT(*) FROM certificate WHERE kind = %d AND serial = %lld"
                             " AND state = %d AND reason = %d AND since = %lld",
                             kind, (long long)serial, entry.state, entry.reason,
                             (long long)entry.since),
                     1);
}

static void check_certificate(const struct point *point, enum kind kind,
                              const struct event_outcome *outcome, int64_t epoch, int64_t sequence)
{
    enum certificate_state before = point->certificate[kind];
    enum certificate_state after = state_after(point, kind, outcome);
    keeps_promises(point, kind, outcome, after);
    assert_int_equal(ask_sql("SELECT COUNT(*) FROM change WHERE epoch > %lld AND authority = %d",
                             (long long)epoch, kind),
                     is_change(outcome->effect));
    assert_int_equal(ask_sql("SELECT COUNT(*) FROM journal_personal WHERE sequence > %lld"
                             " AND instr(data, '\"%s\":\"%s %lld\"')",
                             (long long)sequence, kind_name(kind), effect_name(outcome->effect),
                             (long long)originals[kind].serial),
                     is_change(outcome->effect));
    if (before != CERTIFICATE_NONE)
        check_row(kind, before, after, outcome);
    if (is_change(outcome->effect))
        assert_int_equal(
            ask_sql("SELECT COUNT(*) FROM change WHERE epoch > %lld AND authority = %d AND"
                    " serial = %lld AND state = %d",
                    (long long)epoch, kind, (long long)originals[kind].serial,
                    written[after].state),
            1);
}

/* Promise 8: an entry for each act, refused ones too; lists are published in between. */
static void check_journal(const struct point *point, int64_t sequence, bool is_done)
{
    static const char of_persons[] = "FROM journal WHERE actor <> 'system' AND sequence >";
    bool is_of_two = point->event == EVENT_HOLD_MISTAKEN;
    assert_int_equal(ask_sql("SELECT COUNT(*) %s %lld", of_persons, (long long)sequence),
                     is_of_two && is_done ? 2 : 1);
    assert_int_equal(ask_sql("SELECT COUNT(*) %s %lld AND kind = '%s:%s'", of_persons,
                             (long long)sequence, is_of_two ? "hold-mistaken" : "event",
                             is_done ? "done" : "nothing-held"),
                     1);
}

static void check_point(const struct point *point)
{
    current = point;
    put_state(point);
    int64_t epoch = ask_sql("SELECT MAX(epoch) FROM change");
    int64_t sequence = ask_sql("SELECT MAX(sequence) FROM journal");
    struct event_answer answer = expected(point);
    bool is_done = happen(point);
    num_points++;
    num_refused += !is_done;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        assert_false(!is_done && is_change(answer.certificate[kind].effect));
        check_certificate(point, (enum kind)kind, &answer.certificate[kind], epoch, sequence);
    }
    bool is_new_card = point->event == EVENT_CARD_REISSUED; /* the void one is nobody's now */
    assert_int_equal(ask_sql("SELECT card_state FROM resident WHERE number = %d", RESIDENT),
                     is_new_card ? CARD_GOOD : card_state_after(point->card, answer.card.effect));
    check_journal(point, sequence, is_done);
    current = NULL;
}

/* -- the walk -- */

/* The sets of kinds that a row takes: none named, or each that it may be told. */
static bool takes(enum event event, unsigned kinds)
{
    const struct event_facts facts = {.event = event, .kinds = kinds};
    return event != EVENT_CHIP_SUSPECTED && event != EVENT_CHIP_CLEARED &&
           event != EVENT_CHIP_FLAWED && /* acts on lists: mass.c */
           event_decide(&policy, &facts).ruling.decision == DECISION_ALLOWED;
}

static void walk_event(enum event event, unsigned kinds)
{
    for (int i = 0; i < 5 * 5 * 3; i++) {
        static struct point point;
        point = (struct point){
            .event = event,
            .kinds = kinds,
            .certificate = {(enum certificate_state)(i / 3 % 5), (enum certificate_state)(i / 15)},
            .card = (enum card_state)(i % 3),
        };
        static int num;
        if (num++ % STRIDE == 0)
            check_point(&point);
    }
}

static void every_event_in_every_state(void **state)
{
    (void)state;
    for (enum event event = 0; event < NUM_EVENTS; event++)
        for (unsigned kinds = KINDS_NOT_GIVEN; kinds <= KINDS_BOTH; kinds++)
            if (takes(event, kinds))
                walk_event(event, kinds);
    print_message("# %d combinations of event, kinds and states; %d refused: nothing was held\n",
                  num_points, num_refused);
    assert_true(num_points * STRIDE >= 75 * (NUM_EVENTS - 3));
}

static void a_kind_too_much_or_missing_changes_nothing(void **state)
{
    (void)state;
    for (enum event event = 0; event < NUM_EVENTS; event++)
        for (unsigned kinds = KINDS_NOT_GIVEN; kinds <= KINDS_BOTH; kinds++) {
            const struct point point = {.event = event,
                                        .kinds = kinds,
                                        .certificate = {CERTIFICATE_GOOD, CERTIFICATE_HELD},
                                        .card = CARD_GOOD};
            if (takes(event, kinds) || event_needs_two(event))
                continue;
            put_state(&point);
            int64_t epoch = ask_sql("SELECT MAX(epoch) FROM change");
            town_refused("register1", "event", event_fields(&point),
                         kinds ? "kind-not-asked" : "kind-missing");
            assert_int_equal(ask_sql("SELECT MAX(epoch) FROM change"), epoch);
            assert_int_equal(ask_sql("SELECT COUNT(*) FROM resident r JOIN kept_resident k"
                                     " USING (family, born, sex, address, card_state)"
                                     " WHERE r.number = %d",
                                     RESIDENT),
                             1);
        }
}

static void the_journal_is_whole(void **state)
{
    (void)state;
    char command[512];
    snprintf(command, sizeof command,
             "'%s/jpki' admin journal verify --socket %s/acts.sock --as auditor1 >%s/out 2>&1",
             getenv("JPKI_BUILD"), town_folder, town_folder);
    assert_int_equal(system(command), 0);
}

static int begin(void **state)
{
    char path[128];
    /* what a power cut would leave is asked elsewhere; here thousands of acts are to be fast */
    if (access("/dev/shm", W_OK) == 0)
        setenv("TMPDIR", "/dev/shm", 1);
    policy = law_policy_default();
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    town_run(town_open(RESIDENT, "new", "holder", "both", "never-set"), &card, NULL);
    town_clock("2026-12-03T01:00:00Z");
    assert_ok(time_parse("2026-12-03T01:00:00Z", &now));
    held_since = now - DAY;
    snprintf(path, sizeof path, "%s/town.db", town_folder);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    sqlite3_busy_timeout(database, 10000);
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        originals[kind] = town_certificate((enum kind)kind, RESIDENT, STATUS_GOOD);
        snprintf(path, sizeof path, "%s/%s.map", town_folder, kind_name((enum kind)kind));
        assert_ok(status_map_open(path, (enum kind)kind, true, &maps[kind], NULL));
    }
    run_sql("CREATE TEMP TABLE kept AS SELECT * FROM certificate;"
            "CREATE TEMP TABLE kept_resident AS SELECT * FROM resident WHERE number = %d",
            RESIDENT);
    return 0;
}

static int finish(void **state)
{
    if (current)
        print_message("# at %s, kinds %u, signature %s, authentication %s, card %s\n",
                      event_name(current->event), current->kinds,
                      certificate_state_name(current->certificate[KIND_SIGNATURE]),
                      certificate_state_name(current->certificate[KIND_AUTHENTICATION]),
                      card_state_name(current->card));
    for (int kind = 0; kind < NUM_KINDS; kind++)
        status_map_free(maps[kind]);
    sqlite3_close(database);
    town_card_done(&card);
    return town_end(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state),
        cmocka_unit_test(a_kind_too_much_or_missing_changes_nothing),
        cmocka_unit_test(the_journal_is_whole),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
