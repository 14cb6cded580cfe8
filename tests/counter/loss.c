/* What befalls certificates that are in a card: lost, held, found; moved; renewed; revoked. */
#include "town.h"

#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/limits.h"

static struct town_card card;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    town_run(town_open(1001, "new", "holder", "both", "never-set"), &card, NULL);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static enum status_state state_in_map(enum kind kind, int64_t serial)
{
    return town_map(kind, serial).state;
}

static int64_t serial_of(enum kind kind, enum status_state state)
{
    return town_certificate(kind, 1001, state).serial;
}

static int64_t held_since;

static void held_by_telephone(void **state)
{
    (void)state;
    int64_t number =
        counter_number(town_done("hotline1", "application-open",
                                 json_pack("{s:i, s:s, s:s}", "resident", 1001, "procedure", "hold",
                                           "applicant", "holder")),
                       "number");
    const struct counter_answer *answer = town_run(number, NULL, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        struct certificate row = town_certificate((enum kind)kind, 1001, STATUS_HELD);
        assert_int_equal(state_in_map((enum kind)kind, row.serial), STATUS_HELD);
        held_since = row.since;
    }
    page_saw("S38", "event", 1);
}

static void nothing_is_issued_to_a_stopped_card(void **state)
{
    (void)state;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("daiei1", "application-open",
             json_pack("{s:i, s:s, s:s, s:s}", "resident", 1001, "procedure", "new", "applicant",
                       "holder", "kinds", "both"),
             &answer);
    assert_int_equal(answer.outcome, COUNTER_REFUSED);
    page_saw(counter_text(&answer, "statements"), "issue", 0);
}

static void still_held_after_the_report(void **state)
{
    (void)state;
    town_run(town_open(1001, "loss-report", "holder", NULL, NULL), NULL, NULL);
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_HELD), 1);
    assert_int_equal(town_certificate(KIND_SIGNATURE, 1001, STATUS_HELD).since, held_since);
    page_saw("S37", "procedure", 1);
}

static void found_in_one_visit(void **state)
{
    (void)state;
    int64_t authentication = serial_of(KIND_AUTHENTICATION, STATUS_HELD);
    int64_t signature = serial_of(KIND_SIGNATURE, STATUS_HELD);
    int64_t number = town_open(1001, "release", "holder", NULL, "known");
    const struct counter_answer *answer = town_run(number, &card, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    assert_int_equal(counter_number(answer, "fee"), 0);
    assert_int_equal(state_in_map(KIND_AUTHENTICATION, authentication), STATUS_GOOD);
    struct status_entry entry = town_map(KIND_SIGNATURE, signature);
    assert_int_equal(entry.state, STATUS_REVOKED);
    assert_int_equal(entry.since, held_since); /* page:S45 */
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_GOOD), 1);
    assert_true(serial_of(KIND_SIGNATURE, STATUS_GOOD) > signature);
    page_saw("S43 S44 S45", "release", 1);
}

static void a_release_revives_nothing_revoked(void **state)
{
    (void)state;
    int revoked = town_count(KIND_SIGNATURE, 1001, STATUS_REVOKED);
    town_refused("daiei1", "application-open",
                 json_pack("{s:i, s:s, s:s, s:s}", "resident", 1001, "procedure", "release",
                           "applicant", "holder", "pin", "known"),
                 "nothing-held");
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_REVOKED), revoked);
    page_saw("S43 S45", "release", 0);
}

static void a_move_ends_the_signature_alone(void **state)
{
    (void)state;
    json_t *fields =
        json_pack("{s:i, s:s, s:s, s:{s:s}}", "resident", 1001, "event", "moved-within",
                  "reference", "move-1", "changes", "address", "鳥取県東伯郡北栄町見本二丁目9番");
    int64_t signature = serial_of(KIND_SIGNATURE, STATUS_GOOD);
    town_done("register1", "event", json_incref(fields));
    assert_int_equal(state_in_map(KIND_SIGNATURE, signature), STATUS_REVOKED);
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_GOOD), 0);
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1001, STATUS_GOOD), 1);
    page_saw("S09", "event", 1);
    /* sent twice, it counts once */
    const struct counter_answer *answer = town_done("register1", "event", fields);
    assert_true(json_is_true(json_object_get(answer->detail, "known")));
}

static void an_item_that_is_none_of_the_four(void **state)
{
    (void)state;
    town_run(town_open(1001, "change-reissue", "holder", "signature", "known"), &card, NULL);
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_GOOD), 1);
    page_saw("S12", "issue", 1);
    town_done("register1", "event",
              json_pack("{s:i, s:s, s:{s:s}}", "resident", 1001, "event", "other-item-changed",
                        "changes", "telephone", "0858-00-9999"));
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_GOOD), 1);
    page_saw("S09", "event", 0);
}

