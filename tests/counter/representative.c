/* What a legal representative does at the counter for a child or an adult ward, and what nobody
 * does for them. page:S15 page:S16 page:S20 */
#include "town.h"

#include <string.h>

#define CHILD   1010 /* 7 years; the register shows the mother */
#define WARD    1014 /* the register shows no guardian */
#define FIFTEEN 1008 /* since this day; the register still shows the father */

static struct town_card card;

static int begin(void **state)
{
    town_begin(state);
    town_card_make(&card, "0003720000000103137220290408", false);
    town_card_register(&card);
    return 0;
}

static int finish(void **state)
{
    town_card_done(&card);
    return town_end(state);
}

static json_t *request(int resident, const char *procedure, const char *applicant,
                       const char *kinds)
{
    return json_pack("{s:i, s:s, s:s, s:s*, s:s}", "resident", resident, "procedure", procedure,
                     "applicant", applicant, "kinds", kinds, "pin",
                     strcmp(procedure, "new") == 0 ? "never-set" : "forgotten");
}

static void finishes(const char *procedure, struct town_card *with)
{
    const struct counter_answer *answer =
        town_done("daiei1", "application-open",
                  request(CHILD, procedure, "legal-representative", "authentication"));
    json_t *why = json_object_get(answer->detail, "reason");
    page_saw(json_string_value(json_object_get(why, "statements")), "procedure-representative", 1);
    answer = town_run(counter_number(answer, "number"), with, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    assert_string_equal(counter_text(answer, "applicant"), "legal-representative");
    assert_int_equal(counter_number(answer, "fee"), 0);
}

static bool asks_for_standing(int resident)
{
    bool is_asked = false;
    size_t i;
    json_t *paper;
    const struct counter_answer *answer =
        town_done("daiei1", "application-open",
                  request(resident, "new", "legal-representative", "authentication"));
    int64_t number = counter_number(answer, "number");
    json_array_foreach (json_object_get(answer->detail, "papers"), i, paper)
        is_asked |= strcmp(json_string_value(json_object_get(paper, "paper")), "standing") == 0;
    town_done("daiei1", "application-close",
              json_pack("{s:I, s:s}", "number", (json_int_t)number, "note", "only asked"));
    return is_asked;
}

static void proves_its_standing_unless_the_register_shows_it(void **state)
{
    (void)state;
    assert_false(asks_for_standing(CHILD));
    assert_true(asks_for_standing(WARD));
}

static void has_the_authentication_certificate_issued(void **state)
{
    (void)state;
    finishes("new", &card);
    assert_int_equal(town_count(KIND_AUTHENTICATION, CHILD, STATUS_GOOD), 1);
    for (int i = STATUS_RESERVED; i <= STATUS_REVOKED; i++)
        assert_int_equal(town_count(KIND_SIGNATURE, CHILD, (enum status_state)i), 0);
    page_saw("S16", "eligibility", 1);
}

static enum err try_pin(const char *pin)
{
    struct card_session session CLEANUP_CARD_SESSION = {0};
    struct secret secret CLEANUP_SECRET = {0};
    uint8_t tries;
    assert_ok(secret_set(&secret, bytes_of_text(pin)));
    assert_ok(card_session_begin(&card.channel, &session, NULL));
    return card_verify_pin(&session, KIND_AUTHENTICATION, &secret, &tries, NULL);
}

static void resets_the_pin(void **state)
{
    (void)state;
    while (try_pin("0000") == ERR_PIN)
        ;
    assert_err(try_pin("1234"), ERR_LOCKED);
    snprintf(card.pins[KIND_AUTHENTICATION], sizeof card.pins[0], "5678");
    secret_done(&card.terminal.pins[KIND_AUTHENTICATION]);
    finishes("pin-reset", &card);
    assert_err(try_pin("1234"), ERR_PIN);
    assert_ok(try_pin("5678"));
}

static void reports_the_loss_and_has_the_found_card_released(void **state)
{
    (void)state;
    finishes("loss-report", NULL);
    assert_int_equal(town_count(KIND_AUTHENTICATION, CHILD, STATUS_HELD), 1);
    finishes("release", &card);
    assert_int_equal(town_count(KIND_AUTHENTICATION, CHILD, STATUS_GOOD), 1);
}

/* Every way in which a certificate or a PIN could come to somebody whom the page does not name. */
static void nobody_else_and_nothing_more(void **state)
{
    (void)state;
    static const struct {
        int resident;
        const char *procedure, *applicant, *kinds, *code;
    } rows[] = {
        {CHILD, "new", "legal-representative", "signature", "no-signature-certificate"},
        {CHILD, "new", "legal-representative", "both", "no-signature-certificate"},
        {CHILD, "renewal", "legal-representative", "signature", "no-signature-certificate"},
        {CHILD, "pin-reset", "legal-representative", "signature", "no-signature-certificate"},
        {CHILD, "release", "legal-representative", "both", "no-signature-certificate"},
        {WARD, "new", "legal-representative", "signature", "no-signature-certificate"},
        {CHILD, "new", "holder", "authentication", "needs-legal-representative"},
        {CHILD, "pin-reset", "holder", "authentication", "needs-legal-representative"},
        {CHILD, "release", "holder", "authentication", "needs-legal-representative"},
        {CHILD, "revoke", "holder", "authentication", "needs-legal-representative"},
        {WARD, "new", "holder", "authentication", "needs-legal-representative"},
        {CHILD, "new", "proxy", "authentication", "needs-legal-representative"},
        {CHILD, "pin-reset", "proxy", "authentication", "needs-legal-representative"},
        {CHILD, "revoke", "proxy", "authentication", "needs-legal-representative"},
        {CHILD, "new", "other", "authentication", "only-a-hold"},
        {FIFTEEN, "new", "legal-representative", "authentication", "not-represented"},
        {FIFTEEN, "new", "legal-representative", "signature", "not-represented"},
        {FIFTEEN, "pin-reset", "legal-representative", "authentication", "not-represented"},
        {FIFTEEN, "revoke", "legal-representative", "authentication", "not-represented"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        town_refused("daiei1", "application-open",
                     request(rows[i].resident, rows[i].procedure, rows[i].applicant, rows[i].kinds),
                     rows[i].code);
        page_saw("S16 S20", "procedure-representative", 0);
    }
    assert_int_equal(town_count(KIND_AUTHENTICATION, CHILD, STATUS_GOOD), 1);
}

/* S15's "in principle": asked again at the issue, the two officers' word is still known. */
static void has_a_signature_certificate_by_way_of_exception(void **state)
{
    (void)state;
    json_t *fields = request(CHILD, "new", "legal-representative", "signature");
    json_object_set_new(fields, "note", json_string("order of the family court"));
    int64_t parked = counter_number(town_done("daiei1", "exception-open", fields), "parked");
    const struct counter_answer *answer =
        town_done("hojo1", "approve", json_pack("{s:I}", "number", (json_int_t)parked));
    answer = town_run(counter_number(answer, "number"), &card, NULL);
    assert_string_equal(counter_text(answer, "state"), "finished");
    assert_int_equal(town_count(KIND_SIGNATURE, CHILD, STATUS_GOOD), 1);
    page_saw("S15", "exception", 1);
    town_refused("daiei1", "exception-open",
                 request(CHILD, "new", "legal-representative", "signature"), "no-basis");
    page_saw("S15", "exception", 0);
}

static void acts_alone_from_15_on(void **state)
{
    (void)state;
    town_done("daiei1", "application-open", request(FIFTEEN, "new", "holder", "both"));
    page_saw("S15 S16", "eligibility", 1);
}

static void has_it_revoked(void **state)
{
    (void)state;
    int64_t serial = town_certificate(KIND_AUTHENTICATION, CHILD, STATUS_GOOD).serial;
    finishes("revoke", NULL);
    assert_int_equal(town_map(KIND_AUTHENTICATION, serial).state, STATUS_REVOKED);
}

static json_t *next_step(int64_t number)
{
    const struct counter_answer *answer =
        town_done("daiei1", "application-show", json_pack("{s:I}", "number", (json_int_t)number));
    json_t *next = json_object_get(answer->detail, "next");
    return json_pack("{s:I, s:O, s:O}", "number", (json_int_t)number, "step",
                     json_object_get(next, "step"), "visit", json_object_get(next, "visit"));
}

/* page:S27 rule:procedure-proxy */
static void a_proxy_comes_on_another_day(void **state)
{
    (void)state;
    int64_t number = town_open(1001, "new", "proxy", "authentication", "never-set");
    json_t *step = next_step(number);
    while (json_integer_value(json_object_get(step, "visit")) == 1) {
        json_object_del(step, "visit");
        town_done("daiei1", "step", step);
        step = next_step(number);
    }
    json_object_del(step, "visit");
    town_refused("daiei1", "step", json_incref(step), "same-day");
    page_saw("S27", "procedure-proxy", 0);
    town_clock("2026-12-01T14:59:59Z"); /* one second before midnight in Japan */
    town_refused("daiei1", "step", json_incref(step), "same-day");
    town_clock("2026-12-01T15:00:00Z");
    town_done("daiei1", "step", step);
    page_saw("S27", "procedure-proxy", 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(proves_its_standing_unless_the_register_shows_it),
        cmocka_unit_test(has_the_authentication_certificate_issued),
        cmocka_unit_test(resets_the_pin),
        cmocka_unit_test(reports_the_loss_and_has_the_found_card_released),
        cmocka_unit_test(nobody_else_and_nothing_more),
        cmocka_unit_test(has_a_signature_certificate_by_way_of_exception),
        cmocka_unit_test(acts_alone_from_15_on),
        cmocka_unit_test(has_it_revoked),
        cmocka_unit_test(a_proxy_comes_on_another_day),
    };
    return cmocka_run_group_tests(tests, begin, finish);
}
