/* Erasing the journal's personal data: by two persons, only what is due, once, in parts between
 * other acts, over a kill; the journal verifies before and after, and what poses as an erasure is
 * found. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/limits.h"

#define READS (2 * LIMIT_ERASE_PART + 20)

static struct town_card card;

static void verified(const char *says)
{
    int status = town_verify("");
    if (status != 0 || town_shell("grep -q '%s' %s/out", says, town_folder) != 0) {
        town_shell("cat %s/out >&2", town_folder);
        fail_msg("not verified with: %s", says);
    }
}

/* One number that the database says. */
static long long sql(const char *query)
{
    long long number = -1;
    char text[64] = "";
    assert_int_equal(town_shell("sqlite3 %s/town.db '%s' >%s/sql", town_folder, query, town_folder),
                     0);
    char path[128];
    snprintf(path, sizeof path, "%s/sql", town_folder);
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    if (fgets(text, sizeof text, file))
        number = atoll(text);
    fclose(file);
    return number;
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
    for (int i = 0; i < 500 && sql("SELECT COUNT(*) FROM erasure WHERE finished IS NULL"); i++)
        nanosleep(&pause, NULL);
    assert_int_equal(sql("SELECT COUNT(*) FROM erasure WHERE finished IS NULL"), 0);
}

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
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
    assert_int_equal(sql("SELECT COUNT(*) FROM journal_personal WHERE erased_on IS NOT NULL"), 0);
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
    assert_int_equal(sql("SELECT COUNT(*) FROM erasure"), 0);
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
    assert_int_equal(sql("SELECT COUNT(*) FROM journal_personal p JOIN journal j ON j.sequence ="
                         " p.sequence WHERE p.erased_on IS NOT NULL AND j.kind NOT IN"
                         " (\"resident-find:done\", \"application-show:done\", \"import:done\")"),
                     0);
    assert_true(sql("SELECT COUNT(*) FROM journal_personal WHERE erased_rule = \"read-record\" AND"
                    " salt IS NULL AND data IS NULL") >= READS);
    assert_int_equal(sql("SELECT COUNT(*) FROM journal_about a JOIN journal_personal p ON"
                         " p.sequence = a.sequence WHERE p.erased_on IS NOT NULL"),
                     0);
    assert_true(sql("SELECT COUNT(*) FROM journal WHERE kind = \"journal-erase:part\"") >= 3);
    assert_int_equal(sql("SELECT COUNT(*) FROM journal WHERE kind = \"journal-erase:finished\""),
                     1);
    verified("entries: erased on 2029-12-03 under rule read-record");
    char against[128];
    snprintf(against, sizeof against, "--against %s/carried", town_folder);
    assert_int_equal(town_verify(against), 0);
}

static void nothing_is_erased_twice(void **state)
{
    (void)state;
    town_refused("admin1", "journal-erase", json_object(), "not-due");
    assert_int_equal(sql("SELECT COUNT(*) FROM journal WHERE kind = \"journal-erase:finished\""),
                     1);
}

/* Killed in the middle, it goes on where it was; other acts are answered meanwhile. */
static void it_goes_on_after_a_kill(void **state)
{
    (void)state;
    for (int i = 0; i < READS; i++)
        town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", 1001));
    town_clock("2032-12-06T01:00:00Z");
    long long before = sql("SELECT COUNT(*) FROM journal_personal WHERE erased_on IS NOT NULL");
    int64_t number = ask("admin1");
    approve("admin2", number);
    town_restart();
    town_done("admin1", "status", json_object());
    wait_for_end();
    assert_true(sql("SELECT COUNT(*) FROM journal_personal WHERE erased_on IS NOT NULL") >=
                before + READS);
    assert_int_equal(sql("SELECT COUNT(*) FROM journal_term WHERE due <= 22984"), 0);
    verified("under rule read-record");
}

/* Opened without a certificate, due after five years; with one, ten years after its end. */
static void the_issue_is_kept(void **state)
{
    (void)state;
    assert_int_equal(sql("SELECT COUNT(*) FROM journal_personal p JOIN journal j ON j.sequence ="
                         " p.sequence WHERE p.erased_on IS NOT NULL AND j.kind IN (\"issue:done\","
                         " \"application-open:done\")"),
                     0);
}

/* The day and the rule of an erasure stand in the chain, too. */
static void another_day_is_found(void **state)
{
    (void)state;
    assert_int_equal(
        town_shell(
            "sqlite3 %s/town.db 'DROP TRIGGER journal_personal_only_erased; UPDATE journal_personal"
            " SET erased_on = erased_on + 1 WHERE sequence = (SELECT MIN(sequence) FROM"
            " journal_personal WHERE erased_rule = \"read-record\")'",
            town_folder),
        0);
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(
        town_shell("grep -q 'that it names as erased is not, or not so' %s/out", town_folder), 0);
    assert_int_equal(
        town_shell("sqlite3 %s/town.db 'UPDATE journal_personal SET erased_on = erased_on - 1 WHERE"
                   " sequence = (SELECT MIN(sequence) FROM journal_personal WHERE erased_rule ="
                   " \"read-record\")'",
                   town_folder),
        0);
    assert_int_equal(town_verify(""), 0);
}

/* An erasure in the chain, and one of its entries that comes back, or another that it did not name.
 */
static void what_poses_as_an_erasure_is_found(void **state)
{
    (void)state;
    assert_int_equal(
        town_shell("sqlite3 %s/town.db 'UPDATE journal_personal SET salt = NULL, data = NULL,"
                   " erased_on = 29000, erased_rule = \"issue-record\" WHERE sequence ="
                   " (SELECT sequence FROM journal WHERE kind = \"issue:done\" LIMIT 1)'",
                   town_folder),
        0);
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(
        town_shell("grep -q 'its data are gone, and no erasure names it' %s/out", town_folder), 0);
}

static void data_that_came_back_are_found(void **state)
{
    (void)state;
    assert_int_equal(
        town_shell(
            "sqlite3 %s/town.db 'DROP TRIGGER IF EXISTS journal_personal_only_erased; UPDATE "
            "journal_personal"
            " SET salt = zeroblob(32), data = zeroblob(2), erased_on = NULL, erased_rule = NULL"
            " WHERE erased_rule = \"read-record\" AND sequence = (SELECT MIN(sequence) FROM"
            " journal_personal WHERE erased_rule = \"read-record\")'",
            town_folder),
        0);
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
        cmocka_unit_test(another_day_is_found),
        cmocka_unit_test(what_poses_as_an_erasure_is_found),
        cmocka_unit_test(data_that_came_back_are_found),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
