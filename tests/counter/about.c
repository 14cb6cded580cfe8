/* A resident's view of the journal: all that is about them, refused attempts and the views
 * themselves too, nothing of anybody else; by card, or by staff with a purpose. */
#include "town.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#define MINE   1001
#define OTHERS 1002

static struct town_card card;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000013137220340514", false);
    town_card_register(&card);
    town_done("hotline1", "caller-check",
              json_pack("{s:s, s:s}", "name", "北栄花子", "birth_date", "1986-05-14"));
    town_run(town_open(MINE, "new", "holder", "both", "never-set"), &card, NULL);
    town_done("daiei1", "resident-find", json_pack("{s:i}", "resident", OTHERS));
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static json_t *with_purpose(int64_t resident)
{
    return json_pack("{s:I, s:s}", "resident", (json_int_t)resident, "note",
                     "asked at the counter");
}

static const struct counter_answer *view(int64_t resident)
{
    return town_done("daiei1", "journal-about", with_purpose(resident));
}

/* How many entries of the act; NULL: of any. */
static int count(const struct counter_answer *answer, const char *act, const char *outcome)
{
    size_t i;
    json_t *entry;
    int num = 0;
    json_array_foreach (json_object_get(answer->detail, "entries"), i, entry)
        num += (!act || strcmp(json_string_value(json_object_get(entry, "act")), act) == 0) &&
               strcmp(json_string_value(json_object_get(entry, "outcome")), outcome) == 0;
    return num;
}

static void it_has_what_was_done_and_asked(void **state)
{
    (void)state;
    const struct counter_answer *answer = view(MINE);
    assert_int_equal(count(answer, "caller-check", "done"), 1);
    assert_int_equal(count(answer, "application-open", "done"), 1);
    assert_int_equal(count(answer, "issue", "done"), 2);
    assert_int_equal(count(answer, "receipt", "done"), 2);
    json_t *last = json_array_get(json_object_get(answer->detail, "entries"),
                                  json_array_size(json_object_get(answer->detail, "entries")) - 1);
    assert_string_equal(json_string_value(json_object_get(last, "role")), "hotline");
    assert_string_equal(json_string_value(json_object_get(last, "en")),
                        "somebody called about your card");
    assert_null(json_object_get(last, "actor"));
}

static void it_has_nothing_of_others(void **state)
{
    (void)state;
    const struct counter_answer *answer = view(OTHERS);
    assert_int_equal(json_array_size(json_object_get(answer->detail, "entries")), 1);
    assert_int_equal(count(answer, "resident-find", "done"), 1);
    assert_int_equal(json_array_size(json_object_get(view(1003)->detail, "entries")), 0);
}

/* A read by name is about everybody whom it showed. */
static void a_search_is_about_all_that_it_showed(void **state)
{
    (void)state;
    int before = count(view(1005), "resident-find", "done");
    const struct counter_answer *found = town_done("hojo1", "resident-find", json_object());
    assert_true(json_array_size(json_object_get(found->detail, "residents")) > 10);
    assert_int_equal(count(view(1005), "resident-find", "done"), before + 1);
}

static void a_refused_attempt_and_the_view_are_in_it(void **state)
{
    (void)state;
    town_refused("daiei1", "hold-mistaken", json_pack("{s:i}", "resident", MINE), "no-cause");
    town_refused("daiei1", "journal-about", json_pack("{s:i}", "resident", MINE), "no-purpose");
    const struct counter_answer *answer = view(MINE);
    assert_int_equal(count(answer, "hold-mistaken", "no-cause"), 1);
    assert_int_equal(count(answer, "journal-about", "no-purpose"), 1);
    assert_true(count(answer, "journal-about", "done") >= 1);
}

static void it_is_refused_to_others(void **state)
{
    (void)state;
    town_refused("hotline1", "journal-about", with_purpose(MINE), "role");
    town_refused("register1", "journal-about", with_purpose(MINE), "role");
    town_refused("daiei1", "journal-about", json_object(), "whose");
    town_refused("daiei1", "journal-about", with_purpose(999999), "no-resident");
}

static void the_card_shows_its_own(void **state)
{
    (void)state;
    int before = count(view(MINE), "journal-about", "done");
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_card_connect(&card, "daiei1");
    terminal_journal(&card.terminal, &answer);
    assert_int_equal(answer.outcome, COUNTER_DONE);
    assert_int_equal(counter_number(&answer, "resident"), MINE);
    assert_int_equal(count(&answer, "issue", "done"), 2);
    /* the one that counted, and this one by card */
    assert_int_equal(count(view(MINE), "journal-about", "done"), before + 2);
}

/* What the card once said shows nothing a second time, nor beside a resident who is named. */
static void a_statement_counts_once_and_alone(void **state)
{
    (void)state;
    char zeros[2 * 254 + 1], nonce[33];
    memset(zeros, '0', sizeof zeros - 1);
    zeros[sizeof zeros - 1] = '\0';
    snprintf(nonce, sizeof nonce, "%s",
             counter_text(town_done("daiei1", "nonce", json_object()), "nonce"));
    json_t *both = with_purpose(OTHERS);
    json_object_set_new(both, "nonce", json_string(nonce));
    json_object_set_new(both, "statement", json_string(zeros));
    town_refused("daiei1", "journal-about", both, "whose");
    struct counter_answer answer CLEANUP_COUNTER_ANSWER = {0};
    town_ask("daiei1", "journal-about", json_pack("{s:s, s:s}", "nonce", nonce, "statement", zeros),
             &answer);
    assert_int_not_equal(answer.outcome, COUNTER_DONE);
}

static void pages_go_on(void **state)
{
    (void)state;
    json_t *fields = with_purpose(MINE);
    json_object_set_new(fields, "limit", json_integer(2));
    const struct counter_answer *answer = town_done("daiei1", "journal-about", fields);
    json_t *list = json_object_get(answer->detail, "entries");
    assert_int_equal(json_array_size(list), 2);
    assert_true(json_is_true(json_object_get(answer->detail, "more")));
    json_int_t last = json_integer_value(json_object_get(json_array_get(list, 1), "number"));
    fields = with_purpose(MINE);
    json_object_set_new(fields, "after", json_integer(last));
    answer = town_done("daiei1", "journal-about", fields);
    list = json_object_get(answer->detail, "entries");
    assert_true(json_integer_value(json_object_get(json_array_get(list, 0), "number")) < last);
}

static void both_languages(void **state)
{
    (void)state;
    static const struct {
        const char *locale, *says;
    } rows[] = {{"C.UTF-8", "a certificate was issued, by counter"},
                {"ja_JP.UTF-8", "電子証明書の発行"}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        char command[1024];
        snprintf(command, sizeof command,
                 "LC_ALL=%s '%s/jpki' counter journal --socket %s/acts.sock --as daiei1"
                 " --resident 1001 --note asked | grep -q '%s'",
                 rows[i].locale, getenv("JPKI_BUILD"), town_folder, rows[i].says);
        assert_int_equal(system(command), 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_has_what_was_done_and_asked),
        cmocka_unit_test(it_has_nothing_of_others),
        cmocka_unit_test(a_search_is_about_all_that_it_showed),
        cmocka_unit_test(a_refused_attempt_and_the_view_are_in_it),
        cmocka_unit_test(it_is_refused_to_others),
        cmocka_unit_test(the_card_shows_its_own),
        cmocka_unit_test(a_statement_counts_once_and_alone),
        cmocka_unit_test(pages_go_on),
        cmocka_unit_test(both_languages),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