static void a_bad_file_takes_nothing(void **state)
{
    (void)state;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    struct buffer file CLEANUP_BUFFER;
    buffer_init(&file, LIMIT_ACT_FILE);
    assert_ok(file_read(source_path("etc/sample/residents.csv"), &file, NULL));
    buffer_cut(&file, strcspn(buffer_text(&file), "\n") + 1); /* the names of the columns */
    buffer_put_text(&file, "9999,nothing more\n");
    town_ask("register1", "import", json_pack("{s:s}", "file", buffer_text(&file)), &answer);
    assert_int_equal(answer.outcome, COUNTER_REFUSED);
    json_t *told = json_object_get(answer.detail, "answer");
    assert_true(json_array_size(json_object_get(told, "faults")) > 0);
}

static json_t *renewal(void)
{
    return json_pack("{s:i, s:s, s:s, s:s, s:s}", "resident", 1001, "procedure", "renewal",
                     "applicant", "holder", "kinds", "both", "pin", "known");
}

static void renewed_in_the_window_only(void **state)
{
    (void)state;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("daiei1", "application-open", renewal(), &answer);
    assert_int_equal(answer.outcome, COUNTER_REFUSED);
    assert_string_equal(counter_text(&answer, "date"), "2031-02-15"); /* page:S11 */
    page_saw(counter_text(&answer, "statements"), "issue", 0);
    town_clock("2031-03-01T01:00:00Z");
    int64_t old[NUM_KINDS] = {serial_of(KIND_SIGNATURE, STATUS_GOOD),
                              serial_of(KIND_AUTHENTICATION, STATUS_GOOD)};
    int64_t number = counter_number(town_done("daiei1", "application-open", renewal()), "number");
    town_run(number, &card, "install");
    assert_int_equal(state_in_map(KIND_AUTHENTICATION, old[KIND_AUTHENTICATION]), STATUS_GOOD);
    town_run(number, &card, NULL);
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        struct status_entry entry = town_map((enum kind)kind, old[kind]);
        assert_int_equal(entry.state, STATUS_REVOKED);
        assert_int_equal(entry.reason, STATUS_SUPERSEDED);
        assert_int_equal(town_count((enum kind)kind, 1001, STATUS_GOOD), 1);
    }
    page_saw("S11", "issue", 1);
}

static void revoked_at_the_holders_wish(void **state)
{
    (void)state;
    town_run(town_open(1001, "revoke", "holder", "authentication", NULL), NULL, NULL);
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1001, STATUS_GOOD), 0);
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_GOOD), 1);
    page_saw("S41", "event", 1);
}

static void a_child_by_its_legal_representative(void **state)
{
    (void)state;
    struct town_card child;
    town_card_make(&child, "0003720000000103137220290408", false);
    town_card_register(&child);
    town_clock("2031-03-01T02:00:00Z");
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("daiei1", "application-open",
             json_pack("{s:i, s:s, s:s, s:s}", "resident", 1016, "procedure", "new", "applicant",
                       "legal-representative", "kinds", "signature"),
             &answer);
    assert_int_equal(answer.outcome, COUNTER_REFUSED);
    page_saw(counter_text(&answer, "statements"), "eligibility", 0);
    town_card_done(&child);
}

static void the_whole_story_stands_in_the_journal(void **state)
{
    (void)state;
    town_done("auditor1", "checkpoint", json_object());
    const struct counter_answer *answer =
        town_done("auditor1", "journal-read", json_pack("{s:i}", "from", 1));
    assert_true(counter_number(answer, "last") > 100);
    assert_true(json_array_size(json_object_get(answer->detail, "checkpoints")) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(held_by_telephone),
        cmocka_unit_test(nothing_is_issued_to_a_stopped_card),
        cmocka_unit_test(still_held_after_the_report),
        cmocka_unit_test(found_in_one_visit),
        cmocka_unit_test(a_release_revives_nothing_revoked),
        cmocka_unit_test(a_move_ends_the_signature_alone),
        cmocka_unit_test(an_item_that_is_none_of_the_four),
        cmocka_unit_test(a_bad_file_takes_nothing),
        cmocka_unit_test(renewed_in_the_window_only),
        cmocka_unit_test(revoked_at_the_holders_wish),
        cmocka_unit_test(a_child_by_its_legal_representative),
        cmocka_unit_test(the_whole_story_stands_in_the_journal),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
