#include "check.h"

#include <stdio.h>

#include "law/events.h"
#include "see.h"

static struct event_facts facts_of(enum event event, enum certificate_state signature,
                                   enum certificate_state authentication, enum card_state card)
{
    return (struct event_facts){
        .event = event,
        .certificate = {[KIND_SIGNATURE] = signature, [KIND_AUTHENTICATION] = authentication},
        .card = card,
        .on = day("2026-11-22"),
    };
}

/* An outcome was accepted where the event had its effect, refused where the state, the kind or the
 * row kept it out. */
static struct event_answer see_event(struct event_answer answer)
{
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        const struct event_outcome *outcome = &answer.certificate[kind];
        if (outcome->why.statements && outcome->why.statements[0])
            page_saw(outcome->why.statements, outcome->why.rule,
                     outcome->effect != EFFECT_UNCHANGED);
    }
    return answer;
}

static struct event_answer decide(const struct event_facts *facts)
{
    struct law_policy policy = law_policy_default();
    return see_event(event_decide(&policy, facts));
}

/* "revoked affiliationChanged", "unchanged", … */
static void assert_outcome(const struct event_outcome *outcome, const char *wanted)
{
    char text[64];
    bool has_code = outcome->effect == EFFECT_HELD || outcome->effect == EFFECT_REVOKED;
    snprintf(text, sizeof text, "%s%s%s", effect_name(outcome->effect), has_code ? " " : "",
             has_code ? revocation_reason_name(outcome->reason) : "");
    assert_string_equal(text, wanted);
}

#define FOUR       "revoked affiliationChanged", "unchanged", "unchanged"
#define NOTHING    "unchanged", "unchanged", "unchanged"
#define BOTH(code) "revoked " code, "revoked " code
#define HELD       "held certificateHold", "held certificateHold", "stopped"
#define CEASED     BOTH("cessationOfOperation"), "void"

/* What the town's table says of good certificates on a good card; found: held, on a stopped one. */
static const struct {
    enum event event;
    unsigned kinds;
    const char *signature, *authentication, *card;
} table[] = {
    {EVENT_MOVED_WITHIN, 0, FOUR},
    {EVENT_MOVE_OUT_FILED, 0, NOTHING},
    {EVENT_MOVE_OUT_WITHDRAWN, 0, NOTHING},
    {EVENT_MOVED_OUT, 0, FOUR},
    {EVENT_MOVED_IN_CONTINUED, 0, FOUR},
    {EVENT_CONTINUATION_MISSED, 0, "revoked affiliationChanged", "revoked cessationOfOperation",
     "void"},
    {EVENT_RENAMED, 0, FOUR},
    {EVENT_SEX_CORRECTED, 0, FOUR},
    {EVENT_BIRTH_DATE_CORRECTED, 0, FOUR},
    {EVENT_OTHER_ITEM_CHANGED, 0, NOTHING},
    {EVENT_ADDRESS_RENAMED, 0, FOUR},
    {EVENT_DIED, 0, CEASED},
    {EVENT_LEFT_ABROAD, 0, CEASED},
    {EVENT_LEFT_ABROAD_CONTINUED, 0, FOUR},
    {EVENT_RETURNED_FROM_ABROAD, 0, FOUR},
    {EVENT_DEREGISTERED, 0, CEASED},
    {EVENT_RECORD_ERROR, 0, BOTH("affiliationChanged"), "unchanged"},
    {EVENT_RECORD_ERROR, KINDS_AUTHENTICATION, "unchanged", "revoked affiliationChanged",
     "unchanged"},
    {EVENT_BECAME_WARD, 0, NOTHING},
    {EVENT_WARD_LIFTED, 0, NOTHING},
    {EVENT_CARD_EXPIRED, 0, "ends", "ends", "void"},
    {EVENT_STAY_EXTENDED, 0, NOTHING},
    {EVENT_STAY_SPECIAL_PERIOD, 0, NOTHING},
    {EVENT_STAY_ENDED, 0, "ends", "ends", "void"},
    {EVENT_LOST_PHONED, 0, HELD},
    {EVENT_LOST_REPORTED, 0, HELD},
    {EVENT_CARD_STOLEN, 0, HELD},
    {EVENT_CARD_ABOLISHED, 0, BOTH("keyCompromise"), "void"},
    {EVENT_FOUND, 0, "revoked keyCompromise", "released", "released"},
    {EVENT_HOLD_MISTAKEN, 0, "revoked keyCompromise", "released", "released"},
    {EVENT_CARD_RETURNED, 0, CEASED},
    {EVENT_CARD_DAMAGED, 0, CEASED},
    {EVENT_CARD_REISSUED, 0, "superseded", "superseded", "void"},
    {EVENT_NEVER_DELIVERED, 0, BOTH("unspecified"), "void"},
    {EVENT_HOLDER_ASKS, KINDS_SIGNATURE, "revoked cessationOfOperation", "unchanged", "unchanged"},
    {EVENT_HOLDER_ASKS, KINDS_BOTH, BOTH("cessationOfOperation"), "unchanged"},
    {EVENT_KEY_COMPROMISED, 0, BOTH("keyCompromise"), "unchanged"},
    {EVENT_KEY_COMPROMISED, KINDS_AUTHENTICATION, "unchanged", "revoked keyCompromise",
     "unchanged"},
    {EVENT_PIN_CHANGED, 0, NOTHING},
    {EVENT_PIN_RESET, 0, NOTHING},
    {EVENT_AUTHORITY_COMPROMISED, KINDS_SIGNATURE, "revoked cACompromise", "unchanged",
     "unchanged"},
    {EVENT_AUTHORITY_COMPROMISED, KINDS_AUTHENTICATION, "unchanged", "revoked cACompromise",
     "unchanged"},
    {EVENT_RENEWED, KINDS_SIGNATURE, "superseded", "unchanged", "unchanged"},
    {EVENT_RENEWED, KINDS_AUTHENTICATION, "unchanged", "superseded", "unchanged"},
    {EVENT_RENEWED, KINDS_BOTH, "superseded", "superseded", "unchanged"},
    {EVENT_CHIP_SUSPECTED, 0, "held certificateHold", "held certificateHold", "unchanged"},
    {EVENT_CHIP_SUSPECTED, KINDS_SIGNATURE, "held certificateHold", "unchanged", "unchanged"},
    {EVENT_CHIP_CLEARED, 0, "revoked keyCompromise", "released", "unchanged"},
    {EVENT_CHIP_CLEARED, KINDS_AUTHENTICATION, "unchanged", "released", "unchanged"},
    {EVENT_CHIP_FLAWED, 0, BOTH("keyCompromise"), "unchanged"},
    {EVENT_CHIP_FLAWED, KINDS_AUTHENTICATION, "unchanged", "revoked keyCompromise", "unchanged"},
};

