#include "check.h"

#include "agent/strangers.h"

#define NOW INT64_C(5)

static void says_the_first_at_once(void **state)
{
    (void)state;
    struct strangers strangers = {0};
    unsigned num = 0;
    assert_true(strangers_count(&strangers, NOW, &num));
    assert_int_equal(num, 1);
}

static void says_the_others_once_a_minute(void **state)
{
    (void)state;
    struct strangers strangers = {0};
    unsigned num = 0;
    assert_true(strangers_count(&strangers, NOW, &num));
    for (int i = 0; i < 1700; i++)
        assert_false(strangers_count(&strangers, NOW + i, &num));
    assert_false(strangers_count(&strangers, NOW + STRANGERS_QUIET - 1, &num));
    assert_int_equal(num, 1);
    assert_true(strangers_count(&strangers, NOW + STRANGERS_QUIET, &num));
    assert_int_equal(num, 1702);
    assert_false(strangers_count(&strangers, NOW + 2 * STRANGERS_QUIET - 1, &num));
    assert_true(strangers_count(&strangers, NOW + 2 * STRANGERS_QUIET, &num));
    assert_int_equal(num, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_the_first_at_once),
        cmocka_unit_test(says_the_others_once_a_minute),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
