#include "check.h"

#include <stdio.h>
#include <string.h>

#include "law/procedures.h"
#include "see.h"

#define S      KIND_SIGNATURE
#define A      KIND_AUTHENTICATION
#define HOLDER APPLICANT_HOLDER
#define PARENT APPLICANT_LEGAL_REPRESENTATIVE
#define PROXY  APPLICANT_PROXY
#define OTHER  APPLICANT_OTHER

static struct procedure_plan decide(struct procedure_facts facts)
{
    struct law_policy policy = law_policy_default();
    facts.is_represented |= facts.applicant == PARENT;
    if (facts.procedure == PROCEDURE_CARD_REISSUED && facts.fee == FEE_NEW)
        facts.fee = FEE_CARD_LOST;
    struct procedure_plan plan = procedure_decide(&policy, &facts);
    see(plan.ruling);
    return plan;
}

/* "card form / form reply": the papers of each visit. */
static const char *papers_of(const struct procedure_plan *plan)
{
    static char text[512];
    text[0] = '\0';
    for (size_t visit = 0; visit < PROCEDURE_MAX_VISITS; visit++)
        for (size_t i = 0; i < PROCEDURE_MAX_PAPERS; i++) {
            enum paper paper = plan->papers[visit][i];
            if (paper == PAPER_NONE)
                break;
            size_t len = strlen(text);
            snprintf(text + len, sizeof text - len, "%s%s",
                     len == 0 ? ""
                     : i == 0 ? " / "
                              : " ",
                     paper_name(paper));
        }
    return text;
}

/* "identity papers pin:authentication …" */
static const char *steps_of(const struct procedure_plan *plan)
{
    static char text[1024];
    text[0] = '\0';
    for (size_t i = 0; i < plan->num_steps; i++) {
        const struct step *step = &plan->steps[i];
        size_t len = strlen(text);
        snprintf(text + len, sizeof text - len, "%s%s%s%s", len ? " " : "", step_word(step->name),
                 step->has_kind ? ":" : "", step->has_kind ? kind_name(step->kind) : "");
    }
    return text;
}

#define TWO_VISITS "form proxy-document / form reply mandate sealed-pin card proxy-document"

