/* Terms of the journal's personal data. The page is silent; profile.md 2.1 has the order's terms.
 */
#include "check.h"

#include "law/retention.h"
#include "see.h"

#define NO_PROCEDURE 99

static const struct {
    const char *act, *made, *issued, *known;
    int procedure;
    const char *rule, *due; /* NULL: kept */
} rows[] = {
    /* 10 years after the day following the certificate's end */
    {"issue", "2026-12-01", "2031-03-04", "2031-03-04", PROCEDURE_NEW, "issue-record",
     "2041-03-05"},
    {"application-open", "2026-12-01", "2032-02-28", NULL, PROCEDURE_RENEWAL, "issue-record",
     "2042-02-28"},
    /* a later entry of it: its term begins with the entry */
    {"application-close", "2031-03-05", "2031-03-04", NULL, PROCEDURE_NEW, "issue-record",
     "2041-03-06"},
    {"certificate-reenter", "2026-12-01", NULL, "2031-03-04", NO_PROCEDURE, "issue-record",
     "2041-03-05"},
    /* until the certificate's end */
    {"execute", "2026-12-01", NULL, "2031-03-04", PROCEDURE_HOLD, "revocation-record",
     "2031-03-05"},
    {"execute", "2026-12-01", NULL, "2031-03-04", PROCEDURE_CARD_ABOLISH, "revocation-record",
     "2031-03-05"},
    {"event", "2026-12-01", NULL, "2031-03-04", NO_PROCEDURE, "revocation-record", "2031-03-05"},
    {"event", "2026-12-01", NULL, "2026-11-30", NO_PROCEDURE, "revocation-record", "2026-12-02"},
    /* ours */
    {"event", "2026-12-01", NULL, NULL, NO_PROCEDURE, "procedure-record", "2031-12-02"},
    {"execute", "2026-12-01", NULL, NULL, PROCEDURE_HOLD, "procedure-record", "2031-12-02"},
    {"pin", "2026-12-01", NULL, "2036-03-04", PROCEDURE_PIN_RESET, "procedure-record",
     "2031-12-02"},
    {"application-open", "2026-12-01", NULL, "2031-03-04", NO_PROCEDURE, "procedure-record",
     "2031-12-02"},
    {"import", "2026-12-01", NULL, NULL, NO_PROCEDURE, "register-record", "2027-12-02"},
    {"card-register", "2026-12-01", NULL, NULL, NO_PROCEDURE, "card-record", "2036-12-02"},
    {"resident-find", "2026-12-01", NULL, "2031-03-04", NO_PROCEDURE, "read-record", "2029-12-02"},
    {"resident-find", "2024-02-28", NULL, NULL, NO_PROCEDURE, "read-record", "2027-02-28"},
    {"appointment-book", "2026-12-01", NULL, NULL, NO_PROCEDURE, "appointment-record",
     "2027-12-02"},
    /* kept */
    {"appointment-erase", "2026-12-01", NULL, NULL, NO_PROCEDURE, NULL, NULL},
    {"restore", "2026-12-01", NULL, NULL, NO_PROCEDURE, NULL, NULL},
    {"journal-erase", "2026-12-01", NULL, NULL, NO_PROCEDURE, NULL, NULL},
    {"sign", "2026-12-01", NULL, "2031-03-04", NO_PROCEDURE, NULL, NULL},
    {"of-tomorrow", "2026-12-01", "2031-03-04", NULL, PROCEDURE_NEW, NULL, NULL},
};

static struct retention_facts facts_of(size_t i)
{
    bool has_procedure = rows[i].procedure != NO_PROCEDURE;
    return (struct retention_facts){.act = rows[i].act,
                                    .made = day(rows[i].made),
                                    .has_procedure = has_procedure,
                                    .procedure = has_procedure ? (enum procedure)rows[i].procedure
                                                               : PROCEDURE_NEW,
                                    .issued = day(rows[i].issued),
                                    .known = day(rows[i].known)};
}

static void each_entry_has_its_term(void **state)
{
    (void)state;
    char text[DATE_TEXT];
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct retention_facts facts = facts_of(i);
        const struct retention *rule = retention_of(&facts);
        if (!rows[i].rule) {
            assert_null(rule);
            continue;
        }
        assert_non_null(rule);
        assert_string_equal(rule->name, rows[i].rule);
        assert_string_equal(date_print(retention_due(rule, &facts), text), rows[i].due);
    }
}

/* Whoever verifies knows only kind and day: what law found due passes, and a day less does not. */
static void what_is_due_is_never_early(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct retention_facts facts = facts_of(i);
        const struct retention *rule = retention_of(&facts);
        if (!rule)
            continue;
        assert_ptr_equal(retention_find(rule->name), rule);
        assert_true(retention_covers(rule, facts.act));
        assert_true(
            date_compare(retention_earliest(rule, facts.made), retention_due(rule, &facts)) <= 0);
        assert_true(date_compare(retention_earliest(rule, facts.made), facts.made) > 0);
    }
}

static void a_rule_covers_no_other_kind(void **state)
{
    (void)state;
    assert_false(retention_covers(retention_find("read-record"), "issue"));
    assert_false(retention_covers(retention_find("issue-record"), "resident-find"));
    assert_false(retention_covers(retention_find("read-record"), "restore"));
    assert_false(retention_covers(retention_find("read-record"), "of-tomorrow"));
    assert_null(retention_find("term"));
    assert_null(retention_find(""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_entry_has_its_term),
        cmocka_unit_test(what_is_due_is_never_early),
        cmocka_unit_test(a_rule_covers_no_other_kind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
