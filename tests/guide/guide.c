/* The guide, walked by every answer to every question. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "guide/guide.h"

struct counts {
    size_t num_paths, num_allowed, num_refused, num_turns;
    unsigned statements[100]; /* by number: paths that rest on it */
};

static void count_statements(const struct reason *reason, struct counts *counts)
{
    for (const char *at = reason->statements; at && *at; at++)
        if (*at == 'S')
            counts->statements[(at[1] - '0') * 10 + at[2] - '0']++;
}

/* A refusal leads on by a question of this very path, to an answer that was not given. */
static void check_turns(const struct guide *guide, const char *reason, struct counts *counts)
{
    size_t num, on_path = 0;
    const struct guide_turn *turns = guide_turns(reason, &num);
    for (size_t i = 0; i < num; i++) {
        const struct guide_answer *answer = guide_find_answer(guide, turns[i].question);
        unsigned choice;
        if (!answer)
            continue;
        assert_ok(guide_choice(answer->question, turns[i].word, &choice));
        on_path += choice != answer->choice;
    }
    if (on_path == 0)
        print_message("no turn: %s\n", reason);
    assert_true(on_path > 0);
    counts->num_turns += on_path;
}

static void end_path(const struct guide *guide, struct counts *counts)
{
    struct law_policy policy = law_policy_default();
    struct procedure_plan plan = procedure_decide(&policy, &guide->facts);
    counts->num_paths++;
    assert_true(plan.ruling.reason.en[0] && plan.ruling.reason.ja[0]);
    count_statements(&plan.ruling.reason, counts);
    count_statements(&plan.reset, counts);
    if (plan.ruling.decision == DECISION_ALLOWED)
        counts->num_allowed++;
    else {
        counts->num_refused++;
        check_turns(guide, plan.ruling.reason.code, counts);
    }
}

static void walk(struct guide guide, struct counts *counts)
{
    struct law_policy policy = law_policy_default();
    const struct guide_question *question = guide_question(&policy, &guide);
    if (!question) {
        end_path(&guide, counts);
        return;
    }
    for (unsigned choice = 0; choice < guide_num_choices(question); choice++) {
        struct guide next = guide;
        guide_answer(&next, question, choice);
        walk(next, counts);
    }
}

static void every_path_ends(void **state)
{
    (void)state;
    struct counts counts = {0};
    walk((struct guide){0}, &counts);
    print_message("%zu paths: %zu with papers, %zu refused, %zu turns\n", counts.num_paths,
                  counts.num_allowed, counts.num_refused, counts.num_turns);
    assert_true(counts.num_allowed > 100 && counts.num_refused > 50);
}

/* S13 is what a counter sees on an old card; the others are the frame: what a certificate is, its
 * PINs and its end, the lists of documents, offices and links, which result pages show by
 * themselves. */
static void every_procedure_statement_is_on_a_path(void **state)
{
    (void)state;
    static const unsigned elsewhere[] = {13, 17, 24, 25, 51};
    struct counts counts = {0};
    walk((struct guide){0}, &counts);
    for (unsigned number = 9; number <= 52; number++) {
        bool is_elsewhere = false;
        for (size_t i = 0; i < COUNT_OF(elsewhere); i++)
            is_elsewhere = is_elsewhere || elsewhere[i] == number;
        if ((counts.statements[number] > 0) == is_elsewhere)
            fail_msg("S%02u: %u paths", number, counts.statements[number]);
    }
}

/* Without the card a proxy is refused, but for two reasons: the guide asks until it knows which. */
static void asks_on_while_the_reason_is_open(void **state)
{
    (void)state;
    static const char *const words[] = {"proxy", "no", "new", "both", "known", "no"};
    struct law_policy policy = law_policy_default();
    struct guide guide = {0};
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        const struct guide_question *question = guide_question(&policy, &guide);
        unsigned choice;
        assert_ok(guide_choice(question, words[i], &choice));
        guide_answer(&guide, question, choice);
    }
    assert_string_equal(guide_question(&policy, &guide)->name, "document-a");
}

/* A proxy cannot have a known PIN changed, whatever else is true; a child needs its representative.
 */
static void asks_no_more_when_all_is_refused(void **state)
{
    (void)state;
    static const char *const rows[][4] = {
        {"proxy", "no", "pin-change", "no-change-by-proxy"},
        {"holder", "yes", "renewal", "needs-legal-representative"},
        {"proxy", "no", "card-abolish", "no-abolish-by-proxy"},
        {"holder", "no", "renewal", NULL},
    };
    struct law_policy policy = law_policy_default();
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct guide guide = {0};
        for (size_t k = 0; k < 3; k++) {
            const struct guide_question *question = guide_question(&policy, &guide);
            unsigned choice;
            assert_non_null(question);
            assert_ok(guide_choice(question, rows[i][k], &choice));
            guide_answer(&guide, question, choice);
        }
        bool is_end = guide_question(&policy, &guide) == NULL;
        assert_int_equal(is_end, rows[i][3] != NULL);
        if (is_end)
            assert_string_equal(procedure_decide(&policy, &guide.facts).ruling.reason.code,
                                rows[i][3]);
    }
}

static void words_are_found_once(void **state)
{
    (void)state;
    for (size_t i = 0; i < num_guide_questions; i++) {
        const struct guide_question *question = &guide_questions[i];
        unsigned choice;
        assert_err(guide_choice(question, "no-such-word", &choice), ERR_NOT_FOUND);
        assert_err(guide_choice(question, "", &choice), ERR_NOT_FOUND);
        for (unsigned c = 0; c < guide_num_choices(question); c++) {
            assert_ok(guide_choice(question, question->choices[c].word, &choice));
            assert_int_equal(choice, c);
        }
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(question->name, guide_questions[k].name);
    }
}

/* The words of the choices are those of law/, where it has a name for the same thing. */
static void words_are_the_law_s(void **state)
{
    (void)state;
    for (unsigned i = 0; i < NUM_APPLICANTS; i++)
        assert_string_equal(guide_questions[0].choices[i].word, applicant_name((enum applicant)i));
    for (unsigned i = 0; i < NUM_PROCEDURES; i++)
        assert_string_equal(guide_questions[2].choices[i].word, procedure_name((enum procedure)i));
}

static void no_turn_is_from_an_unknown_reason(void **state)
{
    (void)state;
    size_t num = 7;
    assert_null(guide_turns("no-such-reason", &num));
    assert_int_equal(num, 0);
    assert_non_null(guide_turns("card-needed", &num));
    assert_int_equal(num, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_path_ends),
        cmocka_unit_test(every_procedure_statement_is_on_a_path),
        cmocka_unit_test(asks_no_more_when_all_is_refused),
        cmocka_unit_test(asks_on_while_the_reason_is_open),
        cmocka_unit_test(words_are_found_once),
        cmocka_unit_test(words_are_the_law_s),
        cmocka_unit_test(no_turn_is_from_an_unknown_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
