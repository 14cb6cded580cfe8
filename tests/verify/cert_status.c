#include "check.h"

#include <string.h>

#include "world.h"

static struct sample authority, generation, other; /* the second has the first one's name */
static struct sample leaf, responder;
static struct sample foreign, lapsed, early, no_purpose, no_nocheck, of_generation;
static struct authorities *authorities;
static struct cert_status_question question;

static struct profile responder_without(enum oid oid)
{
    struct profile profile = *profile_get(PROFILE_RESPONDER);
    size_t num = 0;
    for (size_t i = 0; i < profile.num_extensions; i++)
        if (profile.extensions[i].oid != oid)
            profile.extensions[num++] = profile.extensions[i];
    assert_int_equal(num + 1, profile.num_extensions);
    profile.num_extensions = num;
    return profile;
}

static int make_samples(void **state)
{
    (void)state;
    const struct profile *right = profile_get(PROFILE_RESPONDER);
    struct profile purposeless = responder_without(OID_EXTENDED_KEY_USAGE);
    struct profile checkable = responder_without(OID_OCSP_NOCHECK);
    int64_t from = WORLD_NOW - 600, to = WORLD_NOW + 600;
    sample_authority(KIND_SIGNATURE, &authority);
    sample_authority(KIND_SIGNATURE, &generation);
    sample_authority(KIND_AUTHENTICATION, &other);
    sample_leaf(KIND_SIGNATURE, &authority, 0x0705D990, &leaf);
    sample_responder(KIND_SIGNATURE, &authority, 9, &responder);
    world_responder(right, &responder, &other, from, to, &foreign);
    world_responder(right, &responder, &generation, from, to, &of_generation);
    world_responder(right, &responder, &authority, from, WORLD_NOW - 31, &lapsed);
    world_responder(right, &responder, &authority, WORLD_NOW - 29, to, &early);
    world_responder(&purposeless, &responder, &authority, from, to, &no_purpose);
    world_responder(&checkable, &responder, &authority, from, to, &no_nocheck);
    assert_ok(authorities_new(&authorities));
    assert_ok(authorities_add(authorities, KIND_SIGNATURE, authority.cert.whole, NULL));
    question = (struct cert_status_question){
        .cert = &leaf.cert, .kind = KIND_SIGNATURE, .at = WORLD_NOW, .now = WORLD_NOW};
    assert_ok(authorities_find(authorities, KIND_SIGNATURE, &leaf.cert, &question.authority, NULL));
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    struct sample *const samples[] = {&authority,  &generation, &other,        &leaf,
                                      &responder,  &foreign,    &lapsed,       &early,
                                      &no_purpose, &no_nocheck, &of_generation};
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        sample_free(samples[i]);
    authorities_free(authorities);
    return 0;
}

static struct variant right(void)
{
    return variant_good(&authority, &responder, &leaf);
}

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

/* ---- lists ---- */

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

/* ---- push sets ---- */

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
        cmocka_unit_test(reads_what_the_list_says),
        cmocka_unit_test(refuses_lists_of_others),
        cmocka_unit_test(refuses_lists_out_of_their_time),
        cmocka_unit_test(refuses_lists_that_contradict_themselves),
        cmocka_unit_test(reads_what_the_set_says),
        cmocka_unit_test(refuses_sets_of_others),
        cmocka_unit_test(refuses_sets_out_of_their_time),
        cmocka_unit_test(refuses_sets_that_claim_to_live_too_long),
        cmocka_unit_test(a_later_set_tells_for_and_not_against),
        cmocka_unit_test(refuses_changed_sets),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
