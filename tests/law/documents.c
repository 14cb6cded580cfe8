#include "check.h"

#include "law/documents.h"
#include "see.h"

/* What is printed: p photograph, n name, b birth date, a address, w the officer's words. */
static struct document_facts facts_of(enum document document, const char *prints,
                                      const char *issued, const char *until)
{
    struct document_facts facts = {document, day(issued), day(until), false,
                                   false,    false,       false,      {NULL, 0}};
    for (; *prints; prints++) {
        facts.has_photograph |= *prints == 'p';
        facts.prints_name |= *prints == 'n';
        facts.prints_birth_date |= *prints == 'b';
        facts.prints_address |= *prints == 'a';
        if (*prints == 'w')
            facts.officer_words = bytes_of_text("精神障害者保健福祉手帳");
    }
    return facts;
}

static void checks_each_document(void **state)
{
    (void)state;
    static const struct {
        const char *document;
        bool wants_a;
        const char *prints, *issued, *until;
        enum decision decision;
        const char *code, *date;
    } rows[] = {
        {"driving-licence", true, "pnba", "2024-01-01", "2027-02-01", DECISION_ALLOWED,
         "counts-as-a", NULL},
        {"driving-licence", false, "pnba", NULL, NULL, DECISION_ALLOWED, "counts-as-a", NULL},
        {"driving-licence", true, "pnba", "2020-01-01", "2026-11-22", DECISION_ALLOWED,
         "counts-as-a", NULL},
        {"driving-licence", true, "pnba", "2020-01-01", "2026-11-21", DECISION_REFUSED,
         "out-of-date", "2026-11-21"},
        {"passport", true, "nb", NULL, NULL, DECISION_REFUSED, "no-photograph", NULL},
        {"passport", true, "pnb", "2026-11-23", NULL, DECISION_REFUSED, "issued-later",
         "2026-11-23"},
        {"driving-record", true, "pnba", "2012-04-01", NULL, DECISION_ALLOWED, "counts-as-a", NULL},
        {"driving-record", true, "pnba", "2012-03-31", NULL, DECISION_REFUSED,
         "driving-record-before-2012-04-01", NULL},
        {"driving-record", true, "pnba", NULL, NULL, DECISION_REFUSED,
         "driving-record-before-2012-04-01", NULL},
        {"driving-record", false, "pnba", "2010-01-01", NULL, DECISION_REFUSED,
         "driving-record-before-2012-04-01", NULL},
        {"resident-card", true, "pnba", NULL, NULL, DECISION_ALLOWED, "counts-as-a", NULL},
        {"resident-card", true, "nba", NULL, NULL, DECISION_REFUSED, "no-photograph", NULL},
        {"other-a", true, "pnbaw", NULL, NULL, DECISION_ALLOWED, "counts-as-a", NULL},
        {"other-a", true, "pnba", NULL, NULL, DECISION_REFUSED, "not-named", NULL},
        {"other-a", true, "nbaw", NULL, NULL, DECISION_REFUSED, "no-photograph", NULL},
        {"health-insurance", false, "nb", NULL, NULL, DECISION_ALLOWED, "counts-as-b", NULL},
        {"care-insurance", false, "na", NULL, NULL, DECISION_ALLOWED, "counts-as-b", NULL},
        {"student-card", false, "n", NULL, NULL, DECISION_REFUSED, "not-printed", NULL},
        {"student-card", false, "pba", NULL, NULL, DECISION_REFUSED, "not-printed", NULL},
        {"student-card", true, "pnba", NULL, NULL, DECISION_REFUSED, "not-list-a", NULL},
        {"eligibility-confirmation", false, "nb", NULL, "2026-11-21", DECISION_REFUSED,
         "out-of-date", "2026-11-21"},
        {"eligibility-confirmation", false, "nb", NULL, "2027-07-31", DECISION_ALLOWED,
         "counts-as-b", NULL},
        {"other-b", false, "nbw", NULL, NULL, DECISION_ALLOWED, "counts-as-b", NULL},
        {"other-b", false, "nb", NULL, NULL, DECISION_REFUSED, "not-named", NULL},
        {"other-b", false, "nw", NULL, NULL, DECISION_REFUSED, "not-printed", NULL},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum document document;
        assert_ok(document_parse(rows[i].document, &document));
        assert_string_equal(document_name(document), rows[i].document);
        struct document_facts facts =
            facts_of(document, rows[i].prints, rows[i].issued, rows[i].until);
        assert_ruling(see(document_check(&facts, rows[i].wants_a, day("2026-11-22"))),
                      rows[i].decision, rows[i].code, rows[i].date);
    }
}

static void names_every_document(void **state)
{
    (void)state;
    enum document document;
    for (size_t i = 0; i < NUM_DOCUMENTS; i++) {
        assert_ok(document_parse(document_name((enum document)i), &document));
        assert_int_equal(document, i);
        assert_non_null(document_label(document, LANGUAGE_JA));
    }
    assert_err(document_parse("library-card", &document), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(checks_each_document),
        cmocka_unit_test(names_every_document),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