static const struct {
    struct procedure_facts facts;
    const char *papers;
    int visits, yen;
    const char *typist;
} allowed[] = {
    {{.procedure = PROCEDURE_NEW, .applicant = HOLDER}, "card form", 1, 0, "holder"},
    {{.procedure = PROCEDURE_NEW, .applicant = PARENT},
     "card form representative-document standing",
     1,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_NEW, .applicant = PARENT, .is_standing_known = true},
     "card form representative-document",
     1,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_NEW, .applicant = PARENT, .has_no_document_a = true},
     "form standing / card form reply standing",
     2,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_NEW, .applicant = PROXY}, TWO_VISITS, 2, 0, "staff"},
    {{.procedure = PROCEDURE_NEW, .applicant = HOLDER, .pin = PIN_NEVER_SET},
     "card form",
     1,
     0,
     "holder"},
    {{.procedure = PROCEDURE_NEW, .applicant = HOLDER, .pin = PIN_FORGOTTEN},
     "card form document",
     1,
     0,
     "holder"},
    {{.procedure = PROCEDURE_RENEWAL, .applicant = HOLDER}, "card form", 1, 0, "holder"},
    {{.procedure = PROCEDURE_RENEWAL, .applicant = PARENT},
     "card form representative-document standing",
     1,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_RENEWAL, .applicant = PROXY}, TWO_VISITS, 2, 0, "staff"},
    {{.procedure = PROCEDURE_RENEWAL, .applicant = PROXY, .has_notice_reply = true},
     "card form notice-reply mandate proxy-document",
     1,
     0,
     "staff"},
    /* a reset is never done on one day */
    {{.procedure = PROCEDURE_RENEWAL,
      .applicant = PROXY,
      .has_notice_reply = true,
      .pin = PIN_FORGOTTEN},
     TWO_VISITS,
     2,
     0,
     "staff"},
    /* only the renewal knows the reply form */
    {{.procedure = PROCEDURE_NEW, .applicant = PROXY, .has_notice_reply = true},
     TWO_VISITS,
     2,
     0,
     "staff"},
    {{.procedure = PROCEDURE_CHANGE_REISSUE, .applicant = HOLDER}, "card form", 1, 0, "holder"},
    {{.procedure = PROCEDURE_CHANGE_REISSUE, .applicant = PROXY}, TWO_VISITS, 2, 0, "staff"},
    {{.procedure = PROCEDURE_STAY_EXTENDED, .applicant = HOLDER},
     "card residence-card form",
     1,
     0,
     "holder"},
    {{.procedure = PROCEDURE_STAY_EXTENDED, .applicant = PARENT},
     "card residence-card form representative-document standing",
     1,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_STAY_EXTENDED, .applicant = PROXY},
     "form proxy-document / form reply mandate sealed-pin card residence-card proxy-document",
     2,
     0,
     "staff"},
    {{.procedure = PROCEDURE_PIN_RESET, .applicant = HOLDER, .pin = PIN_FORGOTTEN},
     "card form document",
     1,
     0,
     "holder"},
    {{.procedure = PROCEDURE_PIN_RESET, .applicant = PARENT},
     "card form representative-document standing",
     1,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_PIN_RESET, .applicant = PROXY, .pin = PIN_FORGOTTEN},
     TWO_VISITS,
     2,
     0,
     "staff"},
    {{.procedure = PROCEDURE_PIN_CHANGE, .applicant = HOLDER, .is_at_home = true},
     "card reader client",
     0,
     0,
     "holder"},
    {{.procedure = PROCEDURE_PIN_CHANGE, .applicant = HOLDER}, "card form", 1, 0, "holder"},
    {{.procedure = PROCEDURE_HOLD, .applicant = HOLDER, .is_card_missing = true},
     "",
     0,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_HOLD, .applicant = OTHER, .is_card_missing = true},
     "",
     0,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_HOLD, .applicant = HOLDER, .is_represented = true},
     "",
     0,
     0,
     "nobody"}, /* a child may call */
    {{.procedure = PROCEDURE_LOSS_REPORT, .applicant = HOLDER, .is_card_missing = true},
     "form document-or-two police-number",
     1,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_LOSS_REPORT, .applicant = PARENT},
     "form representative-document standing police-number",
     1,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_LOSS_REPORT, .applicant = PROXY},
     "form proxy-document / form reply mandate proxy-document police-number",
     2,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_RELEASE, .applicant = HOLDER}, "card form", 1, 0, "holder"},
    {{.procedure = PROCEDURE_RELEASE, .applicant = HOLDER, .pin = PIN_FORGOTTEN},
     "card form document",
     1,
     0,
     "holder"},
    {{.procedure = PROCEDURE_RELEASE, .applicant = PARENT},
     "card form representative-document standing",
     1,
     0,
     "legal-representative"},
    {{.procedure = PROCEDURE_RELEASE, .applicant = PROXY}, TWO_VISITS, 2, 0, "staff"},
    {{.procedure = PROCEDURE_RELEASE, .applicant = PROXY, .kinds = KINDS_AUTHENTICATION},
     "form proxy-document / form reply mandate card proxy-document",
     2,
     0,
     "staff"},
    {{.procedure = PROCEDURE_REVOKE, .applicant = HOLDER}, "form card", 1, 0, "nobody"},
    {{.procedure = PROCEDURE_REVOKE, .applicant = HOLDER, .is_card_missing = true},
     "form document-or-two",
     1,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_REVOKE, .applicant = PARENT, .is_card_missing = true},
     "form representative-document standing",
     1,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_REVOKE, .applicant = PROXY},
     "form proxy-document / form reply mandate card proxy-document",
     2,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_CARD_ABOLISH, .applicant = HOLDER}, "form card", 1, 0, "nobody"},
    {{.procedure = PROCEDURE_CARD_ABOLISH, .applicant = PARENT},
     "form card representative-document standing",
     1,
     0,
     "nobody"},
    {{.procedure = PROCEDURE_CARD_REISSUED, .applicant = HOLDER, .pin = PIN_NEVER_SET},
     "card form old-card",
     1,
     200,
     "holder"},
    {{.procedure = PROCEDURE_CARD_REISSUED, .applicant = HOLDER, .fee = FEE_CARD_STOLEN},
     "card form old-card",
     1,
     0,
     "holder"},
    {{.procedure = PROCEDURE_CARD_REISSUED, .applicant = PARENT},
     "card form old-card representative-document standing",
     1,
     200,
     "legal-representative"},
};

