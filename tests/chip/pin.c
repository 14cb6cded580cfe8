/* VERIFY, CHANGE REFERENCE DATA, RESET RETRY COUNTER: tries, locks, and what a power cut leaves. */
#include "test_card.h"

static struct test_card card;
static struct image fresh, issued;

static int setup(void **state)
{
    (void)state;
    test_card_new(&card, false);
    fresh = card.saved;
    issue(&card, KIND_SIGNATURE);
    issue(&card, KIND_AUTHENTICATION);
    issued = card.saved;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    test_card_done(&card);
    return 0;
}

static int restart(void **state)
{
    (void)state;
    test_card_insert(&card, &issued);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    return 0;
}

static void counts_tries_and_gives_them_back(void **state)
{
    (void)state;
    assert_word(ask(&card, "00200080"), 0x6986);
    select_file(&card, 0x1B);
    assert_word(ask(&card, "00200080"), 0x63C5);
    assert_word(verify_pin(&card, "abc123"), 0x63C4); /* the card never folds case */
    assert_word(verify_pin(&card, "ABC12"), 0x63C3);
    assert_word(ask(&card, "00200080"), 0x63C3);
    assert_word(verify_pin(&card, "ABC123"), 0x9000);
    assert_word(ask(&card, "00200080"), 0x63C5); /* never 9000, verified or not */
    assert_word(ask(&card, "0020009B"), 0x63C5);
    assert_word(ask(&card, "0020009800"), 0x63C3);
    assert_word(ask(&card, "002000980431323334"), 0x9000);
}

static void locks_and_stays_locked(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    assert_word(verify_pin(&card, "0000"), 0x63C2);
    assert_word(verify_pin(&card, "0000"), 0x63C1);
    assert_word(verify_pin(&card, "0000"), 0x63C0);
    assert_word(verify_pin(&card, "1234"), 0x6984);
    assert_word(ask(&card, "00200080"), 0x63C0);
    chip_power_off(card.chip);
    chip_power_on(card.chip);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x18);
    assert_word(verify_pin(&card, "1234"), 0x6984);
    select_file(&card, 0x1B); /* the other one is its own affair */
    assert_word(verify_pin(&card, "ABC123"), 0x9000);
}

static void takes_a_verified_pin_back(void **state)
{
    (void)state;
    enter(&card, KIND_SIGNATURE);
    assert_word(verify_pin(&card, "WRONG1"), 0x63C4);
    assert_word(ask(&card, "00B0810004"), 0x6982);
}

static void stands_at_nothing_before_its_first_pin(void **state)
{
    (void)state;
    test_card_insert(&card, &fresh);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x18);
    assert_word(ask(&card, "00200080"), 0x63C0);
    assert_word(verify_pin(&card, "1234"), 0x6984);
    assert_word(ask(&card, "0020008000"), 0x63C0);
    assert_word(ask_with(&card, "00240180", bytes_of_text("1234"), ""), 0x6982);
}

static void refuses_a_verify_that_is_none(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    assert_word(verify_pin(&card, "12345678901234567"), 0x6700);
    assert_word(ask(&card, "00200180"), 0x6A86);
    assert_word(ask(&card, "00200000"), 0x6A86);
    assert_word(ask(&card, "002000C0"), 0x6A86);
    assert_word(ask(&card, "00200083"), 0x6A82);
    assert_word(ask(&card, "80200080"), 0x6E00);
    assert_word(ask(&card, "00200097"), 0x6981);
    assert_word(ask(&card, "0020008A0431323334"), 0x6981);
    select_file(&card, 0x18);
    assert_word(ask(&card, "00200080"), 0x63C3); /* none of these cost a try */
}

/* Promise 7: whatever the moment of the cut, a wrong PIN has cost its try before it was compared.
 */
static void stores_the_lowered_counter_before_it_compares(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    card.cut_before = 1; /* the lowered counter cannot be stored: nothing is compared */
    assert_word(verify_pin(&card, "1234"), 0x6581);
    assert_word(ask(&card, "00B0810004"), 0x6982);
    assert_int_equal(card.saved.kinds[KIND_AUTHENTICATION].tries, 3);
    test_card_insert(&card, &issued);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x18);
    card.cut_after = 1; /* stored, then the power goes: the try is gone, right PIN or not */
    assert_word(verify_pin(&card, "1234"), 0x6581);
    assert_int_equal(card.saved.kinds[KIND_AUTHENTICATION].tries, 2);
    test_card_insert(&card, &issued);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x18);
    card.cut_before = 2; /* compared and right, the success cannot be stored: not verified */
    assert_word(verify_pin(&card, "1234"), 0x6581);
    assert_int_equal(card.saved.kinds[KIND_AUTHENTICATION].tries, 2);
    assert_word(ask_with(&card, "00240180", bytes_of_text("9999"), ""), 0x6982);
}

static void saves_once_for_a_wrong_pin_and_twice_for_the_right_one(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    assert_word(verify_pin(&card, "0000"), 0x63C2);
    assert_int_equal(card.num_saves, 1);
    assert_int_equal(card.saved.kinds[KIND_AUTHENTICATION].tries, 2);
    assert_word(verify_pin(&card, "1234"), 0x9000);
    assert_int_equal(card.num_saves, 3);
    assert_int_equal(card.saved.kinds[KIND_AUTHENTICATION].tries, 3);
    assert_word(ask(&card, "00200080"), 0x63C3);
    assert_int_equal(card.num_saves, 3);
}

