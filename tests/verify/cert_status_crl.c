/* The status that a list gives. */
#include "check.h"

#include <string.h>

#include "question.h"

static enum err ask_crl(const struct variant *variant, struct cert_status *out, struct fault *fault)
{
    struct buffer der CLEANUP_BUFFER;
    variant_crl(variant, &der);
    return cert_status_from_crl(&question, buffer_bytes(&der), out, fault);
}

static void list_accepted(const struct variant *variant, enum cert_status_answer answer)
{
    struct cert_status status;
    struct fault fault = {0};
    enum err err = ask_crl(variant, &status, &fault);
    assert_string_equal(fault.text, "");
    assert_ok(err);
    assert_int_equal(status.answer, answer);
    assert_int_equal(status.source, SOURCE_CRL);
}

static void list_refused(const struct variant *variant, const char *rule, const char *text)
{
    struct cert_status status = {.since = 1};
    struct fault fault = {0};
    assert_err(ask_crl(variant, &status, &fault), ERR_DENIED);
    assert_string_equal(fault.rule, rule);
    assert_string_equal(fault.text, text);
    assert_true(status.since == 1);
}

static struct variant right_list(void)
{
    struct variant variant = variant_good(&authority, &authority, &leaf);
    variant.next_update = 48 * 3600;
    return variant;
}

static void reads_what_the_list_says(void **state)
{
    (void)state;
    struct variant variant = right_list();
    list_accepted(&variant, CERT_STATUS_GOOD);
    variant.point = leaf.cert.crl_point;
    list_accepted(&variant, CERT_STATUS_GOOD);
    variant.status = OCSP_STATUS_REVOKED;
    variant.reason = CRL_REASON_AFFILIATION_CHANGED;
    struct cert_status status;
    assert_ok(ask_crl(&variant, &status, NULL));
    assert_int_equal(status.answer, CERT_STATUS_REVOKED);
    assert_int_equal(status.reason, CRL_REASON_AFFILIATION_CHANGED);
    assert_true(status.since == WORLD_NOW - 600);
}

static void refuses_lists_of_others(void **state)
{
    (void)state;
    static const char rule[] = "RFC 5280 6.3.3";
    struct variant variant = right_list();
    variant.signer = variant.issuer = &other;
    list_refused(&variant, rule, "of another authority");
    variant.signer = variant.issuer = &generation;
    list_refused(&variant, rule, "of another key of the authority");
    variant = right_list();
    variant.signer = &generation;
    list_refused(&variant, rule, "not signed by the authority");
    variant = right_list();
    variant.point = authority.cert.subject;
    list_refused(&variant, rule, "of another distribution point");
}

static void refuses_lists_out_of_their_time(void **state)
{
    (void)state;
    static const struct {
        int64_t this_update, next_update;
        const char *rule, *text;
    } rows[] = {
        {60, 3600, NULL, NULL},
        {61, 3600, "thisUpdate", "in the future"},
        {-3600, 0, NULL, NULL},
        {-3600, -1, "nextUpdate", "out of date"},
        {-60, 7 * 86400 - 60, NULL, NULL},
        {-60, 7 * 86400 - 59, "nextUpdate", "claims to live too long"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct variant variant = right_list();
        variant.this_update = rows[i].this_update;
        variant.next_update = rows[i].next_update;
        if (rows[i].text)
            list_refused(&variant, rows[i].rule, rows[i].text);
        else
            list_accepted(&variant, CERT_STATUS_GOOD);
    }
    struct variant variant = right_list();
    variant.status = OCSP_STATUS_REVOKED;
    variant.revoked = -59;
    list_refused(&variant, "revocationDate", "after thisUpdate");
}

static void refuses_lists_that_contradict_themselves(void **state)
{
    (void)state;
    struct variant variant = right_list();
    variant.status = OCSP_STATUS_REVOKED;
    variant.twice = true;
    struct buffer der CLEANUP_BUFFER;
    struct cert_status status;
    variant_crl(&variant, &der);
    assert_string_not_equal(
        err_name(cert_status_from_crl(&question, buffer_bytes(&der), &status, NULL)), "none");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_list_says),
        cmocka_unit_test(refuses_lists_of_others),
        cmocka_unit_test(refuses_lists_out_of_their_time),
        cmocka_unit_test(refuses_lists_that_contradict_themselves),
    };
    return cmocka_run_group_tests(tests, question_begin, question_end);
}
