/* What happens to a resident or a card between two steps of an application: every step looks at how
 * things stand now, not at how they stood when it was opened. */
#include "town.h"

#include <string.h>

static struct town_card card, other, third;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_make(&other, "0003720000000023137220330302", false);
    town_card_make(&third, "0003720000000063137220360615", false);
    town_card_register(&third);
    town_card_register(&card);
    town_card_register(&other);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    town_card_done(&other);
    town_card_done(&third);
    return town_end(state);
}

static void register_event(int resident, const char *event)
{
    town_done("register1", "event", json_pack("{s:i, s:s}", "resident", resident, "event", event));
}

/* The terminal goes on as if nothing had happened; the code of the refusal. */
static const char *refusal_of(int64_t number, struct town_card *with)
{
    const struct counter_answer *answer = town_run(number, with, NULL);
    assert_int_equal(answer->outcome, COUNTER_REFUSED);
    return counter_text(answer, "code");
}

static void who_dies_before_the_issue_gets_none(void **state)
{
    (void)state;
    int64_t number = town_open(1001, "new", "holder", "both", "never-set");
    town_run(number, &card, "issue");
    register_event(1001, "died");
    assert_string_equal(refusal_of(number, &card), "card-stopped");
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1001, STATUS_GOOD), 0);
}

static void who_leaves_before_the_installation_has_nothing_to_install(void **state)
{
    (void)state;
    int64_t number = town_open(1002, "new", "holder", "both", "never-set");
    town_run(number, &other, "install");
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1002, STATUS_GOOD), 1);
    register_event(1002, "left-abroad");
    assert_string_equal(refusal_of(number, &other), "not-live");
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1002, STATUS_GOOD), 0);
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1002, STATUS_REVOKED), 1);
}

static void the_card_of_another_is_refused(void **state)
{
    (void)state;
    int64_t number = town_open(1005, "new", "holder", "both", "never-set");
    assert_string_equal(refusal_of(number, &card), "not-holders-card");
}

static const char *card_state_of(json_int_t resident)
{
    const struct counter_answer *answer =
        town_done("daiei1", "resident-find", json_pack("{s:I}", "resident", resident));
    json_t *first = json_array_get(json_object_get(answer->detail, "residents"), 0);
    return json_string_value(json_object_get(first, "card_state"));
}

static void a_card_that_became_void_before_its_release_stays_void(void **state)
{
    (void)state;
    town_run(town_open(1006, "new", "holder", "both", "never-set"), &third, NULL);
    town_run(town_open(1006, "loss-report", "holder", NULL, NULL), NULL, NULL);
    assert_string_equal(card_state_of(1006), "stopped");
    int64_t number = town_open(1006, "release", "holder", NULL, "known");
    town_run(number, &third, "release");
    town_run(town_open(1006, "card-abolish", "holder", NULL, NULL), NULL, NULL);
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("daiei1", "execute", json_pack("{s:I}", "number", (json_int_t)number), &answer);
    assert_int_equal(town_count(KIND_AUTHENTICATION, 1006, STATUS_GOOD), 0);
    assert_string_equal(card_state_of(1006), "void");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(who_dies_before_the_issue_gets_none),
        cmocka_unit_test(who_leaves_before_the_installation_has_nothing_to_install),
        cmocka_unit_test(the_card_of_another_is_refused),
        cmocka_unit_test(a_card_that_became_void_before_its_release_stays_void),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
