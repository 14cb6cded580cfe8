#include "check.h"

#include <string.h>

#include "law/pin.h"
#include "see.h"

#define S KIND_SIGNATURE
#define A KIND_AUTHENTICATION

static void knows_the_form_of_both_pins(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct {
        enum kind kind;
        const char *pin;
        enum decision decision;
        const char *code;
    } rows[] = {
        {S, "ABC123", DECISION_ALLOWED, "form"},
        {S, "abc123", DECISION_ALLOWED, "form"},
        {S, "A234567890123456", DECISION_ALLOWED, "form"},
        {S, "ABC12", DECISION_REFUSED, "length"},
        {S, "A2345678901234567", DECISION_REFUSED, "length"},
        {S, "", DECISION_REFUSED, "length"},
        {S, "ABC-123", DECISION_REFUSED, "character"},
        {S, "ABC 123", DECISION_REFUSED, "character"},
        {S, "ＡＢ１２", DECISION_REFUSED, "character"}, /* full width: 12 bytes */
        {S, "ABCDEF", DECISION_REFUSED, "letter-and-digit"},
        {S, "123456", DECISION_REFUSED, "letter-and-digit"},
        {A, "1234", DECISION_ALLOWED, "form"},
        {A, "0000", DECISION_ALLOWED, "form"},
        {A, "123", DECISION_REFUSED, "length"},
        {A, "12345", DECISION_REFUSED, "length"},
        {A, "", DECISION_REFUSED, "length"},
        {A, "12a4", DECISION_REFUSED, "character"},
        {A, "１2", DECISION_REFUSED, "character"}, /* full width: 4 bytes */
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_ruling(see(pin_check(&policy, rows[i].kind, bytes_of_text(rows[i].pin))),
                      rows[i].decision, rows[i].code, NULL);
}

static void asks_for_letter_and_digit_by_policy(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    policy.pin_letter_and_digit = false;
    assert_ruling(see(pin_check(&policy, S, bytes_of_text("123456"))), DECISION_ALLOWED, "form",
                  NULL);
    assert_ruling(see(pin_check(&policy, S, bytes_of_text("12345"))), DECISION_REFUSED, "length",
                  NULL);
    assert_ruling(see(pin_check_old(S, bytes_of_text("123456"))), DECISION_ALLOWED, "form", NULL);
    assert_ruling(see(pin_check_old(S, bytes_of_text("12345"))), DECISION_REFUSED, "length", NULL);
    assert_ruling(see(pin_check_old(A, bytes_of_text("12345"))), DECISION_REFUSED, "length", NULL);
}

static void staff_never_spend_the_last_try(void **state)
{
    (void)state;
    static const int attempts[] = {0, 0, 1, 2, 2, 2};
    for (int tries = 0; tries < (int)COUNT_OF(attempts); tries++) {
        assert_int_equal(pin_staff_attempts(tries), attempts[tries]);
        for (int tried = 0; tried < 4; tried++)
            assert_int_equal(see(pin_staff_may_try(tries, tried)).decision,
                             tried < attempts[tries] ? DECISION_ALLOWED : DECISION_REFUSED);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(knows_the_form_of_both_pins),
        cmocka_unit_test(asks_for_letter_and_digit_by_policy),
        cmocka_unit_test(staff_never_spend_the_last_try),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
