/* The fee of a re-issued card: once for each card, at whichever visit, remembered by the centre. */
#include "town.h"

#include <string.h>

static struct town_card first, second, third;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&first, "0003720000000013137220340514", false);
    town_card_make(&second, "0003720000000613137220340514", false);
    town_card_make(&third, "0003720000000623137220340514", false);
    town_card_register(&first);
    town_card_register(&second);
    town_card_register(&third);
    town_run(town_open(1001, "new", "holder", "both", "never-set"), &first, NULL);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&first);
    town_card_done(&second);
    town_card_done(&third);
    return town_end(state);
}

static void reissue(const char *card)
{
    town_done("register1", "event",
              json_pack("{s:i, s:s, s:{s:s, s:s}}", "resident", 1001, "event", "card-reissued",
                        "changes", "card_id", card, "card_until", "2034-05-14"));
}

/* Opens a visit for one kind; what it would cost, and why. */
static int64_t visit(const char *kinds, const char *reason, int yen, const char *code)
{
    const struct counter_answer *answer = town_done(
        "daiei1", "application-open",
        json_pack("{s:i, s:s, s:s, s:s, s:s}", "resident", 1001, "procedure", "card-reissued",
                  "applicant", "holder", "kinds", kinds, "reason", reason));
    json_t *why = json_object_get(answer->detail, "fee_reason");
    assert_string_equal(json_string_value(json_object_get(why, "code")), code);
    assert_int_equal(counter_number(answer, "fee"), yen);
    page_saw("S19", "fee", yen != 0);
    return counter_number(answer, "number");
}

static void finishes(int64_t number, struct town_card *card, int yen)
{
    const struct counter_answer *answer = town_run(number, card, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    assert_int_equal(counter_number(answer, "fee"), yen);
}

static void the_old_certificates_end_and_the_new_card_is_good(void **state)
{
    (void)state;
    reissue("0003720000000613137220340514");
    for (int kind = 0; kind < NUM_KINDS; kind++)
        assert_int_equal(town_count((enum kind)kind, 1001, STATUS_GOOD), 0);
    const struct counter_answer *answer =
        town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", 1001));
    json_t *found = json_array_get(json_object_get(answer->detail, "residents"), 0);
    assert_string_equal(json_string_value(json_object_get(found, "card_state")), "good");
}

static void a_visit_that_came_to_nothing_took_nothing(void **state)
{
    (void)state;
    int64_t number = visit("authentication", "card-lost", 200, "card-lost");
    town_run(number, &second, "pin-set");
    town_done("daiei1", "application-close",
              json_pack("{s:I, s:s}", "number", (json_int_t)number, "note", "went home"));
}

static void the_second_visit_for_the_other_certificate_is_free(void **state)
{
    (void)state;
    int64_t authentication = visit("authentication", "card-lost", 200, "card-lost");
    int64_t opened_before = visit("signature", "card-lost", 200, "card-lost");
    finishes(authentication, &second, 200);
    town_done("daiei1", "application-close",
              json_pack("{s:I, s:s}", "number",
                        (json_int_t)visit("signature", "card-lost", 0, "charged-already"), "note",
                        "the other one goes on"));
    finishes(opened_before, &second, 0);
    assert_int_equal(town_count(KIND_SIGNATURE, 1001, STATUS_GOOD), 1);
}

static void another_card_costs_again(void **state)
{
    (void)state;
    reissue("0003720000000623137220340514");
    finishes(visit("authentication", "card-stolen", 0, "card-stolen"), &third, 0);
    finishes(visit("signature", "card-damaged", 200, "card-damaged"), &third, 200);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_old_certificates_end_and_the_new_card_is_good),
        cmocka_unit_test(a_visit_that_came_to_nothing_took_nothing),
        cmocka_unit_test(the_second_visit_for_the_other_certificate_is_free),
        cmocka_unit_test(another_card_costs_again),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
