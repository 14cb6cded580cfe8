/* Erasing the journal's personal data: by two persons, only what is due, once, in parts between
 * other acts, over a kill; the journal verifies before and after, and what poses as an erasure is
 * found. */
#include "town.h"

#include "database.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"

#define READS (2 * LIMIT_ERASE_PART + 20)

static struct town_card card;
static int64_t waiting; /* an act that nobody approves */

/* Another card: nobody looks at what it says before it is approved. */
static int64_t leave_waiting(void)
{
    char point[131], statement[509], nonce[33];
    memset(point, '1', sizeof point);
    memset(statement, '2', sizeof statement);
    memset(nonce, '3', sizeof nonce);
    point[sizeof point - 1] = statement[sizeof statement - 1] = nonce[sizeof nonce - 1] = '\0';
    return counter_number(
        town_done("card1", "card-register",
                  json_pack("{s:s, s:s, s:s, s:s, s:s}", "card", "0003720000000993137220340514",
                            "point", point, "statement", statement, "nonce", nonce, "token",
                            "mnc")),
        "parked");
}

static void verified(const char *says)
{
    int status = town_verify("");
    if (status != 0 || town_shell("grep -q '%s' %s/out", says, town_folder) != 0) {
        town_shell("cat %s/out >&2", town_folder);
        fail_msg("not verified with: %s", says);
    }
}

static int64_t ask(const char *as)
{
    return counter_number(town_done(as, "journal-erase", json_object()), "parked");
}

static void approve(const char *as, int64_t number)
{
    town_done(as, "approve", json_pack("{s:I}", "number", (json_int_t)number));
}

static void wait_for_end(void)
{
    struct timespec pause = {.tv_nsec = 20 * 1000 * 1000};
    for (int i = 0;
         i < 500 && database_integer("SELECT COUNT(*) FROM erasure WHERE finished IS NULL"); i++)
        nanosleep(&pause, NULL);
    assert_int_equal(database_integer("SELECT COUNT(*) FROM erasure WHERE finished IS NULL"), 0);
}

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    waiting = leave_waiting();
    town_run(town_open(1001, "new", "holder", "both", "never-set"), &card, NULL);
    for (int i = 0; i < READS; i++)
        town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", 1001));
    town_done("auditor1", "checkpoint", json_object());
    assert_int_equal(town_shell("cp %s/checkpoints %s/carried", town_folder, town_folder), 0);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static void nothing_is_erased_before_its_term(void **state)
{
    (void)state;
    town_refused("admin1", "journal-erase", json_object(), "not-due");
    town_clock("2029-11-30T01:00:00Z");
    town_refused("admin1", "journal-erase", json_object(), "not-due");
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM journal_personal WHERE erased_on IS NOT NULL"), 0);
    verified(" 0 erased");
}

static void two_persons_decide(void **state)
{
    (void)state;
    town_clock("2029-12-03T01:00:00Z");
    town_refused("daiei1", "journal-erase", json_object(), "role");
    int64_t number = ask("admin1");
    town_refused("admin1", "approve", json_pack("{s:I}", "number", (json_int_t)number),
                 "same-person");
    town_refused("hojo1", "approve", json_pack("{s:I}", "number", (json_int_t)number), "role");
    assert_int_equal(database_integer("SELECT COUNT(*) FROM erasure"), 0);
    int64_t other = ask("admin2");
    approve("auditor1", number);
    town_refused("auditor1", "approve", json_pack("{s:I}", "number", (json_int_t)number),
                 "no-parked-act");
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("admin1", "approve", json_pack("{s:I}", "number", (json_int_t)other), &answer);
    assert_int_equal(answer.outcome, COUNTER_REFUSED); /* it runs still, or nothing is left */
}

/* What is erased are the reads of three years ago, and nothing of the certificates. */
static void what_is_due_is_erased(void **state)
{
    (void)state;
    wait_for_end();
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM journal_personal p JOIN journal j ON j.sequence ="
                         " p.sequence WHERE p.erased_on IS NOT NULL AND j.kind NOT IN"
                         " ('resident-find:done', 'application-show:done', 'import:done')"),
        0);
    assert_true(database_integer(
                    "SELECT COUNT(*) FROM journal_personal WHERE erased_rule = 'read-record' AND"
                    " salt IS NULL AND data IS NULL") >= READS);
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM journal_about a JOIN journal_personal p ON"
                         " p.sequence = a.sequence WHERE p.erased_on IS NOT NULL"),
        0);
    assert_true(
        database_integer("SELECT COUNT(*) FROM journal WHERE kind = 'journal-erase:part'") >= 3);
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM journal WHERE kind = 'journal-erase:finished'"), 1);
    verified("entries: erased on 2029-12-03 under rule read-record");
    char against[128];
    snprintf(against, sizeof against, "--against %s/carried", town_folder);
    assert_int_equal(town_verify(against), 0);
}

static void nothing_is_erased_twice(void **state)
{
    (void)state;
    town_refused("admin1", "journal-erase", json_object(), "not-due");
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM journal WHERE kind = 'journal-erase:finished'"), 1);
}

