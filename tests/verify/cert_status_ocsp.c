/* The status that an OCSP answer gives. */
#include "check.h"

#include <string.h>

#include "question.h"

static enum err ask_ocsp(const struct variant *variant, const char *nonce, struct cert_status *out,
                         struct fault *fault)
{
    struct buffer der CLEANUP_BUFFER;
    variant_ocsp(variant, &der);
    return cert_status_from_ocsp(&question, bytes_of_text(nonce), buffer_bytes(&der), out, fault);
}

static void accepts(const struct variant *variant, enum cert_status_answer answer)
{
    struct cert_status status;
    struct fault fault = {0};
    enum err err = ask_ocsp(variant, "", &status, &fault);
    assert_string_equal(fault.text, "");
    assert_ok(err);
    assert_int_equal(status.answer, answer);
    assert_int_equal(status.source, SOURCE_OCSP);
    assert_true(status.this_update == WORLD_NOW + variant->this_update);
    assert_true(status.next_update == WORLD_NOW + variant->next_update);
}

static void refuses_with(const struct variant *variant, enum err err, const char *rule,
                         const char *text)
{
    struct cert_status status = {.since = 1};
    struct fault fault = {0};
    assert_err(ask_ocsp(variant, "", &status, &fault), err);
    assert_string_equal(fault.rule, rule);
    assert_string_equal(fault.text, text);
    assert_true(status.since == 1);
}

static void refuses(const struct variant *variant, const char *rule, const char *text)
{
    refuses_with(variant, ERR_DENIED, rule, text);
}

/* Sound, but made too late to tell. */
static void tells_nothing(const struct variant *variant, const char *text)
{
    refuses_with(variant, ERR_STATE, "thisUpdate", text);
    page_saw("S45", "status-later", 0);
}

static void reads_what_the_responder_says(void **state)
{
    (void)state;
    struct variant variant = right();
    accepts(&variant, CERT_STATUS_GOOD);
    variant.status = OCSP_STATUS_UNKNOWN;
    accepts(&variant, CERT_STATUS_UNKNOWN);
    variant.status = OCSP_STATUS_REVOKED;
    variant.reason = CRL_REASON_HOLD;
    struct cert_status status;
    assert_ok(ask_ocsp(&variant, "", &status, NULL));
    assert_int_equal(status.answer, CERT_STATUS_REVOKED);
    assert_int_equal(status.reason, CRL_REASON_HOLD);
    assert_true(status.since == WORLD_NOW - 600);
    variant = right();
    variant.beside = true;
    accepts(&variant, CERT_STATUS_GOOD);
}

static void accepts_the_authority_itself(void **state)
{
    (void)state;
    struct variant variant = variant_good(&authority, &authority, &leaf);
    accepts(&variant, CERT_STATUS_GOOD);
    variant.shown = NULL;
    accepts(&variant, CERT_STATUS_GOOD);
    variant.signer = variant.named = &generation; /* the same name, another key */
    refuses(&variant, "responder", "neither the authority nor shown");
    variant.named = &authority;
    refuses(&variant, "signature", "not the authority's");
}

