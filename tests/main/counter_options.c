/* The options of the commands that are one act, against the tables of acts: no option is offered
 * that the act does not know as a field, none that the command's own name decides, and what an act
 * needs can be said. */
#include "check.h"

#include <string.h>

#include "centre/act.h"
#include "centre/acts.h"
#include "counter/acts.h"
#include "main/counter.h"

static const struct act *find_act(const char *name)
{
    const struct act_table tables[] = {centre_acts(), counter_acts()};
    for (size_t t = 0; t < COUNT_OF(tables); t++)
        for (size_t i = 0; i < tables[t].num_acts; i++)
            if (strcmp(tables[t].acts[i].name, name) == 0)
                return &tables[t].acts[i];
    fail_msg("no act is called %s", name);
    return NULL;
}

static uint64_t field_bit(const char *name)
{
    for (uint64_t bit = 1; field_name(bit); bit <<= 1)
        if (strcmp(field_name(bit), name) == 0)
            return bit;
    fail_msg("no field is called %s", name);
    return 0;
}

/* The fields that the options of a command become. */
static uint64_t fields_offered(const struct command *command)
{
    uint64_t offered = 0;
    for (const struct option *option = command->options; option->name; option++)
        if (counter_option_field(option->val))
            offered |= field_bit(counter_option_field(option->val));
    return offered;
}

/* Fields that are said by what stands behind the options. */
#define FIELDS_OF_WORDS                                                                            \
    (FIELD_NUMBER | FIELD_TIME | FIELD_FILE | FIELD_CHANGES | FIELD_NAME | FIELD_KEY |             \
     FIELD_REFERENCE)

static void check_command(const struct command *command)
{
    const struct counter_plain *plain = command->what;
    const struct act *act = find_act(plain->act);
    uint64_t offered = fields_offered(command), said = plain->step ? FIELD_STEP : 0;
    if (offered & ~(act->required | act->optional))
        fail_msg("%s offers an option that the act %s refuses", command->name, act->name);
    if (offered & said)
        fail_msg("%s offers --step, which its name says", command->name);
    if (act->required & ~(offered | said | FIELDS_OF_WORDS))
        fail_msg("%s cannot say what the act %s needs", command->name, act->name);
}

static void no_option_that_the_act_refuses(void **state)
{
    (void)state;
    const struct command *const lists[] = {counter_commands, admin_commands};
    size_t num = 0;
    for (size_t i = 0; i < COUNT_OF(lists); i++)
        for (const struct command *command = lists[i]; command->name; command++)
            if (command->run == run_counter_plain) {
                check_command(command);
                num++;
            }
    assert_true(num >= 19);
}

static bool offers(const struct command *command, int option)
{
    for (const struct option *row = command->options; row->name; row++)
        if (row->val == option)
            return true;
    return false;
}

/* What becomes of the option would be nothing. */
static void no_option_that_does_nothing(void **state)
{
    (void)state;
    for (const struct command *command = counter_commands; command->name; command++) {
        if (command->run == run_counter_open) {
            bool is_way = command->what != NULL;
            assert_int_equal(offers(command, COUNTER_PROCEDURE), !is_way);
            assert_int_equal(offers(command, COUNTER_READER), is_way);
        }
        if (command->run == run_counter_go) {
            bool is_card = command->what == &counter_card;
            assert_int_equal(offers(command, COUNTER_PIN_FD), !is_card);
            assert_int_equal(offers(command, COUNTER_YES),
                             !is_card && command->what != &counter_certificates);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(no_option_that_the_act_refuses),
                                       cmocka_unit_test(no_option_that_does_nothing)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
