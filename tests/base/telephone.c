/* Telephone numbers and codes of offices, as people and files give them. */
#include "check.h"

#include "base/office_code.h"
#include "base/telephone.h"

static void takes_numbers_with_their_area_code(void **state)
{
    (void)state;
    static const char *const good[] = {"0858375866",   "0858-37-5866",    "090-1234-5678",
                                       "+81858375866", "+81-858-37-5866", "123456789012345"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(telephone_is_valid(bytes_of_text(good[i])));
}

static void refuses_what_cannot_be_called(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        "+",
        "37-5866",
        "085837586",
        "1234567890123456",
        "-0858375866",
        "0858375866-",
        "0858--375866",
        "+-858375866",
        "0858+375866",
        "++858375866",
        "0858 37 5866",
        "(0858)375866",
        "０８５８３７５８６６",
        "0858375866a",
        "1-2-3-4-5-6-7-8-9-0-1-2-3-4-5-6-7-8",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (telephone_is_valid(bytes_of_text(bad[i])))
            fail_msg("%s was taken", bad[i]);
}

static void an_office_has_a_short_code(void **state)
{
    (void)state;
    static const char *const good[] = {"a", "daiei", "hojo-2", "abcdefghijklmnop"};
    static const char *const bad[] = {
        "", "Daiei", "2a", "-a", "a b", "a_b", "大栄", "a\n", "abcdefghijklmnopq", "a.b"};
    for (size_t i = 0; i < COUNT_OF(good); i++)
        assert_true(office_code_is_valid(bytes_of_text(good[i])));
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (office_code_is_valid(bytes_of_text(bad[i])))
            fail_msg("%s was taken", bad[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_numbers_with_their_area_code),
        cmocka_unit_test(refuses_what_cannot_be_called),
        cmocka_unit_test(an_office_has_a_short_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
