#include "check.h"

#include <stdio.h>
#include <string.h>

#include "agent/question.h"

#define NOW INT64_C(1000000)

static struct questions table;

static struct question of(const char *origin)
{
    struct question question = {.asked = NOW};
    snprintf(question.page.origin, sizeof question.page.origin, "%s", origin);
    return question;
}

static int begin(void **state)
{
    (void)state;
    memset(&table, 0, sizeof table);
    return 0;
}

static enum err take(const char *token, int64_t now, struct question *out)
{
    return question_take(&table, bytes_of_text(token), now, out);
}

static void is_found_by_its_own_token(void **state)
{
    (void)state;
    const struct question first = of("https://a.example"), second = of("https://b.example");
    char tokens[2][QUESTION_TOKEN];
    struct question found;
    question_keep(&table, &first, tokens[0]);
    question_keep(&table, &second, tokens[1]);
    assert_string_not_equal(tokens[0], tokens[1]);
    assert_int_equal(strlen(tokens[0]), QUESTION_TOKEN - 1);
    assert_ok(take(tokens[0], NOW, &found));
    assert_string_equal(found.page.origin, "https://a.example");
    assert_ok(take(tokens[1], NOW, &found));
    assert_string_equal(found.page.origin, "https://b.example");
}

static void is_not_found_twice(void **state)
{
    (void)state;
    const struct question first = of("https://a.example");
    char token[QUESTION_TOKEN];
    struct question found;
    question_keep(&table, &first, token);
    assert_ok(take(token, NOW, &found));
    assert_err(take(token, NOW, &found), ERR_NOT_FOUND);
}

static void is_not_found_by_another_token(void **state)
{
    (void)state;
    const struct question first = of("https://a.example");
    char token[QUESTION_TOKEN], other[QUESTION_TOKEN];
    struct question found = of("untouched");
    assert_err(take("", NOW, &found), ERR_NOT_FOUND);
    question_keep(&table, &first, token);
    snprintf(other, sizeof other, "%s", token);
    other[10] = other[10] == 'a' ? 'b' : 'a';
    assert_err(take(other, NOW, &found), ERR_NOT_FOUND);
    other[10] = '\0';
    assert_err(take(other, NOW, &found), ERR_NOT_FOUND);
    assert_err(take("", NOW, &found), ERR_NOT_FOUND);
    assert_string_equal(found.page.origin, "untouched");
    assert_ok(take(token, NOW, &found));
}

static void becomes_too_old(void **state)
{
    (void)state;
    const struct question first = of("https://a.example");
    char token[QUESTION_TOKEN];
    struct question found;
    question_keep(&table, &first, token);
    assert_ok(take(token, NOW + 300000, &found));
    question_keep(&table, &first, token);
    assert_err(take(token, NOW + 300001, &found), ERR_TIMEOUT);
    assert_err(take(token, NOW, &found), ERR_NOT_FOUND); /* used up all the same */
}

static void makes_room(void **state)
{
    (void)state;
    const struct question first = of("https://a.example");
    char tokens[LIMIT_QUESTIONS + 1][QUESTION_TOKEN];
    struct question found;
    for (size_t i = 0; i < COUNT_OF(tokens); i++)
        question_keep(&table, &first, tokens[i]);
    assert_err(take(tokens[0], NOW, &found), ERR_NOT_FOUND);
    for (size_t i = 1; i < COUNT_OF(tokens); i++)
        assert_ok(take(tokens[i], NOW, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(is_found_by_its_own_token, begin),
        cmocka_unit_test_setup(is_not_found_twice, begin),
        cmocka_unit_test_setup(is_not_found_by_another_token, begin),
        cmocka_unit_test_setup(becomes_too_old, begin),
        cmocka_unit_test_setup(makes_room, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