static void asks_for_the_papers_of_each_row(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT_OF(allowed); i++) {
        struct procedure_plan plan = decide(allowed[i].facts);
        assert_string_equal(decision_word(plan.ruling.decision), "yes");
        assert_string_equal(papers_of(&plan), allowed[i].papers);
        assert_int_equal(plan.num_visits, allowed[i].visits);
        assert_int_equal(plan.fee.yen, allowed[i].yen);
        assert_string_equal(pin_typist_name(plan.typist), allowed[i].typist);
        assert_int_equal(plan.has_letter, allowed[i].visits == 2);
        assert_int_equal(plan.may_fetch_form,
                         allowed[i].visits == 2 && allowed[i].facts.applicant == PROXY);
    }
}

static void refuses_and_says_what_to_do_instead(void **state)
{
    (void)state;
    static const struct {
        struct procedure_facts facts;
        const char *code;
    } rows[] = {
        {{.procedure = PROCEDURE_NEW, .applicant = HOLDER, .is_represented = true},
         "needs-legal-representative"},
        {{.procedure = PROCEDURE_NEW, .applicant = PROXY, .is_represented = true},
         "needs-legal-representative"},
        {{.procedure = PROCEDURE_RENEWAL, .applicant = PROXY, .is_represented = true},
         "needs-legal-representative"},
        {{.procedure = PROCEDURE_PIN_RESET, .applicant = HOLDER, .is_represented = true},
         "needs-legal-representative"},
        {{.procedure = PROCEDURE_NEW, .applicant = PARENT, .kinds = KINDS_SIGNATURE},
         "no-signature-certificate"},
        {{.procedure = PROCEDURE_NEW, .applicant = PARENT, .kinds = KINDS_BOTH},
         "no-signature-certificate"},
        {{.procedure = PROCEDURE_RENEWAL, .applicant = PARENT, .kinds = KINDS_BOTH},
         "no-signature-certificate"},
        {{.procedure = PROCEDURE_RELEASE, .applicant = PARENT, .kinds = KINDS_SIGNATURE},
         "no-signature-certificate"},
        {{.procedure = PROCEDURE_CHANGE_REISSUE, .applicant = PARENT}, "no-signature-certificate"},
        {{.procedure = PROCEDURE_PIN_RESET, .applicant = PARENT, .kinds = KINDS_SIGNATURE},
         "no-signature-certificate"},
        {{.procedure = PROCEDURE_CHANGE_REISSUE,
          .applicant = HOLDER,
          .kinds = KINDS_AUTHENTICATION},
         "signature-only"},
        {{.procedure = PROCEDURE_CHANGE_REISSUE, .applicant = HOLDER, .kinds = KINDS_BOTH},
         "signature-only"},
        {{.procedure = PROCEDURE_NEW, .applicant = HOLDER, .is_card_missing = true}, "card-needed"},
        {{.procedure = PROCEDURE_RENEWAL, .applicant = PROXY, .is_card_missing = true},
         "card-needed"},
        {{.procedure = PROCEDURE_PIN_RESET, .applicant = HOLDER, .is_card_missing = true},
         "card-needed"},
        {{.procedure = PROCEDURE_RELEASE, .applicant = HOLDER, .is_card_missing = true},
         "card-needed"},
        {{.procedure = PROCEDURE_PIN_CHANGE, .applicant = HOLDER, .pin = PIN_FORGOTTEN},
         "reset-instead"},
        {{.procedure = PROCEDURE_PIN_CHANGE,
          .applicant = HOLDER,
          .pin = PIN_NEVER_SET,
          .is_at_home = true},
         "reset-instead"},
        {{.procedure = PROCEDURE_PIN_CHANGE, .applicant = PROXY}, "no-change-by-proxy"},
        {{.procedure = PROCEDURE_CARD_ABOLISH, .applicant = PROXY}, "no-abolish-by-proxy"},
        {{.procedure = PROCEDURE_NEW, .applicant = PROXY, .has_no_document_a = true},
         "proxy-needs-list-a"},
        {{.procedure = PROCEDURE_RENEWAL,
          .applicant = PROXY,
          .has_notice_reply = true,
          .has_no_document_a = true},
         "proxy-needs-list-a"},
        {{.procedure = PROCEDURE_REVOKE, .applicant = PARENT, .has_no_document_a = true},
         "representative-needs-list-a"},
        {{.procedure = PROCEDURE_PIN_RESET, .applicant = PARENT, .has_no_document_a = true},
         "representative-needs-list-a"},
        {{.procedure = PROCEDURE_NEW, .applicant = OTHER}, "only-a-hold"},
        {{.procedure = PROCEDURE_LOSS_REPORT, .applicant = OTHER}, "only-a-hold"},
        {{.procedure = PROCEDURE_LOSS_REPORT, .applicant = HOLDER, .is_represented = true},
         "needs-legal-representative"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct procedure_plan plan = decide(rows[i].facts);
        assert_ruling(plan.ruling, DECISION_REFUSED, rows[i].code, NULL);
        assert_int_equal(plan.num_steps, 0);
        assert_int_equal(plan.papers[0][0], PAPER_NONE);
    }
    struct law_policy policy = law_policy_default();
    struct procedure_facts adult = {.procedure = PROCEDURE_NEW, .applicant = PARENT};
    assert_ruling(see(procedure_decide(&policy, &adult).ruling), DECISION_REFUSED,
                  "not-represented", NULL);
}

#define CERTIFICATE(pin, kind) pin ":" kind " issue:" kind " install:" kind

static void does_authentication_before_signature(void **state)
{
    (void)state;
    static const struct {
        struct procedure_facts facts;
        const char *steps;
    } rows[] = {
        {{.procedure = PROCEDURE_NEW, .applicant = HOLDER, .pin = PIN_NEVER_SET},
         "identity papers card-present " CERTIFICATE(
             "pin-set",
             "authentication") " supersede:authentication " CERTIFICATE("pin-set",
                                                                        "signature") " supersede:"
                                                                                     "signature "
                                                                                     "fee receipt"},
        {{.procedure = PROCEDURE_CHANGE_REISSUE, .applicant = HOLDER},
         "identity papers card-present " CERTIFICATE(
             "pin", "signature") " supersede:signature fee receipt"},
        {{.procedure = PROCEDURE_RENEWAL,
          .applicant = HOLDER,
          .kinds = KINDS_AUTHENTICATION,
          .pin = PIN_FORGOTTEN},
         "identity papers card-present " CERTIFICATE(
             "pin-reset", "authentication") " supersede:authentication fee receipt"},
        {{.procedure = PROCEDURE_RENEWAL, .applicant = PARENT},
         "identity standing papers card-present " CERTIFICATE(
             "pin", "authentication") " supersede:authentication fee receipt"},
        {{.procedure = PROCEDURE_CHANGE_REISSUE, .applicant = PROXY},
         "identity proxy-reason papers letter identity papers reply card-present "
         "envelope " CERTIFICATE("pin", "signature") " supersede:signature fee receipt"},
        {{.procedure = PROCEDURE_RELEASE, .applicant = HOLDER, .is_card_stopped = true},
         "identity papers told card-present release card-restart "
         "offer-signature " CERTIFICATE("pin", "signature") " fee receipt"},
        {{.procedure = PROCEDURE_RELEASE, .applicant = HOLDER, .kinds = KINDS_AUTHENTICATION},
         "identity papers told card-present release offer-signature fee receipt"},
        {{.procedure = PROCEDURE_RELEASE, .applicant = PARENT, .is_card_stopped = true},
         "identity standing papers told card-present release card-restart fee receipt"},
        {{.procedure = PROCEDURE_LOSS_REPORT, .applicant = HOLDER, .is_card_missing = true},
         "identity papers told hold card-stop receipt"},
        {{.procedure = PROCEDURE_HOLD, .applicant = HOLDER},
         "control-questions told hold card-stop notice"},
        {{.procedure = PROCEDURE_HOLD, .applicant = OTHER},
         "control-questions hold card-stop notice"},
        {{.procedure = PROCEDURE_REVOKE, .applicant = HOLDER, .kinds = KINDS_SIGNATURE},
         "identity papers told revoke:signature receipt"},
        {{.procedure = PROCEDURE_PIN_CHANGE,
          .applicant = HOLDER,
          .kinds = KINDS_AUTHENTICATION,
          .is_at_home = true},
         "card-present pin-change:authentication"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct procedure_plan plan = decide(rows[i].facts);
        assert_string_equal(steps_of(&plan), rows[i].steps);
    }
}

static void takes_the_form_that_the_case_needs(void **state)
{
    (void)state;
    struct procedure_plan plan =
        decide((struct procedure_facts){.procedure = PROCEDURE_RELEASE, .applicant = HOLDER});
    assert_string_equal(form_name(plan.form), "release");
    plan = decide((struct procedure_facts){
        .procedure = PROCEDURE_RELEASE, .applicant = HOLDER, .is_card_stopped = true});
    assert_string_equal(form_name(plan.form), "release-card");
}

static void follows_the_policy(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    struct procedure_facts loss = {.procedure = PROCEDURE_LOSS_REPORT, .applicant = HOLDER},
                           call = {.procedure = PROCEDURE_HOLD, .applicant = OTHER},
                           found = {.procedure = PROCEDURE_RELEASE, .applicant = HOLDER},
                           child = {.procedure = PROCEDURE_PIN_RESET,
                                    .applicant = PARENT,
                                    .is_represented = true,
                                    .is_standing_known = true};
    policy.loss_identity = LOSS_IDENTITY_A;
    policy.hold_by_others = HOLD_BY_OTHERS_REFUSE;
    policy.release_identity = RELEASE_BY_DOCUMENT;
    policy.reset_needs_child_document = true;
    policy.standing_by_register = false;
    struct procedure_plan plan = procedure_decide(&policy, &loss);
    assert_string_equal(papers_of(&plan), "form document-a police-number");
    plan = procedure_decide(&policy, &call);
    assert_ruling(see(plan.ruling), DECISION_REFUSED, "hold-by-holder-only", NULL);
    plan = procedure_decide(&policy, &found);
    assert_string_equal(papers_of(&plan), "card form document");
    plan = procedure_decide(&policy, &child);
    assert_string_equal(papers_of(&plan), "card form representative-document standing document");
}

/* Every combination is either refused with a reason or is a plan that can be walked. */
static void leaves_nobody_without_an_answer(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NUM_PROCEDURES * NUM_APPLICANTS * 4 * 3 * 64; i++) {
        unsigned flags = i / (NUM_PROCEDURES * NUM_APPLICANTS * 4 * 3);
        struct procedure_facts facts = {
            .procedure = i % NUM_PROCEDURES,
            .applicant = i / NUM_PROCEDURES % NUM_APPLICANTS,
            .kinds = i / (NUM_PROCEDURES * NUM_APPLICANTS) % 4,
            .pin = i / (NUM_PROCEDURES * NUM_APPLICANTS * 4) % 3,
            .is_card_missing = flags & 1,
            .is_represented = flags & 2,
            .has_notice_reply = flags & 4,
            .is_card_stopped = flags & 8,
            .is_at_home = flags & 16,
            .has_no_document_a = flags & 32,
        };
        struct law_policy policy = law_policy_default();
        struct procedure_plan plan = procedure_decide(&policy, &facts);
        assert_non_null(plan.ruling.reason.ja);
        assert_true(plan.ruling.reason.statements[0]);
        if (plan.ruling.decision != DECISION_ALLOWED)
            continue;
        for (size_t p = 0; p < sizeof plan.papers / sizeof(enum paper); p++) {
            enum paper paper = (&plan.papers[0][0])[p];
            assert_false(facts.has_no_document_a &&
                         (paper == PAPER_REPRESENTATIVE_A || paper == PAPER_PROXY_A));
            assert_false(facts.is_card_missing && paper == PAPER_CARD);
        }
        assert_true(plan.num_steps > 0 && plan.num_steps < PROCEDURE_MAX_STEPS);
        assert_true(plan.kinds != 0 && plan.num_visits <= PROCEDURE_MAX_VISITS);
        bool has_signature = false;
        for (size_t step = 0; step < plan.num_steps; step++) {
            bool is_issue = plan.steps[step].name == STEP_ISSUE;
            has_signature |= is_issue && plan.steps[step].kind == S;
            /* authentication never follows signature; the represented get no signature */
            assert_false(is_issue && plan.steps[step].kind == A && has_signature);
            assert_false(has_signature && facts.is_represented);
            assert_true(plan.steps[step].visit <= (plan.num_visits ? plan.num_visits : 1));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_for_the_papers_of_each_row),
        cmocka_unit_test(refuses_and_says_what_to_do_instead),
        cmocka_unit_test(does_authentication_before_signature),
        cmocka_unit_test(takes_the_form_that_the_case_needs),
        cmocka_unit_test(follows_the_policy),
        cmocka_unit_test(leaves_nobody_without_an_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
