#include "check.h"

#include "law/notice.h"
#include "law/window.h"
#include "see.h"

/* A good certificate of a resident that ends on 2030-02-17: its window opens on 2029-11-18. */
static struct notice_facts facts(void)
{
    return (struct notice_facts){.state = CERTIFICATE_GOOD,
                                 .until = day("2030-02-17"),
                                 .is_resident = true,
                                 .card = CARD_GOOD,
                                 .card_until = day("2035-02-17")};
}

static enum notice decide(const struct notice_facts *of, const char *on, enum decision decision,
                          const char *code, const char *date)
{
    struct law_policy policy = law_policy_default();
    enum notice which = NOTICE_NONE;
    assert_ruling(see(notice_decide(&policy, of, day(on), &which)), decision, code, date);
    assert_int_equal(which != NOTICE_NONE, decision == DECISION_ALLOWED);
    return which;
}

static void tells_a_month_before(void **state)
{
    (void)state;
    struct notice_facts of = facts();
    static const struct {
        const char *on, *code, *date;
        enum decision decision;
        enum notice notice;
    } rows[] = {
        {"2029-10-17", "too-early", "2029-10-18", DECISION_REFUSED, NOTICE_NONE},
        {"2029-10-18", "opens", "2029-11-18", DECISION_ALLOWED, NOTICE_OPENS},
        {"2030-01-16", "opens", "2029-11-18", DECISION_ALLOWED, NOTICE_OPENS},
        {"2030-01-17", "ends", "2030-02-17", DECISION_ALLOWED, NOTICE_ENDS},
        {"2030-02-17", "ends", "2030-02-17", DECISION_ALLOWED, NOTICE_ENDS},
        {"2030-02-18", "not-good", NULL, DECISION_REFUSED, NOTICE_NONE},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_int_equal(decide(&of, rows[i].on, rows[i].decision, rows[i].code, rows[i].date),
                         rows[i].notice);
}

static void tells_of_the_card_that_ends_first(void **state)
{
    (void)state;
    struct notice_facts of = facts();
    of.card_until = day("2030-02-17"); /* the same day: renewing gains nothing */
    decide(&of, "2029-10-17", DECISION_REFUSED, "too-early", "2029-10-18");
    assert_int_equal(decide(&of, "2029-10-18", DECISION_ALLOWED, "card-ends", "2030-02-17"),
                     NOTICE_CARD_ENDS);
    of.is_sent[NOTICE_CARD_ENDS] = true;
    decide(&of, "2030-01-17", DECISION_REFUSED, "sent", NULL);
    of = facts();
    of.card_until = day("2029-12-31");
    assert_int_equal(decide(&of, "2029-10-18", DECISION_ALLOWED, "card-ends", "2029-12-31"),
                     NOTICE_CARD_ENDS);
    decide(&of, "2030-01-01", DECISION_REFUSED, "card-not-good", NULL);
    of.card_until = day("2030-02-18"); /* a day more is gained */
    decide(&of, "2029-10-18", DECISION_ALLOWED, "opens", "2029-11-18");
    of.card_until = (struct date){0};
    decide(&of, "2029-10-18", DECISION_ALLOWED, "opens", "2029-11-18");
}

static void is_not_sent_to_who_has_no_use_for_it(void **state)
{
    (void)state;
    static const char *const on[] = {"2029-10-18", "2030-01-17"};
    for (size_t i = 0; i < COUNT_OF(on); i++) {
        struct notice_facts of = facts();
        of.is_resident = false;
        decide(&of, on[i], DECISION_REFUSED, "not-resident", NULL);
        of = facts();
        of.has_successor = true;
        decide(&of, on[i], DECISION_REFUSED, "renewed", NULL);
        of.state = CERTIFICATE_REVOKED; /* superseded: said in these words */
        decide(&of, on[i], DECISION_REFUSED, "renewed", NULL);
        static const struct {
            enum certificate_state state;
            const char *code;
        } states[] = {{CERTIFICATE_NONE, "not-good"},
                      {CERTIFICATE_HELD, "held"},
                      {CERTIFICATE_REVOKED, "not-good"},
                      {CERTIFICATE_EXPIRED, "not-good"}};
        for (size_t s = 0; s < COUNT_OF(states); s++) {
            of = facts();
            of.state = states[s].state;
            decide(&of, on[i], DECISION_REFUSED, states[s].code, NULL);
        }
        for (enum card_state card = CARD_STOPPED; card <= CARD_EXPIRED; card++) {
            of = facts();
            of.card = card;
            decide(&of, on[i], DECISION_REFUSED, "card-not-good", NULL);
        }
    }
}

static void is_sent_once(void **state)
{
    (void)state;
    struct notice_facts of = facts();
    of.is_sent[NOTICE_OPENS] = true;
    decide(&of, "2029-10-19", DECISION_REFUSED, "sent", NULL);
    assert_int_equal(decide(&of, "2030-01-17", DECISION_ALLOWED, "ends", "2030-02-17"),
                     NOTICE_ENDS);
    of.is_sent[NOTICE_ENDS] = true;
    decide(&of, "2030-01-18", DECISION_REFUSED, "sent", NULL);
}

/* Of two days in a row: what is due on the later one and was not on the earlier lies between the
 * two answers, and nothing else does. */
static void nobody_falls_between_two_days(void **state)
{
    (void)state;
    struct law_policy policy = law_policy_default();
    static const enum notice notices[] = {NOTICE_OPENS, NOTICE_ENDS};
    for (size_t n = 0; n < COUNT_OF(notices); n++) {
        bool is_end = notices[n] == NOTICE_ENDS;
        struct date before = notice_last_due(&policy, notices[n], day("2027-01-01"));
        for (int i = 1; i < 4 * 366; i++) {
            struct date on = date_add_days(day("2027-01-01"), i);
            struct date last = notice_last_due(&policy, notices[n], on);
            assert_true(date_compare(before, last) <= 0);
            struct date told = is_end ? last : window_opens(&policy, last);
            struct date next = date_add_days(last, 1);
            struct date next_told = is_end ? next : window_opens(&policy, next);
            assert_true(date_compare(date_add_months(told, -NOTICE_MONTHS), on) <= 0);
            assert_true(date_compare(date_add_months(next_told, -NOTICE_MONTHS), on) > 0);
            before = last;
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_a_month_before),
        cmocka_unit_test(tells_of_the_card_that_ends_first),
        cmocka_unit_test(is_not_sent_to_who_has_no_use_for_it),
        cmocka_unit_test(is_sent_once),
        cmocka_unit_test(nobody_falls_between_two_days),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
