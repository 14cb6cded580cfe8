/* Files of languages: what is refused, and that ours are whole. */
#include <stdio.h>
#include <string.h>

#include "check.h"
#include "guide/guide.h"
#include "guide/words.h"

static void is_looked_up(void **state)
{
    (void)state;
    static const char text[] =
        "# c\nname = X\ntag = x\nbase = ja\n\npaper.card = K\npage.a = b = c\n"
        "choice.card.yes = ja\nquestion.card = q\n";
    struct words words;
    struct fault fault = {0};
    assert_ok(words_parse(bytes_of_text(text), &words, &fault));
    assert_true(bytes_equal_text(words.name, "X") && bytes_equal_text(words.tag, "x"));
    assert_true(bytes_equal_text(words_find(&words, "page", "a"), "b = c"));
    assert_true(bytes_equal_text(words_paper(&words, PAPER_CARD), "K"));
    assert_true(bytes_equal_text(words_paper(&words, PAPER_MANDATE), "委任状（本人記入）"));
    assert_int_equal(words_find(&words, "page", "aa").len, 0);
    assert_int_equal(words_find(&words, "pag", "e.a").len, 0);
    for (size_t i = 0; i < num_guide_questions; i++)
        if (strcmp(guide_questions[i].name, "card") == 0) {
            assert_true(bytes_equal_text(words_question(&words, &guide_questions[i]), "q"));
            assert_true(bytes_equal_text(words_choice(&words, &guide_questions[i], 0), "ja"));
            assert_true(bytes_equal_text(words_choice(&words, &guide_questions[i], 1), "いいえ"));
        }
}

static void refuses_what_is_malformed(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "tag = x\nbase = ja\n",
        "name = x\nbase = ja\n",
        "name = x\ntag = x\nbase = fr\n",
        "name = x\ntag = x\n",
        "name = x\nname = y\ntag = x\nbase = ja\n",
        "name = x\ntag = x\nbase = ja\nbase = ja\n",
        "name = x\ntag = x\nbase = ja\na.b = c\na.b = d\n",
        "name = x\ntag = x\nbase = ja\nnonsense\n",
        "name = x\ntag = x\nbase = ja\na =\n",
        "name = x\ntag = x\nbase = ja\na = b", /* cut */
    };
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        struct words words;
        struct fault fault = {0};
        print_message("%s\n", texts[i]);
        assert_err(words_parse(bytes_of_text(texts[i]), &words, &fault), ERR_MALFORMED);
    }
}

/* --- our own languages --- */

static struct buffer language_text(const char *name)
{
    char path[64];
    snprintf(path, sizeof path, "pages/languages/%s", name);
    return source_read(path);
}

static void check_has(const struct words *words, const char *group, const char *name)
{
    if (words_find(words, group, name).len == 0)
        fail_msg("without %s.%s", group, name);
}

static void check_reason(const struct words *words, const struct reason *reason)
{
    if (reason->code)
        check_has(words, "reason", reason->code);
}

/* Every reason that a path of the guide may end with. */
static void check_reasons(const struct words *words, struct guide guide)
{
    struct law_policy policy = law_policy_default();
    const struct guide_question *question = guide_question(&policy, &guide);
    if (!question) {
        struct procedure_plan plan = procedure_decide(&policy, &guide.facts);
        check_reason(words, &plan.ruling.reason);
        check_reason(words, &plan.reset);
        return;
    }
    for (unsigned choice = 0; choice < guide_num_choices(question); choice++) {
        struct guide next = guide;
        guide_answer(&next, question, choice);
        check_reasons(words, next);
    }
}

static void plain_japanese_has_all_that_the_guide_says(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER = language_text("ja-easy");
    struct words words;
    struct fault fault = {0};
    assert_ok(words_parse(buffer_bytes(&text), &words, &fault));
    for (size_t i = 0; i < num_guide_questions; i++) {
        const struct guide_question *question = &guide_questions[i];
        char name[64];
        check_has(&words, "question", question->name);
        for (unsigned c = 0; c < guide_num_choices(question); c++) {
            snprintf(name, sizeof name, "%s.%s", question->name, question->choices[c].word);
            check_has(&words, "choice", name);
        }
    }
    for (unsigned i = 0; i < NUM_PROCEDURES; i++)
        check_has(&words, "procedure", procedure_name((enum procedure)i));
    for (enum paper paper = PAPER_CARD; paper <= PAPER_CLIENT; paper++)
        check_has(&words, "paper", paper_name(paper));
    for (enum form form = FORM_ISSUE; form <= FORM_STAY; form++)
        check_has(&words, "form", form_name(form));
    for (enum document document = 0; document < NUM_DOCUMENTS; document++)
        check_has(&words, "document", document_name(document));
    for (enum pin_typist typist = TYPED_BY_HOLDER; typist <= TYPED_BY_STAFF; typist++)
        check_has(&words, "typist", pin_typist_name(typist));
    check_reasons(&words, (struct guide){0});
}

/* The counter's own phrases are said in the town's language where one has none. */
static bool may_be_missing(const char *key, const char *language)
{
    return strncmp(key, "page.staff-", strlen("page.staff-")) == 0 &&
           strcmp(language, "ja-easy") == 0;
}

/* Every language has the phrases of every other. */
static void phrases_are_the_same_in_each(void **state)
{
    (void)state;
    static const char *const names[] = {"ja", "ja-easy", "en"};
    struct buffer texts[COUNT_OF(names)];
    struct words words[COUNT_OF(names)];
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        struct fault fault = {0};
        texts[i] = language_text(names[i]);
        assert_ok(words_parse(buffer_bytes(&texts[i]), &words[i], &fault));
    }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        for (size_t k = 0; k < words[i].num; k++) {
            char key[80];
            struct bytes whole = words[i].pairs[k].key;
            snprintf(key, sizeof key, "%.*s", (int)whole.len, (const char *)whole.data);
            if (strncmp(key, "page.", 5) == 0)
                for (size_t other = 0; other < COUNT_OF(names); other++)
                    if (!may_be_missing(key, names[other]))
                        check_has(&words[other], "page", key + 5);
        }
    for (size_t i = 0; i < COUNT_OF(names); i++)
        buffer_done(&texts[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_looked_up),
        cmocka_unit_test(refuses_what_is_malformed),
        cmocka_unit_test(plain_japanese_has_all_that_the_guide_says),
        cmocka_unit_test(phrases_are_the_same_in_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
