#include "check.h"

#include "law/fee.h"
#include "see.h"

static void charges_only_for_a_card_re_issued_by_ones_own_fault(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const struct {
        const char *reason;
        int yen;
    } rows[] = {
        {"new", 0},           {"renewal", 0},       {"changed", 0},     {"found", 0},
        {"pin-reset", 0},     {"stay-extended", 0}, {"card-lost", 200}, {"card-damaged", 200},
        {"card-lapsed", 200}, {"card-stolen", 0},   {"card-faulty", 0}, {"card-full", 0},
        {"disaster", 0},      {"no-issue", 0},
    };
    assert_int_equal(COUNT_OF(rows), NUM_FEE_REASONS);
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        enum fee_reason reason;
        assert_ok(fee_reason_parse(rows[i].reason, &reason));
        assert_string_equal(fee_reason_name(reason), rows[i].reason);
        struct fee fee = fee_decide(&policy, reason, false);
        assert_int_equal(fee.yen, rows[i].yen);
        assert_int_equal(see(fee.ruling).decision,
                         rows[i].yen ? DECISION_ALLOWED : DECISION_REFUSED);
    }
}

static void charges_once_for_each_card(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    struct fee fee = fee_decide(&policy, FEE_CARD_LOST, true);
    assert_int_equal(fee.yen, 0);
    assert_ruling(see(fee.ruling), DECISION_REFUSED, "charged-already", NULL);
}

static void follows_the_policy_where_the_page_is_silent(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    policy.fee_card_stolen = 200;
    struct fee fee = fee_decide(&policy, FEE_CARD_STOLEN, false);
    assert_int_equal(fee.yen, 200);
    assert_ruling(see(fee.ruling), DECISION_ALLOWED, "card-stolen", NULL);
    assert_int_equal(fee_decide(&policy, FEE_CARD_FULL, false).yen, 0);
}

static void knows_no_other_reason(void **state)
{
    (void)state;
    enum fee_reason reason;
    assert_err(fee_reason_parse("lost", &reason), ERR_MALFORMED);
    assert_err(fee_reason_parse("", &reason), ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(charges_only_for_a_card_re_issued_by_ones_own_fault),
        cmocka_unit_test(charges_once_for_each_card),
        cmocka_unit_test(follows_the_policy_where_the_page_is_silent),
        cmocka_unit_test(knows_no_other_reason),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
