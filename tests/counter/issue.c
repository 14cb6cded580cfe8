/* A resident's two certificates, from the application to the card, through the real terminal. */
#include "town.h"

#include <string.h>

static struct town_card card;

static void both_certificates_in_one_visit(void **state)
{
    (void)state;
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    int64_t number = town_open(1001, "new", "holder", "both", "never-set");
    const struct counter_answer *answer = town_run(number, &card, NULL);
    assert_int_equal(answer->outcome, COUNTER_DONE);
    assert_string_equal(counter_text(answer, "state"), "finished");
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        assert_int_equal(town_count((enum kind)kind, 1001, STATUS_GOOD), 1);
        struct certificate row = town_certificate((enum kind)kind, 1001, STATUS_GOOD);
        assert_true(row.is_installed);
        assert_int_equal(town_map((enum kind)kind, row.serial).state, STATUS_GOOD);
    }
    page_saw("S22 S02 S03", "issue", 1);
    page_saw("S13", "old-card", 1); /* the card's token was looked at */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_certificates_in_one_visit),
    };
    return cmocka_run_group_tests(tests, town_begin, town_end);
}
