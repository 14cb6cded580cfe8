#include "check.h"

#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "see.h"

static size_t count_rows(struct bytes text)
{
    size_t num = 0;
    bool is_start = true;
    for (size_t i = 0; i < text.len; i++) {
        if (is_start && text.data[i] != '#' && text.data[i] != '\n')
            num++;
        is_start = text.data[i] == '\n';
    }
    return num;
}

/* Every row once (the parser refuses a second), each with the compiled value. */
static void is_delivered_with_the_compiled_values(void **state)
{
    (void)state;
    CLEANUP_BUFFER struct buffer file, read_back, compiled;
    struct fault fault = {0};
    buffer_init(&file, LIMIT_CONFIG_FILE);
    buffer_init(&read_back, LIMIT_CONFIG_FILE);
    buffer_init(&compiled, LIMIT_CONFIG_FILE);
    struct law_policy policy = law_policy_default();
    law_policy_encode(&policy, &compiled);
    assert_ok(file_read(source_path("etc/policy"), &file, &fault));
    assert_ok(law_policy_parse(buffer_bytes(&file), &policy, &fault));
    law_policy_encode(&policy, &read_back);
    assert_string_equal(buffer_text(&read_back), buffer_text(&compiled));
    assert_int_equal(count_rows(buffer_bytes(&file)), count_rows(buffer_bytes(&compiled)));
}

static void changes_what_a_line_names(void **state)
{
    (void)state;
    static const char text[] = "# a town\n"
                               "\n"
                               "renewal-birthdays = 6\n"
                               "window-opens = same-day\n"
                               "pin-letter-and-digit = no\n"
                               "fee-card-stolen = 200\n"
                               "inquiry-days = 14\n"
                               "event.died = revoked/unspecified unchanged void\n"
                               "event.became-ward = held unchanged stopped\n";
    struct law_policy policy = law_policy_default();
    struct fault fault = {0};
    assert_ok(law_policy_parse(bytes_of_text(text), &policy, &fault));
    assert_int_equal(policy.renewal_birthdays, 6);
    assert_int_equal(policy.window_opens, WINDOW_OPENS_SAME_DAY);
    assert_false(policy.pin_letter_and_digit);
    assert_true(policy.signature_within_authentication);
    assert_int_equal(policy.fee_card_stolen, 200);
    assert_int_equal(policy.inquiry_days, 14);
    struct event_facts facts = {.event = EVENT_DIED,
                                .certificate = {CERTIFICATE_GOOD, CERTIFICATE_GOOD},
                                .on = day("2026-11-22")};
    struct event_answer answer = event_decide(&policy, &facts);
    assert_int_equal(answer.certificate[KIND_SIGNATURE].reason, REASON_UNSPECIFIED);
    assert_int_equal(answer.certificate[KIND_AUTHENTICATION].effect, EFFECT_UNCHANGED);
    facts.event = EVENT_BECAME_WARD;
    answer = event_decide(&policy, &facts);
    assert_int_equal(answer.certificate[KIND_SIGNATURE].effect, EFFECT_HELD);
    assert_int_equal(answer.certificate[KIND_SIGNATURE].reason, REASON_CERTIFICATE_HOLD);
    assert_int_equal(answer.card.effect, EFFECT_STOPPED);
}

static void refuses_what_it_does_not_know(void **state)
{
    (void)state;
    static const struct {
        const char *text, *rule, *fault;
    } rows[] = {
        {"renewal-birthdays=6\n", "key = value", "line 1: not of this form"},
        {"renewal-birthdays\n", "key = value", "line 1: not of this form"},
        {" = 6\n", "key = value", "line 1: not of this form"},
        {"renewal-birthdays = \n", "key = value", "line 1: not of this form"},
        {"renewal-birthdays = 6", "line end", "line 1: the last line has no newline"},
        {"# x\nrenewal-birthdays = 7\n", "renewal-birthdays", "line 2: no such value"},
        {"renewal-birthdays = -5\n", "renewal-birthdays", "line 1: no such value"},
        {"renewal-birthdays = 6 \n", "renewal-birthdays", "line 1: no such value"},
        {"renewal-birthdays = 00006\n", "renewal-birthdays", "line 1: no such value"},
        {" renewal-birthdays = 6\n", "known key", "line 1: there is no such key"},
        {"Renewal-birthdays = 6\n", "known key", "line 1: there is no such key"},
        {"renewal = 6\n", "known key", "line 1: there is no such key"},
        {"window-opens = now\n", "window-opens", "line 1: no such value"},
        {"pin-letter-and-digit = true\n", "pin-letter-and-digit", "line 1: no such value"},
        {"fee-disaster = 201\n", "fee-disaster", "line 1: no such value"},
        {"inquiry-days = 30\ninquiry-days = 30\n", "inquiry-days", "line 2: stands there twice"},
        {"event.flood = unchanged unchanged void\n", "known event",
         "line 1: there is no such event"},
        {"event.died = unchanged unchanged\n", "died", "line 1: not three outcomes"},
        {"event.died = unchanged unchanged void void\n", "died", "line 1: not three outcomes"},
        {"event.died = revoked unchanged void\n", "died", "line 1: not three outcomes"},
        {"event.died = unchanged/keyCompromise unchanged void\n", "died",
         "line 1: not three outcomes"},
        {"event.died = revoked/boredom unchanged void\n", "died", "line 1: not three outcomes"},
        {"event.died = ends ends void\nevent.died = ends ends void\n", "died",
         "line 2: stands there twice"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct law_policy policy = law_policy_default(), before = policy;
        struct fault fault = {0};
        assert_err(law_policy_parse(bytes_of_text(rows[i].text), &policy, &fault), ERR_MALFORMED);
        assert_string_equal(fault.rule, rows[i].rule);
        assert_string_equal(fault.text, rows[i].fault);
        assert_memory_equal(&policy, &before, sizeof policy);
    }
}

/* A town decides only where the page is silent, and never against promise 4. */
static void refuses_what_the_page_decides(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "event.moved-within = unchanged unchanged unchanged\n",
        "event.found = released released released\n",
        "event.renamed = revoked/affiliationChanged revoked/affiliationChanged unchanged\n",
        "event.left-abroad-continued = unchanged unchanged unchanged\n",
        "event.left-abroad-continued = held unchanged unchanged\n",
        "event.ward-lifted = unchanged released unchanged\n",
        "event.ward-lifted = unchanged unchanged released\n",
        "event.died = void void void\n",
        "event.died = revoked/certificateHold unchanged void\n",
        "event.died = unchanged unchanged revoked\n",
    };
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct law_policy policy = law_policy_default();
        struct fault fault = {0};
        assert_err(law_policy_parse(bytes_of_text(lines[i]), &policy, &fault), ERR_MALFORMED);
        assert_non_null(strstr(fault.text, "the page"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_delivered_with_the_compiled_values),
        cmocka_unit_test(changes_what_a_line_names),
        cmocka_unit_test(refuses_what_it_does_not_know),
        cmocka_unit_test(refuses_what_the_page_decides),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
