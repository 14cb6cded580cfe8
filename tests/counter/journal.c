/* The journal against whoever has the database: an edit, a gap, a cut and erased data are found by
 * `jpki admin journal verify`, which believes nothing but what it recomputes. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Edits the database as its operator could: triggers are no hindrance. */
static void tamper(const char *sql)
{
    assert_int_equal(town_shell("sqlite3 %s/town.db 'DROP TRIGGER journal_no_update;"
                                "DROP TRIGGER journal_no_delete;"
                                "DROP TRIGGER journal_personal_only_erased;"
                                "DROP TRIGGER journal_personal_no_delete;"
                                "DROP TRIGGER journal_checkpoint_no_delete; %s'",
                                town_folder, sql),
                     0);
}

static int begin(void **state)
{
    town_begin(state);
    for (int64_t resident = 1001; resident < 1006; resident += 2)
        town_done("daiei1", "resident-find", json_pack("{s:I}", "resident", (json_int_t)resident));
    town_done("auditor1", "checkpoint", json_object());
    town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", 1001));
    town_done("auditor1", "checkpoint", json_object());
    town_kill_centre();
    assert_int_equal(town_shell("sqlite3 %s/town.db 'PRAGMA wal_checkpoint(TRUNCATE)' >/dev/null;"
                                "cd %s && cp town.db kept.db && cp -r signer kept.signer &&"
                                "cp checkpoints carried",
                                town_folder, town_folder),
                     0);
    return 0;
}

/* As it was before anybody touched it; the signer, too, who may have signed a list meanwhile. */
static int restore(void **state)
{
    (void)state;
    town_kill_centre();
    assert_int_equal(town_shell("cd %s && rm -rf town.db-wal town.db-shm signer &&"
                                "cp kept.db town.db && cp -r kept.signer signer",
                                town_folder),
                     0);
    town_restart();
    town_done("admin1", "status", json_object());
    return 0;
}

static void holds(void **state)
{
    (void)state;
    assert_int_equal(town_verify(""), 0);
    assert_int_equal(town_shell("grep -q 'journal holds' %s/out", town_folder), 0);
    assert_int_equal(town_verify("--json"), 0);
    assert_int_equal(
        town_shell("/usr/bin/python3 -c 'import json, sys; said = json.load(open(sys.argv[1]));"
                   "sys.exit(said[\"entries\"] < 6 or said[\"checkpoints\"] < 2)' %s/out",
                   town_folder),
        0);
}

static void an_edit_is_found(void **state)
{
    (void)state;
    tamper("UPDATE journal SET actor = \"hojo1\" WHERE sequence = 5");
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(town_shell("grep -q 'entry 5: it was changed' %s/out", town_folder), 0);
}

static void edited_data_are_found(void **state)
{
    (void)state;
    tamper("UPDATE journal_personal SET data = CAST(\"{}\" AS BLOB) WHERE sequence = 6");
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(town_shell("grep -q 'entry 6: its data were changed' %s/out", town_folder), 0);
}

static void a_gap_is_found(void **state)
{
    (void)state;
    tamper(
        "DELETE FROM journal_personal WHERE sequence = 6; DELETE FROM journal WHERE sequence = 6");
    assert_int_equal(town_verify(""), 1);
    assert_int_equal(town_shell("grep -q 'entry 7: an entry is missing' %s/out", town_folder), 0);
}

/* Cut behind an earlier checkpoint, later checkpoints with it: only what was carried away tells. */
static void a_cut_is_found(void **state)
{
    (void)state;
    tamper("DELETE FROM journal_personal WHERE sequence > (SELECT MIN(sequence) FROM"
           " journal_checkpoint); DELETE FROM journal_checkpoint WHERE sequence > (SELECT"
           " MIN(sequence) FROM journal_checkpoint); DELETE FROM journal WHERE sequence > (SELECT"
           " MIN(sequence) FROM journal_checkpoint)");
    assert_int_equal(town_verify(""), 0);
    char against[128];
    snprintf(against, sizeof against, "--against %s/carried", town_folder);
    assert_int_equal(town_verify(against), 1);
    assert_int_equal(town_shell("grep -q 'the journal was cut' %s/out", town_folder), 0);
}

static void a_cut_alone_is_found_by_its_own_checkpoints(void **state)
{
    (void)state;
    tamper("PRAGMA foreign_keys = 0; DELETE FROM journal_personal WHERE sequence > 6; DELETE FROM"
           " journal WHERE sequence > 6");
    assert_int_equal(town_verify(""), 1);
}

/* The first resident-find, of 2026: the database itself lets anybody erase it once. */
static void erased_as_if(const char *day, const char *rule, const char *what)
{
    assert_int_equal(
        town_shell("sqlite3 %s/town.db 'UPDATE journal_personal SET salt = NULL, data = NULL,"
                   " erased_on = %s, erased_rule = \"%s\" WHERE sequence = (SELECT MIN(sequence) "
                   "FROM journal"
                   " WHERE kind LIKE \"resident-find%%\")'",
                   town_folder, day, rule),
        0);
    assert_int_equal(town_verify(""), 1);
    if (town_shell("grep -q 'entry [0-9]*: %s' %s/out", what, town_folder) != 0)
        fail_msg("not told: %s", what);
}

static void data_erased_by_no_act_are_found(void **state)
{
    (void)state;
    erased_as_if("22000", "read-record", "its data are gone, and no erasure names it");
}

static void data_erased_too_early_are_found(void **state)
{
    (void)state;
    erased_as_if("20790", "read-record", "it was erased before its term had ended");
}

static void a_rule_that_is_none_is_found(void **state)
{
    (void)state;
    erased_as_if("22000", "term", "it was erased under a rule that does not cover it");
}

static void a_rule_of_another_kind_is_found(void **state)
{
    (void)state;
    erased_as_if("22000", "register-record", "it was erased under a rule that does not cover it");
}

static void nobody_else_reads_it(void **state)
{
    (void)state;
    town_refused("daiei1", "journal-read", json_pack("{s:i}", "from", 1), "role");
}

int main(void)
{
    setenv("LC_ALL", "C", 1);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(holds, restore),
        cmocka_unit_test_setup(an_edit_is_found, restore),
        cmocka_unit_test_setup(edited_data_are_found, restore),
        cmocka_unit_test_setup(a_gap_is_found, restore),
        cmocka_unit_test_setup(a_cut_is_found, restore),
        cmocka_unit_test_setup(a_cut_alone_is_found_by_its_own_checkpoints, restore),
        cmocka_unit_test_setup(data_erased_by_no_act_are_found, restore),
        cmocka_unit_test_setup(data_erased_too_early_are_found, restore),
        cmocka_unit_test_setup(a_rule_that_is_none_is_found, restore),
        cmocka_unit_test_setup(a_rule_of_another_kind_is_found, restore),
        cmocka_unit_test_setup(nobody_else_reads_it, restore),
    };
    return cmocka_run_group_tests(tests, begin, town_end);
}