static void answers_every_row(void **state)
{
    (void)state;
    bool is_seen[NUM_EVENTS] = {false};
    for (size_t i = 0; i < COUNT_OF(table); i++) {
        bool is_found = event_ends_hold(table[i].event);
        enum certificate_state before = is_found ? CERTIFICATE_HELD : CERTIFICATE_GOOD;
        struct event_facts facts =
            facts_of(table[i].event, before, before, is_found ? CARD_STOPPED : CARD_GOOD);
        facts.kinds = table[i].kinds;
        struct event_answer answer = decide(&facts);
        assert_int_equal(answer.ruling.decision, DECISION_ALLOWED);
        assert_outcome(&answer.certificate[KIND_SIGNATURE], table[i].signature);
        assert_outcome(&answer.certificate[KIND_AUTHENTICATION], table[i].authentication);
        assert_outcome(&answer.card, table[i].card);
        is_seen[table[i].event] = true;
    }
    for (size_t event = 0; event < NUM_EVENTS; event++)
        assert_true(is_seen[event]);
}

static void wants_a_kind_where_the_row_has_one(void **state)
{
    (void)state;
    for (enum event event = 0; event < NUM_EVENTS; event++) {
        bool must = event == EVENT_RENEWED || event == EVENT_HOLDER_ASKS ||
                    event == EVENT_AUTHORITY_COMPROMISED;
        bool may = must || event == EVENT_KEY_COMPROMISED || event == EVENT_RECORD_ERROR ||
                   event >= EVENT_CHIP_SUSPECTED;
        struct event_facts facts = facts_of(event, CERTIFICATE_GOOD, CERTIFICATE_GOOD, CARD_GOOD);
        assert_int_equal(see(decide(&facts).ruling).decision,
                         must ? DECISION_REFUSED : DECISION_ALLOWED);
        for (unsigned kinds = KINDS_SIGNATURE; kinds <= KINDS_BOTH; kinds++) {
            facts.kinds = kinds;
            assert_int_equal(see(decide(&facts).ruling).decision,
                             may ? DECISION_ALLOWED : DECISION_REFUSED);
        }
    }
}

