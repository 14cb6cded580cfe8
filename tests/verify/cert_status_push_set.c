/* The status that a push set gives. */
#include "check.h"

#include <string.h>

#include "question.h"

static enum err ask_set(const struct variant *variant, struct cert_status *out, struct fault *fault)
{
    struct buffer set CLEANUP_BUFFER;
    variant_push_set(variant, &set);
    return cert_status_from_push_set(&question, buffer_bytes(&set), out, fault);
}

static void set_accepted(const struct variant *variant, enum cert_status_answer answer)
{
    struct cert_status status;
    struct fault fault = {0};
    enum err err = ask_set(variant, &status, &fault);
    assert_string_equal(fault.text, "");
    assert_ok(err);
    assert_int_equal(status.answer, answer);
    assert_int_equal(status.source, SOURCE_PUSH_SET);
    assert_int_equal(status.is_bare, answer == CERT_STATUS_REVOKED);
    assert_true(status.this_update == WORLD_NOW + variant->this_update);
    assert_true(status.next_update == WORLD_NOW + variant->next_update);
}

static void set_refused(const struct variant *variant, enum err wanted, const char *rule,
                        const char *text)
{
    struct cert_status status = {.since = 1};
    struct fault fault = {0};
    assert_err(ask_set(variant, &status, &fault), wanted);
    assert_string_equal(fault.rule, rule);
    assert_string_equal(fault.text, text);
    assert_true(status.since == 1);
}

static struct variant right_set(void)
{
    struct variant variant = right();
    variant.next_update = 600;
    return variant;
}

static void reads_what_the_set_says(void **state)
{
    (void)state;
    static const struct {
        enum ocsp_status status;
        enum cert_status_answer answer;
    } rows[] = {{OCSP_STATUS_GOOD, CERT_STATUS_GOOD},
                {OCSP_STATUS_REVOKED, CERT_STATUS_REVOKED},
                {OCSP_STATUS_UNKNOWN, CERT_STATUS_UNKNOWN}};
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct variant variant = right_set();
        variant.status = rows[i].status;
        set_accepted(&variant, rows[i].answer);
    }
    struct variant variant = right_set();
    variant.about = &responder; /* the range ends long before the certificate */
    set_accepted(&variant, CERT_STATUS_UNKNOWN);
}

static void refuses_sets_of_others(void **state)
{
    (void)state;
    static const struct {
        const struct sample *issuer, *shown, *signer;
        const char *rule, *text;
    } rows[] = {
        {&other, &responder, &responder, "authority", "of another authority"},
        {&generation, &of_generation, &of_generation, "authority", "of another authority"},
        {&authority, &foreign, &foreign, "responder",
         "not made by the authority of the certificate"},
        {&authority, &of_generation, &of_generation, "responder",
         "not made by the authority of the certificate"},
        {&authority, &leaf, &leaf, "responder", "not made for OCSP (no OCSPSigning)"},
        {&authority, &authority, &authority, "responder", "not made for OCSP (no OCSPSigning)"},
        {&authority, &no_purpose, &no_purpose, "responder", "not made for OCSP (no OCSPSigning)"},
        {&authority, &no_nocheck, &no_nocheck, "responder",
         "without ocsp-nocheck: its own status is not known"},
        {&authority, &responder, &leaf, "signature", "not the responder's"},
        {&authority, &responder, &authority, "signature", "not the responder's"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct variant variant = right_set();
        variant.issuer = rows[i].issuer;
        variant.shown = rows[i].shown;
        variant.signer = rows[i].signer;
        set_refused(&variant, ERR_DENIED, rows[i].rule, rows[i].text);
    }
}

static void refuses_sets_out_of_their_time(void **state)
{
    (void)state;
    static const struct {
        const struct sample *shown;
        int64_t this_update, next_update;
        const char *rule, *text;
    } rows[] = {
        {&responder, 60, 3600, NULL, NULL},
        {&responder, 61, 3600, "thisUpdate", "in the future"},
        {&responder, -3600, 0, NULL, NULL},
        {&responder, -3600, -1, "nextUpdate", "out of date"},
        {&early, -29, 600, NULL, NULL},
        {&early, -30, 600, "responder", "not valid when the statement was made"},
        {&lapsed, -30, 600, "responder", "not valid when the statement was made"},
        {&lapsed, -60, 600, "signature", "reaches beyond its certificate"},
        {&early, -29, 601, "signature", "reaches beyond its certificate"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct variant variant = right_set();
        variant.shown = rows[i].shown;
        variant.this_update = rows[i].this_update;
        variant.next_update = rows[i].next_update;
        if (rows[i].text)
            set_refused(&variant, ERR_DENIED, rows[i].rule, rows[i].text);
        else
            set_accepted(&variant, CERT_STATUS_GOOD);
    }
}

/* Its certificate may live longer than a set may claim to. */
static void refuses_sets_that_claim_to_live_too_long(void **state)
{
    (void)state;
    struct sample durable;
    struct variant variant = right_set();
    world_responder(profile_get(PROFILE_RESPONDER), &responder, &authority, WORLD_NOW - 600,
                    WORLD_NOW + 9 * 86400, &durable);
    variant.shown = &durable;
    variant.next_update = 86400 - 60;
    set_accepted(&variant, CERT_STATUS_GOOD);
    variant.next_update++;
    set_refused(&variant, ERR_DENIED, "nextUpdate", "claims to live too long");
    sample_free(&durable);
}

/* A set lists without a date: about a moment before it, only that one was good tells anything. */
static void a_later_set_tells_for_and_not_against(void **state)
{
    (void)state;
    struct variant variant = right_set();
    question.at = WORLD_NOW - 60 - 61;
    set_accepted(&variant, CERT_STATUS_GOOD);
    page_saw("S45", "status-later", 1);
    question.kind = KIND_AUTHENTICATION;
    set_refused(&variant, ERR_STATE, "thisUpdate",
                "made after the moment asked about: it may have been held then");
    question.kind = KIND_SIGNATURE;
    variant.status = OCSP_STATUS_REVOKED;
    set_refused(&variant, ERR_STATE, "thisUpdate",
                "made after the moment asked about, and does not say since when");
    page_saw("S45", "status-later", 0);
    question.at = WORLD_NOW - 60;
    set_accepted(&variant, CERT_STATUS_REVOKED);
    question.at = WORLD_NOW;
}

static void refuses_changed_sets(void **state)
{
    (void)state;
    struct buffer set CLEANUP_BUFFER;
    struct variant variant = right_set();
    struct cert_status status;
    variant_push_set(&variant, &set);
    for (size_t i = 0; i < set.len; i++) {
        set.data[i] ^= 1;
        assert_string_not_equal(
            err_name(cert_status_from_push_set(&question, buffer_bytes(&set), &status, NULL)),
            "none");
        set.data[i] ^= 1;
    }
    for (size_t len = 0; len < set.len; len += 7)
        assert_err(cert_status_from_push_set(&question, bytes_of(set.data, len), &status, NULL),
                   ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_set_says),
        cmocka_unit_test(refuses_sets_of_others),
        cmocka_unit_test(refuses_sets_out_of_their_time),
        cmocka_unit_test(refuses_sets_that_claim_to_live_too_long),
        cmocka_unit_test(a_later_set_tells_for_and_not_against),
        cmocka_unit_test(refuses_changed_sets),
    };
    return cmocka_run_group_tests(tests, question_begin, question_end);
}
