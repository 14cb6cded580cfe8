/* kill -9 of the signer and the centre at every step of an issue, and of the terminal between two
 * of its words to the card: the same application ends with exactly one live certificate of each
 * kind. */
#include "town.h"

#include <string.h>

static struct town_card card;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static void expect_one_live_of_each(int64_t resident)
{
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        assert_int_equal(town_count((enum kind)kind, resident, STATUS_GOOD), 1);
        assert_int_equal(town_count((enum kind)kind, resident, STATUS_RESERVED), 0);
        struct certificate row = town_certificate((enum kind)kind, resident, STATUS_GOOD);
        assert_true(row.is_installed);
        assert_int_equal(town_map((enum kind)kind, row.serial).state, STATUS_GOOD);
    }
}

static void killed_before_every_step(void **state)
{
    (void)state;
    static const char *const steps[] = {"card-present", "pin-set", "issue", "install", "fee"};
    int64_t number = town_open(1001, "new", "holder", "both", "never-set");
    for (size_t i = 0; i < COUNT_OF(steps); i++) {
        town_run(number, &card, steps[i]);
        town_restart();
    }
    const struct counter_answer *answer = town_run(number, &card, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    expect_one_live_of_each(1001);
    page_saw("S22", "issue", 1);
}

/* The card, as the terminal sees it, goes away after a number of commands; then it is back. */
static unsigned commands_left;
static struct card_channel whole;

static enum err transmit_some(void *context, struct bytes apdu, struct buffer *response)
{
    (void)context;
    if (commands_left == 0)
        return ERR_READER;
    commands_left--;
    return whole.functions->transmit(whole.context, apdu, response);
}

static enum err begin_some(void *context)
{
    (void)context;
    return whole.functions->begin(whole.context);
}

static void end_some(void *context)
{
    (void)context;
    whole.functions->end(whole.context);
}

static const struct card_channel_functions some = {transmit_some, begin_some, end_some, NULL};

/* Runs until the card is gone, restarts everything, and goes on. Three keys may be made for a kind,
 * so the cut wanders over the commands of one application after the other. */
static void cut_at(unsigned commands, struct town_card *at, int64_t resident)
{
    int64_t number = town_open(resident, "new", "holder", "both", "never-set");
    whole = at->channel;
    at->channel = (struct card_channel){&some, NULL};
    commands_left = commands;
    town_run(number, at, NULL);
    at->channel = whole;
    terminal_done(&at->terminal);
    town_restart();
    const struct counter_answer *answer = town_run(number, at, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    expect_one_live_of_each(resident);
}

static void cut_between_two_commands_of_the_card(void **state)
{
    (void)state;
    static const struct {
        int64_t resident;
        const char *card;
        unsigned commands;
    } cuts[] = {
        {1002, "0003720000000023137220330302", 16},
        {1005, "0003720000000053137220340130", 28},
        {1006, "0003720000000063137220360615", 40},
        {1009, "0003720000000093137220321103", 52},
    };
    for (size_t i = 0; i < COUNT_OF(cuts); i++) {
        static struct town_card other;
        town_card_make(&other, cuts[i].card, false);
        town_card_register(&other);
        cut_at(cuts[i].commands, &other, cuts[i].resident);
        town_card_done(&other);
    }
}

/* What no terminal can do by being stopped: the answer to `issue` never arrives, because the centre
 * dies while it asks. */
static void the_centre_dies_while_it_is_asked(void **state)
{
    (void)state;
    static struct town_card other;
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_card_make(&other, "0003720000000173137220300105", false);
    town_card_register(&other);
    int64_t number = town_open(1017, "new", "holder", "both", "never-set");
    town_run(number, &other, "issue");
    town_card_connect(&other, "daiei1");
    town_kill_centre();
    terminal_issue(&other.terminal, number, KIND_AUTHENTICATION, &answer);
    assert_int_equal(answer.outcome, COUNTER_FAILED);
    town_restart();
    town_run(number, &other, NULL);
    expect_one_live_of_each(1017);
    town_card_done(&other);
}

/* The card goes as soon as it has stored a first PIN: the centre never hears of it. */
static enum err transmit_until_pin(void *context, struct bytes apdu, struct buffer *response)
{
    enum err err = transmit_some(context, apdu, response);
    if (err == ERR_NONE && apdu.data[1] == 0x2C) /* RESET RETRY COUNTER */
        commands_left = 0;
    return err;
}

static const struct card_channel_functions until_pin = {transmit_until_pin, begin_some, end_some,
                                                        NULL};

static void the_card_goes_between_its_first_pin_and_the_receipt(void **state)
{
    (void)state;
    static struct town_card other;
    town_card_make(&other, "0003720000000133137220331009", false);
    town_card_register(&other);
    int64_t number = town_open(1013, "new", "holder", "both", "never-set");
    town_run(number, &other, "pin-set");
    whole = other.channel;
    other.channel = (struct card_channel){&until_pin, NULL};
    commands_left = 1000;
    assert_int_equal(town_run(number, &other, NULL)->outcome, COUNTER_FAILED);
    other.channel = whole;
    terminal_done(&other.terminal);
    town_restart();

    strcpy(other.pins[KIND_AUTHENTICATION], "9999");
    assert_int_equal(town_run(number, &other, NULL)->outcome, COUNTER_FAILED);
    strcpy(other.pins[KIND_AUTHENTICATION], "1234");
    const struct counter_answer *answer = town_run(number, &other, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    expect_one_live_of_each(1013);
    town_card_done(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(killed_before_every_step),
        cmocka_unit_test(cut_between_two_commands_of_the_card),
        cmocka_unit_test(the_centre_dies_while_it_is_asked),
        cmocka_unit_test(the_card_goes_between_its_first_pin_and_the_receipt),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