/* Calls visit with the answer for every event, kind, and state of both certificates and the card.
 */
static void walk(void (*visit)(const struct event_facts *, const struct event_answer *))
{
    struct law_policy policy = law_policy_default();
    for (enum event event = 0; event < NUM_EVENTS; event++)
        for (unsigned i = 0; i < 4u * 5 * 5 * 4; i++) {
            struct event_facts facts = facts_of(event, i / 4 % 5, i / 20 % 5, i / 100);
            facts.kinds = i % 4;
            struct event_answer answer = event_decide(&policy, &facts);
            if (answer.ruling.decision == DECISION_ALLOWED)
                visit(&facts, &answer);
        }
}

static void check_over_stays_over(const struct event_facts *facts,
                                  const struct event_answer *answer)
{
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        enum certificate_state before = facts->certificate[kind];
        const struct event_outcome *outcome = &answer->certificate[kind];
        enum certificate_state after = certificate_state_after(before, outcome->effect);
        if (before == CERTIFICATE_NONE || before == CERTIFICATE_REVOKED ||
            before == CERTIFICATE_EXPIRED) {
            assert_int_equal(outcome->effect, EFFECT_UNCHANGED);
            assert_int_equal(after, before);
            assert_string_not_equal(outcome->why.code, event_name(facts->event));
        }
        if (outcome->effect == EFFECT_RELEASED)
            assert_true(before == CERTIFICATE_HELD && kind == KIND_AUTHENTICATION);
        assert_int_equal(after == before, outcome->effect == EFFECT_UNCHANGED);
    }
    if (facts->card == CARD_VOID || facts->card == CARD_EXPIRED)
        assert_int_equal(answer->card.effect, EFFECT_UNCHANGED);
}

static void never_revives_what_is_over(void **state)
{
    (void)state;
    walk(check_over_stays_over);
}

static bool changes_basic_four(enum event event)
{
    static const enum event changes[] = {
        EVENT_MOVED_WITHIN,         EVENT_MOVED_OUT,
        EVENT_MOVED_IN_CONTINUED,   EVENT_RENAMED,
        EVENT_SEX_CORRECTED,        EVENT_BIRTH_DATE_CORRECTED,
        EVENT_ADDRESS_RENAMED,      EVENT_LEFT_ABROAD_CONTINUED,
        EVENT_RETURNED_FROM_ABROAD,
    };
    for (size_t i = 0; i < COUNT_OF(changes); i++)
        if (changes[i] == event)
            return true;
    return false;
}

static void check_signature_ends(const struct event_facts *facts, const struct event_answer *answer)
{
    enum certificate_state before = facts->certificate[KIND_SIGNATURE];
    enum certificate_state after =
        certificate_state_after(before, answer->certificate[KIND_SIGNATURE].effect);
    bool is_release = facts->event == EVENT_FOUND || facts->event == EVENT_HOLD_MISTAKEN;
    if (changes_basic_four(facts->event) || is_release)
        assert_true(after != CERTIFICATE_GOOD && after != CERTIFICATE_HELD);
    if (changes_basic_four(facts->event))
        assert_int_equal(answer->certificate[KIND_AUTHENTICATION].effect, EFFECT_UNCHANGED);
}

static void ends_the_signature_at_a_change_of_the_four_and_at_a_release(void **state)
{
    (void)state;
    walk(check_signature_ends);
}

static void check_hold_counts(const struct event_facts *facts, const struct event_answer *answer)
{
    for (size_t kind = 0; kind < NUM_KINDS; kind++) {
        const struct event_outcome *outcome = &answer->certificate[kind];
        bool is_revoked = outcome->effect == EFFECT_REVOKED || outcome->effect == EFFECT_SUPERSEDED;
        bool was_held = facts->certificate[kind] == CERTIFICATE_HELD;
        assert_int_equal(outcome->as_of_hold, is_revoked && was_held);
        if (outcome->as_of_hold)
            assert_int_equal(outcome->effective.year, 0); /* no --held-since: not known */
        if (outcome->effect == EFFECT_UNCHANGED)
            assert_int_equal(outcome->effective.year, 0);
    }
}