static void refuses_responders_without_the_right(void **state)
{
    (void)state;
    static const struct {
        const struct sample *responder;
        const char *text;
    } rows[] = {
        {&foreign, "not made by the authority of the certificate"},
        {&of_generation, "not made by the authority of the certificate"},
        {&leaf, "not made for OCSP (no OCSPSigning)"},
        {&no_purpose, "not made for OCSP (no OCSPSigning)"},
        {&no_nocheck, "without ocsp-nocheck: its own status is not known"},
        {&lapsed, "not valid when the statement was made"},
        {&early, "not valid when the statement was made"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct variant variant = variant_good(&authority, rows[i].responder, &leaf);
        refuses(&variant, "responder", rows[i].text);
    }
    struct variant variant = right();
    variant.named = &authority;
    refuses(&variant, "responder", "not the responder that the answer names");
    variant = right();
    variant.shown = NULL;
    refuses(&variant, "responder", "neither the authority nor shown");
    variant = right();
    variant.signer = &leaf;
    refuses(&variant, "signature", "not the responder's");
}

static void refuses_changed_answers(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct variant variant = right();
    struct cert_status status;
    variant_ocsp(&variant, &der);
    for (size_t i = 0; i < der.len; i++) {
        der.data[i] ^= 1;
        assert_string_not_equal(err_name(cert_status_from_ocsp(&question, bytes_of(NULL, 0),
                                                               buffer_bytes(&der), &status, NULL)),
                                "none");
        der.data[i] ^= 1;
    }
}

static void holds_the_answer_to_its_question(void **state)
{
    (void)state;
    struct variant variant = right();
    variant.twice = true;
    refuses(&variant, "SingleResponse", "more than one about the certificate");
    variant = right();
    variant.about = &responder; /* another serial */
    refuses(&variant, "SingleResponse", "none about the certificate");
    variant = right();
    variant.issuer = &generation; /* the same name and serial, another key */
    refuses(&variant, "SingleResponse", "none about the certificate");
}

static void holds_the_answer_to_its_nonce(void **state)
{
    (void)state;
    struct variant variant = right();
    struct cert_status status;
    struct fault fault = {0};
    assert_err(ask_ocsp(&variant, "nonce of this day", &status, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "missing");
    variant.nonce = bytes_of_text("nonce of that day");
    assert_err(ask_ocsp(&variant, "nonce of this day", &status, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "not the one that was sent");
    assert_ok(ask_ocsp(&variant, "nonce of that day", &status, &fault));
}

static void holds_the_answer_to_its_times(void **state)
{
    (void)state;
    static const struct {
        int64_t this_update, produced, next_update;
        const char *rule, *text;
    } rows[] = {
        {59, 59, 900, NULL, NULL}, /* within the skew */
        {61, 61, 900, "producedAt", "in the future"},
        {-60, 61, 900, "producedAt", "in the future"},
        {-60, -61, 900, "producedAt", "before thisUpdate"},
        {-60, -30, -31, "producedAt", "after nextUpdate"},
        {-900, -900, 0, NULL, NULL},
        {-900, -900, -1, "nextUpdate", "out of date"},
        {-600, -600, 24 * 3600 - 600, NULL, NULL},
        {-600, -600, 24 * 3600 - 599, "nextUpdate", "claims to live too long"},
        {-60, -60, -60, "nextUpdate", "not after thisUpdate"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct variant variant = right();
        variant.this_update = rows[i].this_update;
        variant.produced = rows[i].produced;
        variant.next_update = rows[i].next_update;
        if (rows[i].text)
            refuses(&variant, rows[i].rule, rows[i].text);
        else
            accepts(&variant, CERT_STATUS_GOOD);
    }
    struct variant variant = right();
    variant.status = OCSP_STATUS_REVOKED;
    variant.revoked = -59;
    refuses(&variant, "revocationTime", "after thisUpdate");
}

/* An answer of today about a moment before: for a signature certificate it tells, since nothing
 * brings one back; an authentication certificate may have been held and released. page:S45 */
static void judges_the_past_by_kind(void **state)
{
    (void)state;
    struct variant variant = right();
    question.at = WORLD_NOW - 1800;
    accepts(&variant, CERT_STATUS_GOOD);
    page_saw("S45", "status-later", 1);
    question.kind = KIND_AUTHENTICATION;
    tells_nothing(&variant, "made after the moment asked about: it may have been held then");
    variant.this_update = -1860;
    variant.produced = -1860;
    accepts(&variant, CERT_STATUS_GOOD);
    question.at = WORLD_NOW;
    question.kind = KIND_SIGNATURE;
    struct cert ended = leaf.cert;
    ended.not_after = WORLD_NOW - 120;
    question.cert = &ended;
    question.at = WORLD_NOW - 300;
    variant = right();
    tells_nothing(&variant, "made after the certificate had ended");
    question.cert = &leaf.cert;
    question.at = WORLD_NOW;
}

/* What has been held or revoked since a moment or longer was so at that moment, for both kinds; an
 * authentication certificate that was so only afterwards may have been held before as well. */
static void a_later_answer_tells_against_and_not_for(void **state)
{
    (void)state;
    static const enum crl_reason reasons[] = {CRL_REASON_HOLD, CRL_REASON_CESSATION};
    for (size_t i = 0; i < 2 * COUNT_OF(reasons); i++) {
        struct variant variant = right();
        question.kind = (enum kind)(i % 2);
        variant.status = OCSP_STATUS_REVOKED;
        variant.reason = reasons[i / 2];
        question.at = WORLD_NOW + variant.revoked; /* the first moment of it */
        accepts(&variant, CERT_STATUS_REVOKED);
        page_saw("S45", "status-later", 1);
        question.at--;
        if (question.kind == KIND_SIGNATURE)
            accepts(&variant, CERT_STATUS_REVOKED);
        else
            tells_nothing(&variant,
                          "made after the moment asked about: it may have been held then");
    }
    question.kind = KIND_SIGNATURE;
    question.at = WORLD_NOW;
}

static void says_that_the_responder_failed(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct cert_status status;
    struct fault fault = {0};
    buffer_init(&der, 64);
    assert_ok(ocsp_encode_error(OCSP_TRY_LATER, &der));
    assert_err(
        cert_status_from_ocsp(&question, bytes_of(NULL, 0), buffer_bytes(&der), &status, &fault),
        ERR_PEER);
    assert_string_equal(fault.text, "the responder answers with error 3");
}

static void asks_about_the_certificate(void **state)
{
    (void)state;
    struct buffer der CLEANUP_BUFFER;
    struct ocsp_request request;
    buffer_init(&der, 4096);
    assert_ok(cert_status_ocsp_request(&question, bytes_of_text("nonce"), &der));
    assert_ok(ocsp_request_parse(buffer_bytes(&der), &request, NULL));
    assert_int_equal(request.num, 1);
    assert_true(bytes_equal(request.ids[0].serial, leaf.cert.serial));
    assert_true(bytes_equal_text(request.nonce, "nonce"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_the_responder_says),
        cmocka_unit_test(accepts_the_authority_itself),
        cmocka_unit_test(refuses_responders_without_the_right),
        cmocka_unit_test(refuses_changed_answers),
        cmocka_unit_test(holds_the_answer_to_its_question),
        cmocka_unit_test(holds_the_answer_to_its_nonce),
        cmocka_unit_test(holds_the_answer_to_its_times),
        cmocka_unit_test(judges_the_past_by_kind),
        cmocka_unit_test(a_later_answer_tells_against_and_not_for),
        cmocka_unit_test(says_that_the_responder_failed),
        cmocka_unit_test(asks_about_the_certificate),
    };
    return cmocka_run_group_tests(tests, question_begin, question_end);
}