/* Killed in the middle, it goes on where it was; other acts are answered meanwhile. */
static void it_goes_on_after_a_kill(void **state)
{
    (void)state;
    for (int i = 0; i < READS; i++)
        town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", 1001));
    town_clock("2032-12-06T01:00:00Z");
    long long before =
        database_integer("SELECT COUNT(*) FROM journal_personal WHERE erased_on IS NOT NULL");
    int64_t number = ask("admin1");
    approve("admin2", number);
    town_restart();
    town_done("admin1", "status", json_object());
    wait_for_end();
    assert_true(
        database_integer("SELECT COUNT(*) FROM journal_personal WHERE erased_on IS NOT NULL") >=
        before + READS);
    assert_int_equal(database_integer("SELECT COUNT(*) FROM journal_term WHERE due <= 22984"), 0);
    verified("under rule read-record");
}

/* Opened without a certificate, due after five years; with one, ten years after its end. */
static void the_issue_is_kept(void **state)
{
    (void)state;
    assert_int_equal(
        database_integer("SELECT COUNT(*) FROM journal_personal p JOIN journal j ON j.sequence ="
                         " p.sequence WHERE p.erased_on IS NOT NULL AND j.kind IN ('issue:done',"
                         " 'application-open:done')"),
        0);
}

#define ASKED_FOR " FROM parked WHERE act = 'card-register' AND fields "

/* What a second person was asked goes with the entry that says so, approved or not; before its term
 * it stays, and what has no term stays for ever. */
static void what_was_asked_goes_with_its_entry(void **state)
{
    (void)state;
    assert_int_equal(database_integer("SELECT COUNT(*)" ASKED_FOR "IS NOT NULL"), 2);
    town_clock("2037-06-01T01:00:00Z");
    approve("admin2", ask("admin1"));
    wait_for_end();
    assert_int_equal(database_integer("SELECT COUNT(*)" ASKED_FOR "IS NOT NULL"), 0);
    assert_int_equal(database_integer("SELECT COUNT(*)" ASKED_FOR "IS NULL AND erased_rule ="
                                      " 'card-record' AND erased_on ="
                                      " (SELECT MAX(day) FROM erasure)"),
                     2);
    assert_int_equal(database_integer("SELECT COUNT(*) FROM parked WHERE fields IS NULL AND act <>"
                                      " 'card-register'"),
                     0);
    town_refused("card2", "approve", json_pack("{s:I}", "number", (json_int_t)waiting),
                 "no-parked-act");
    const struct counter_answer *answer = town_done("card2", "parked-list", json_object());
    assert_int_equal(json_array_size(json_object_get(answer->detail, "parked")), 0);
    verified("under rule card-record");
}

/* The day and the rule of an erasure stand in the chain, too. */
static void another_day_is_found(void **state)
{
    (void)state;
    database_drop_trigger("journal_personal_only_erased", "journal_personal");
    assert_ok(database_sql("UPDATE journal_personal SET erased_on = erased_on + 1 WHERE sequence ="
                           " (SELECT MIN(sequence) FROM journal_personal WHERE erased_rule ="
                           " 'read-record')"));
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(
        town_shell("grep -q 'that it names as erased is not, or not so' %s/out", town_folder), 0);
    assert_ok(database_sql("UPDATE journal_personal SET erased_on = erased_on - 1 WHERE sequence ="
                           " (SELECT MIN(sequence) FROM journal_personal WHERE erased_rule ="
                           " 'read-record')"));
    assert_int_equal(town_verify(""), 0);
}

/* An erasure in the chain, and one of its entries that comes back, or another that it did not name.
 */
static void what_poses_as_an_erasure_is_found(void **state)
{
    (void)state;
    assert_ok(
        database_sql("UPDATE journal_personal SET salt = NULL, data = NULL, erased_on = 29000,"
                     " erased_rule = 'issue-record' WHERE sequence ="
                     " (SELECT MIN(sequence) FROM journal WHERE kind = 'issue:done')"));
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(
        town_shell("grep -q 'its data are gone, and no erasure names it' %s/out", town_folder), 0);
}

static void data_that_came_back_are_found(void **state)
{
    (void)state;
    database_drop_trigger("journal_personal_only_erased", "journal_personal");
    assert_ok(database_sql("UPDATE journal_personal SET erased_on = NULL, erased_rule = NULL,"
                           " salt = (SELECT hash FROM journal WHERE sequence = 1),"
                           " data = (SELECT hash FROM journal WHERE sequence = 1)"
                           " WHERE sequence = (SELECT MIN(sequence) FROM journal_personal"
                           " WHERE erased_rule = 'read-record')"));
    assert_int_equal(town_verify(""), 1);
}

int main(void)
{
    setenv("LC_ALL", "C", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_erased_before_its_term),
        cmocka_unit_test(two_persons_decide),
        cmocka_unit_test(what_is_due_is_erased),
        cmocka_unit_test(nothing_is_erased_twice),
        cmocka_unit_test(it_goes_on_after_a_kill),
        cmocka_unit_test(the_issue_is_kept),
        cmocka_unit_test(what_was_asked_goes_with_its_entry),
        cmocka_unit_test(another_day_is_found),
        cmocka_unit_test(what_poses_as_an_erasure_is_found),
        cmocka_unit_test(data_that_came_back_are_found),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