static void counts_what_was_held_from_the_hold(void **state)
{
    (void)state;
    walk(check_hold_counts);
    struct event_facts facts =
        facts_of(EVENT_DIED, CERTIFICATE_HELD, CERTIFICATE_GOOD, CARD_STOPPED);
    facts.has_held_since = true;
    assert_ok(time_parse("2026-10-31T20:00:00Z", &facts.held_since));
    struct event_answer answer = decide(&facts);
    char text[DATE_TEXT];
    assert_true(answer.certificate[KIND_SIGNATURE].as_of_hold);
    assert_int_equal(answer.certificate[KIND_SIGNATURE].held_since, facts.held_since);
    assert_string_equal(date_print(answer.certificate[KIND_SIGNATURE].effective, text),
                        "2026-11-01");
    assert_false(answer.certificate[KIND_AUTHENTICATION].as_of_hold);
    assert_string_equal(date_print(answer.certificate[KIND_AUTHENTICATION].effective, text),
                        "2026-11-22");
}

static void counts_from_the_day_that_the_row_names(void **state)
{
    (void)state;
    static const struct {
        enum event event;
        const char *on, *effective, *wanted;
    } rows[] = {
        {EVENT_MOVED_WITHIN, "2026-04-10", "2026-04-01", "2026-04-10"},
        {EVENT_MOVED_OUT, "2026-04-03", "2026-04-10", "2026-04-03"},
        {EVENT_MOVED_OUT, "2026-04-12", "2026-04-10", "2026-04-10"},
        {EVENT_DIED, "2026-04-10", "2026-04-01", "2026-04-10"},
        {EVENT_LEFT_ABROAD, "2026-04-10", "2026-05-01", "2026-05-01"},
        {EVENT_LEFT_ABROAD_CONTINUED, "2026-04-10", "2026-05-01", "2026-05-01"},
        {EVENT_RENAMED, "2026-04-10", NULL, "2026-04-10"},
        {EVENT_LEFT_ABROAD, "2026-04-10", NULL, "2026-04-10"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char text[DATE_TEXT];
        struct event_facts facts =
            facts_of(rows[i].event, CERTIFICATE_GOOD, CERTIFICATE_GOOD, CARD_GOOD);
        facts.on = day(rows[i].on);
        facts.effective = day(rows[i].effective);
        struct event_answer answer = decide(&facts);
        assert_string_equal(date_print(answer.certificate[KIND_SIGNATURE].effective, text),
                            rows[i].wanted);
    }
}

/* page:S46 first form: the card was never stopped */
static void releases_a_card_only_if_it_was_stopped(void **state)
{
    (void)state;
    struct event_facts facts = facts_of(EVENT_FOUND, CERTIFICATE_HELD, CERTIFICATE_HELD, CARD_GOOD);
    struct event_answer answer = decide(&facts);
    assert_outcome(&answer.card, "unchanged");
    assert_outcome(&answer.certificate[KIND_AUTHENTICATION], "released");
    facts.certificate[KIND_AUTHENTICATION] = CERTIFICATE_REVOKED; /* meanwhile abolished */
    answer = decide(&facts);
    assert_outcome(&answer.certificate[KIND_AUTHENTICATION], "unchanged");
    assert_string_equal(answer.certificate[KIND_AUTHENTICATION].why.code, "already-revoked");
}

static void holds_only_what_is_good(void **state)
{
    (void)state;
    struct event_facts facts =
        facts_of(EVENT_LOST_REPORTED, CERTIFICATE_HELD, CERTIFICATE_GOOD, CARD_STOPPED);
    struct event_answer answer = decide(&facts);
    assert_outcome(&answer.certificate[KIND_SIGNATURE], "unchanged");
    assert_outcome(&answer.certificate[KIND_AUTHENTICATION], "held certificateHold");
    assert_outcome(&answer.card, "unchanged");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(answers_every_row),
        cmocka_unit_test(wants_a_kind_where_the_row_has_one),
        cmocka_unit_test(never_revives_what_is_over),
        cmocka_unit_test(ends_the_signature_at_a_change_of_the_four_and_at_a_release),
        cmocka_unit_test(counts_what_was_held_from_the_hold),
        cmocka_unit_test(counts_from_the_day_that_the_row_names),
        cmocka_unit_test(releases_a_card_only_if_it_was_stopped),
        cmocka_unit_test(holds_only_what_is_good),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