static void changes_a_pin_that_was_verified(void **state)
{
    (void)state;
    enter(&card, KIND_SIGNATURE);
    assert_word(ask_with(&card, "00240180", bytes_of_text("NEW456"), ""), 0x9000);
    chip_reset(card.chip);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    select_file(&card, 0x1B);
    assert_word(verify_pin(&card, "ABC123"), 0x63C4);
    assert_word(verify_pin(&card, "NEW456"), 0x9000);
}

static void refuses_a_change_without_the_old_pin(void **state)
{
    (void)state;
    select_file(&card, 0x1B);
    assert_word(ask_with(&card, "00240180", bytes_of_text("NEW456"), ""), 0x6982);
    enter(&card, KIND_AUTHENTICATION);
    assert_word(ask_with(&card, "0024019B", bytes_of_text("NEW456"), ""), 0x6982);
    enter(&card, KIND_SIGNATURE);
    assert_word(ask(&card, SELECT_JPKI), 0x9000);
    assert_word(ask_with(&card, "0024019B", bytes_of_text("NEW456"), ""), 0x6982);
    enter(&card, KIND_SIGNATURE);
    assert_word(ask_with(&card, "00240080", bytes_of_text("NEW456"), ""), 0x6A86);
    assert_word(ask_with(&card, "0024019A", bytes_of_text("NEW456"), ""), 0x6981);
    assert_word(ask(&card, "0024019B"), 0x6700);
}

static void refuses_a_new_pin_of_the_wrong_form(void **state)
{
    (void)state;
    static const char *const bad_signature[] = {"ABC12", "ABCDEFGHIJK123456", "abc123", "ABC12 ",
                                                "ABC-123"};
    static const char *const bad_authentication[] = {"123", "12345", "12A4", "12 4"};
    enter(&card, KIND_SIGNATURE);
    for (size_t i = 0; i < COUNT_OF(bad_signature); i++)
        assert_word(ask_with(&card, "0024019B", bytes_of_text(bad_signature[i]), ""), 0x6A80);
    enter(&card, KIND_AUTHENTICATION);
    for (size_t i = 0; i < COUNT_OF(bad_authentication); i++)
        assert_word(ask_with(&card, "00240198", bytes_of_text(bad_authentication[i]), ""), 0x6A80);
    assert_word(verify_pin(&card, "1234"), 0x9000);
}

static void resets_a_locked_pin_under_a_permit(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    for (int i = 0; i < 3; i++)
        verify_pin(&card, "0000");
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask_with(&card, "002C0280", bytes_of_text("4321"), ""), 0x9000);
    assert_word(ask_with(&card, "00240180", bytes_of_text("1111"), ""), 0x6982); /* not verified */
    assert_word(ask(&card, "00200080"), 0x63C3);
    assert_word(verify_pin(&card, "1234"), 0x63C2);
    assert_word(verify_pin(&card, "4321"), 0x9000);
}

static void refuses_a_reset_outside_its_permit(void **state)
{
    (void)state;
    struct bytes pin = bytes_of_text("4321");
    select_file(&card, 0x18);
    assert_word(ask_with(&card, "002C0280", pin, ""), 0x6985);
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask_with(&card, "002C029B", bytes_of_text("ABC999"), ""), 0x6985); /* kind */
    assert_word(ask_with(&card, "002C0298", pin, ""), 0x6985); /* and it closed the operation */
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask_with(&card, "002C0298", bytes_of_text("432"), ""), 0x6A80);
    assert_word(ask_with(&card, "002C0298", pin, ""), 0x6985);
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask(&card, "00200098"), 0x63C3); /* any other command closes it */
    assert_word(ask_with(&card, "002C0298", pin, ""), 0x6985);
    assert_word(permit_simple(&card, PERMIT_MAKE_KEY, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask_with(&card, "002C0298", pin, ""), 0x6985);
    assert_word(permit_simple(&card, PERMIT_SET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask_with(&card, "002C0298", pin, ""), 0x6985); /* there is a PIN already */
    assert_word(verify_pin(&card, "1234"), 0x9000);
}

static void uses_a_permit_once(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    assert_word(ask_with(&card, "002C0298", bytes_of_text("4321"), ""), 0x9000);
    assert_word(ask_with(&card, "002C0298", bytes_of_text("5555"), ""), 0x6985);
    assert_word(verify_pin(&card, "4321"), 0x9000);
}

static void keeps_the_old_pin_when_a_reset_cannot_be_stored(void **state)
{
    (void)state;
    select_file(&card, 0x18);
    assert_word(permit_simple(&card, PERMIT_RESET_PIN, KIND_AUTHENTICATION, 9), 0x9000);
    card.cut_before = 1;
    assert_word(ask_with(&card, "002C0298", bytes_of_text("4321"), ""), 0x6581);
    card.cut_before = 0;
    assert_word(verify_pin(&card, "4321"), 0x63C2);
    assert_word(verify_pin(&card, "1234"), 0x9000);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, restart)
    const struct CMUnitTest tests[] = {
        TEST(counts_tries_and_gives_them_back),
        TEST(locks_and_stays_locked),
        TEST(takes_a_verified_pin_back),
        TEST(stands_at_nothing_before_its_first_pin),
        TEST(refuses_a_verify_that_is_none),
        TEST(stores_the_lowered_counter_before_it_compares),
        TEST(saves_once_for_a_wrong_pin_and_twice_for_the_right_one),
        TEST(changes_a_pin_that_was_verified),
        TEST(refuses_a_change_without_the_old_pin),
        TEST(refuses_a_new_pin_of_the_wrong_form),
        TEST(resets_a_locked_pin_under_a_permit),
        TEST(refuses_a_reset_outside_its_permit),
        TEST(uses_a_permit_once),
        TEST(keeps_the_old_pin_when_a_reset_cannot_be_stored),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
