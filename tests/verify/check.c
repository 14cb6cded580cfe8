#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"
#include "crypto/login_message.h"
#include "crypto/mac.h"
#include "crypto/sign.h"
#include "verify/check.h"
#include "world.h"

#define ORIGIN "https://portal.example"

/* One of each kind, and a leaf of an authority that nobody trusts. */
static struct sample authority[NUM_KINDS], responder[NUM_KINDS], leaf[NUM_KINDS];
static struct sample stranger, leaf_of_stranger;
static struct authorities *authorities;

static int make_samples(void **state)
{
    (void)state;
    assert_ok(authorities_new(&authorities));
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        sample_authority((enum kind)kind, &authority[kind]);
        sample_responder((enum kind)kind, &authority[kind], 9, &responder[kind]);
        sample_leaf((enum kind)kind, &authority[kind], 0x0705D990, &leaf[kind]);
        assert_ok(authorities_add(authorities, (enum kind)kind, authority[kind].cert.whole, NULL));
    }
    sample_authority(KIND_SIGNATURE, &stranger);
    sample_leaf(KIND_SIGNATURE, &stranger, 0x0705D990, &leaf_of_stranger);
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        sample_free(&authority[kind]);
        sample_free(&responder[kind]);
        sample_free(&leaf[kind]);
    }
    sample_free(&stranger);
    sample_free(&leaf_of_stranger);
    authorities_free(authorities);
    return 0;
}

/* A responder and a publisher of lists, inside the test. */
struct town {
    struct variant ocsp, crl, push_set;
    bool ocsp_fails, crl_fails, forgets_nonce;
    int num_ocsp, num_crl, num_push_set;
    char address[128];
};

static enum err answer_ocsp(void *context, const char *address, struct bytes request,
                            struct buffer *out, struct fault *fault)
{
    struct town *town = context;
    struct ocsp_request read;
    struct buffer der CLEANUP_BUFFER = {0};
    town->num_ocsp++;
    snprintf(town->address, sizeof town->address, "%s", address);
    if (town->ocsp_fails)
        return fault_set(fault, ERR_CLOSED, "HTTP", "nobody answers");
    assert_ok(ocsp_request_parse(request, &read, NULL));
    struct variant variant = town->ocsp;
    if (!town->forgets_nonce)
        variant.nonce = read.nonce;
    variant_ocsp(&variant, &der);
    buffer_put_bytes(out, buffer_bytes(&der));
    return buffer_check(out);
}

static enum err give_crl(void *context, struct buffer *out, struct fault *fault)
{
    struct town *town = context;
    struct buffer der CLEANUP_BUFFER = {0};
    town->num_crl++;
    if (town->crl_fails)
        return fault_set(fault, ERR_NOT_FOUND, "open", "no such file");
    variant_crl(&town->crl, &der);
    buffer_put_bytes(out, buffer_bytes(&der));
    return buffer_check(out);
}

static enum err give_push_set(void *context, struct buffer *out, struct fault *fault)
{
    struct town *town = context;
    struct buffer set CLEANUP_BUFFER = {0};
    (void)fault;
    town->num_push_set++;
    variant_push_set(&town->push_set, &set);
    buffer_put_bytes(out, buffer_bytes(&set));
    return buffer_check(out);
}

static struct town town_of(enum kind kind)
{
    return (struct town){
        .ocsp = variant_good(&authority[kind], &responder[kind], &leaf[kind]),
        .crl = variant_good(&authority[kind], &authority[kind], &leaf[kind]),
        .push_set = variant_good(&authority[kind], &responder[kind], &leaf[kind]),
    };
}

static struct check check_of(enum kind kind, struct town *town)
{
    return (struct check){
        .authorities = authorities,
        .kind = kind,
        .at = WORLD_NOW,
        .now = WORLD_NOW,
        .source = {.ocsp = answer_ocsp, .crl = give_crl, .context = town},
    };
}

static void assert_verdict(const struct verdict *verdict, enum verdict_reason reason)
{
    assert_string_equal(verdict_reason_name(verdict->reason), verdict_reason_name(reason));
    struct verdict wanted;
    verdict_set(&wanted, reason);
    assert_int_equal(verdict->answer, wanted.answer);
    /* promise 13: nothing that a verdict says has the serial in it */
    char text[512];
    assert_null(strcasestr(fault_print(&verdict->fault, text, sizeof text), "705d990"));
}

static void says_valid(void **state)
{
    (void)state;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        struct town town = town_of((enum kind)kind);
        struct check check = check_of((enum kind)kind, &town);
        struct verdict verdict;
        check_cert(&check, leaf[kind].cert.whole, &verdict);
        assert_verdict(&verdict, REASON_GOOD);
        assert_int_equal(verdict.source, SOURCE_OCSP);
        assert_true(verdict.source_time == WORLD_NOW - 60);
        assert_true(verdict.source_until == WORLD_NOW + 840);
        assert_false(verdict.is_revoked_or_held);
        assert_int_equal(town.num_crl, 0);
        /* the signature kind says no address (profile.md 1.2); the other does */
        assert_int_equal(town.address[0] != '\0', kind == KIND_AUTHENTICATION);
        page_saw("S01 S03", "verify", 1);
    }
}

static void groups_the_reasons(void **state)
{
    (void)state;
    static const struct {
        enum crl_reason reason;
        enum verdict_reason wanted;
    } rows[] = {
        {CRL_REASON_UNSPECIFIED, REASON_ENDED},
        {CRL_REASON_KEY_COMPROMISE, REASON_LOST_OR_HELD},
        {CRL_REASON_CA_COMPROMISE, REASON_AUTHORITY},
        {CRL_REASON_AFFILIATION_CHANGED, REASON_DATA_CHANGED},
        {CRL_REASON_SUPERSEDED, REASON_RENEWED},
        {CRL_REASON_CESSATION, REASON_ENDED},
        {CRL_REASON_HOLD, REASON_LOST_OR_HELD},
        {CRL_REASON_PRIVILEGE_WITHDRAWN, REASON_ENDED},
    };
    for (size_t i = 0; i < 2 * COUNT_OF(rows); i++) {
        struct town town = town_of(KIND_SIGNATURE);
        struct check check = check_of(KIND_SIGNATURE, &town);
        struct verdict verdict;
        bool by_list = i % 2;
        town.ocsp_fails = by_list;
        town.ocsp.status = town.crl.status = OCSP_STATUS_REVOKED;
        town.ocsp.reason = town.crl.reason = rows[i / 2].reason;
        check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
        assert_verdict(&verdict, rows[i / 2].wanted);
        assert_int_equal(verdict.source, by_list ? SOURCE_CRL : SOURCE_OCSP);
        assert_true(verdict.is_revoked_or_held && verdict.since == WORLD_NOW - 600);
        page_saw("S01", "verify", 0);
    }
}

/* What was signed before the revocation stays signed. The moment asked about decides. */
static void judges_the_moment_asked_about(void **state)
{
    (void)state;
    struct town town = town_of(KIND_SIGNATURE);
    struct check check = check_of(KIND_SIGNATURE, &town);
    struct verdict verdict;
    town.ocsp.status = OCSP_STATUS_REVOKED;
    town.ocsp.reason = CRL_REASON_HOLD;
    check.at = WORLD_NOW - 601;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_GOOD);
    assert_true(verdict.is_revoked_or_held && verdict.since == WORLD_NOW - 600);
    check.at = WORLD_NOW - 600;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_LOST_OR_HELD);
    check.at = leaf[KIND_SIGNATURE].cert.not_before - 1;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_NOT_YET);
    check.at = leaf[KIND_SIGNATURE].cert.not_after + 1;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_ENDED);
    assert_int_equal(verdict.source, SOURCE_NONE);
}

/* A hold that was released: the authentication certificate is good again, its OCSP answer and list
 * of today do not show the interval; an old list of before or within does. page:S45 */
static void cannot_tell_within_a_released_hold(void **state)
{
    (void)state;
    struct town town = town_of(KIND_AUTHENTICATION);
    struct check check = check_of(KIND_AUTHENTICATION, &town);
    struct verdict verdict;
    struct bytes cert = leaf[KIND_AUTHENTICATION].cert.whole;
    check.at = WORLD_NOW - 1200;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_STATUS_LATER);
    assert_int_equal(verdict.source, SOURCE_NONE);
    page_saw("S45", "status-later", 0);
    town.crl.this_update = -1500; /* before the hold: nothing after it is told */
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_GOOD);
    assert_int_equal(verdict.source, SOURCE_CRL);
    town.crl.this_update = -1300; /* within */
    town.crl.status = OCSP_STATUS_REVOKED;
    town.crl.reason = CRL_REASON_HOLD;
    town.crl.revoked = -1400;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_LOST_OR_HELD);
    town = town_of(KIND_AUTHENTICATION); /* held to this day */
    town.ocsp.status = OCSP_STATUS_REVOKED;
    town.ocsp.reason = CRL_REASON_HOLD;
    town.ocsp.revoked = -1200;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_LOST_OR_HELD);
    page_saw("S45", "status-later", 1);
}

/* page:S03 promise 5 */
static void never_takes_one_kind_for_the_other(void **state)
{
    (void)state;
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        struct town town = town_of((enum kind)kind);
        struct check check = check_of((enum kind)(1 - kind), &town);
        struct verdict verdict;
        check_cert(&check, leaf[kind].cert.whole, &verdict);
        assert_verdict(&verdict, REASON_KIND);
        assert_int_equal(town.num_ocsp + town.num_crl, 0);
        page_saw("S01 S03", "verify", 0);
    }
    struct town town = town_of(KIND_SIGNATURE);
    struct check check = check_of(KIND_SIGNATURE, &town);
    struct verdict verdict;
    check_cert(&check, authority[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_KIND);
    check_cert(&check, responder[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_KIND);
}

static void trusts_only_what_is_pinned(void **state)
{
    (void)state;
    struct town town = town_of(KIND_SIGNATURE);
    struct check check = check_of(KIND_SIGNATURE, &town);
    struct verdict verdict;
    check_cert(&check, leaf_of_stranger.cert.whole, &verdict);
    assert_verdict(&verdict, REASON_AUTHORITY);
    check_cert(&check, bytes_of_text("no certificate"), &verdict);
    assert_verdict(&verdict, REASON_MALFORMED);
    assert_int_equal(town.num_ocsp + town.num_crl, 0);
}

static void cannot_tell_without_a_status(void **state)
{
    (void)state;
    struct town town = town_of(KIND_SIGNATURE);
    struct check check = check_of(KIND_SIGNATURE, &town);
    struct verdict verdict;
    struct bytes cert = leaf[KIND_SIGNATURE].cert.whole;
    town.ocsp_fails = town.crl_fails = true;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_NO_STATUS);
    assert_int_equal(verdict.source, SOURCE_NONE);
    check.source = (struct check_source){0};
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_NO_STATUS);
    check = check_of(KIND_SIGNATURE, &town);
    town = town_of(KIND_SIGNATURE);
    town.ocsp.status = OCSP_STATUS_UNKNOWN;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_STATUS_UNKNOWN);
    assert_int_equal(town.num_crl, 0); /* a list would not know that it was never issued */
}

static void cannot_tell_by_what_it_cannot_trust(void **state)
{
    (void)state;
    struct town town = town_of(KIND_SIGNATURE);
    struct check check = check_of(KIND_SIGNATURE, &town);
    struct verdict verdict;
    struct bytes cert = leaf[KIND_SIGNATURE].cert.whole;
    town.forgets_nonce = true; /* an old answer, played again */
    town.crl_fails = true;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_STATUS_REFUSED);
    assert_string_equal(verdict.fault.rule, "nonce");
    town.crl_fails = false;
    town.crl.next_update = -1;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_STATUS_REFUSED);
    town.crl.next_update = 3600;
    check_cert(&check, cert, &verdict);
    assert_verdict(&verdict, REASON_GOOD);
    assert_int_equal(verdict.source, SOURCE_CRL);
}

/* A relying party that asks nobody: the push set alone. */
static void checks_by_a_push_set_alone(void **state)
{
    (void)state;
    static const struct {
        enum ocsp_status status;
        int64_t next_update;
        enum verdict_reason wanted;
        enum status_source source;
    } rows[] = {
        {OCSP_STATUS_GOOD, 840, REASON_GOOD, SOURCE_PUSH_SET},
        {OCSP_STATUS_REVOKED, 840, REASON_REVOKED_OR_HELD, SOURCE_PUSH_SET},
        {OCSP_STATUS_UNKNOWN, 840, REASON_STATUS_UNKNOWN, SOURCE_PUSH_SET},
        {OCSP_STATUS_GOOD, -1, REASON_STATUS_REFUSED, SOURCE_NONE}, /* stale */
    };
    for (size_t i = 0; i < NUM_KINDS * COUNT_OF(rows); i++) {
        enum kind kind = (enum kind)(i % NUM_KINDS);
        struct town town = town_of(kind);
        struct check check = check_of(kind, &town);
        struct verdict verdict;
        check.source = (struct check_source){.push_set = give_push_set, .context = &town};
        town.push_set.status = rows[i / NUM_KINDS].status;
        town.push_set.next_update = rows[i / NUM_KINDS].next_update;
        check_cert(&check, leaf[kind].cert.whole, &verdict);
        assert_verdict(&verdict, rows[i / NUM_KINDS].wanted);
        assert_int_equal(verdict.source, rows[i / NUM_KINDS].source);
        assert_false(verdict.has_since);
    }
}

/* What says more is asked first. */
static void asks_the_push_set_last(void **state)
{
    (void)state;
    struct town town = town_of(KIND_SIGNATURE);
    struct check check = check_of(KIND_SIGNATURE, &town);
    struct verdict verdict;
    check.source.push_set = give_push_set;
    town.push_set.status = OCSP_STATUS_REVOKED;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_GOOD);
    town.ocsp_fails = true;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_GOOD);
    assert_int_equal(town.num_push_set, 0);
    town.crl_fails = true;
    check_cert(&check, leaf[KIND_SIGNATURE].cert.whole, &verdict);
    assert_verdict(&verdict, REASON_REVOKED_OR_HELD);
}

static void make_login(const struct sample *signer, const struct sample *shown, const char *origin,
                       struct bytes nonce, struct buffer *signature, struct login_token *token)
{
    uint8_t message[LOGIN_SIGNED_LEN];
    login_message(origin, nonce, message);
    buffer_init(signature, SIGNATURE_MAX);
    sample_sign(signer, bytes_of(message, sizeof message), signature);
    *token = (struct login_token){shown->cert.whole, buffer_bytes(signature)};
}

static void checks_a_login(void **state)
{
    (void)state;
    const struct sample *of_login = &leaf[KIND_AUTHENTICATION],
                        *of_signature = &leaf[KIND_SIGNATURE];
    const struct {
        const struct sample *signer, *shown;
        const char *origin, *nonce;
        enum verdict_reason wanted;
    } rows[] = {
        {of_login, of_login, ORIGIN, "nonce 1", REASON_GOOD},
        {of_login, of_login, "https://portal.example.evil", "nonce 1", REASON_CHANGED},
        {of_login, of_login, ORIGIN, "nonce 2", REASON_CHANGED},
        {of_signature, of_login, ORIGIN, "nonce 1", REASON_CHANGED},
        {of_signature, of_signature, ORIGIN, "nonce 1", REASON_KIND},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct town town = town_of(KIND_AUTHENTICATION);
        struct check check = check_of(KIND_AUTHENTICATION, &town);
        struct buffer signature CLEANUP_BUFFER;
        struct login_token token;
        struct verdict verdict;
        make_login(rows[i].signer, rows[i].shown, rows[i].origin, bytes_of_text(rows[i].nonce),
                   &signature, &token);
        check_login(&check, &token, ORIGIN, bytes_of_text("nonce 1"), &verdict);
        assert_verdict(&verdict, rows[i].wanted);
        page_saw("S03 S06", "verify", verdict.answer == VERDICT_VALID);
    }
}

/* S04: a document, signed with either kind; only one is a signature. */
static void checks_a_document(void **state)
{
    (void)state;
    static const enum verdict_reason wanted[NUM_KINDS] = {REASON_GOOD, REASON_KIND};
    for (int kind = 0; kind < NUM_KINDS; kind++) {
        struct town town = town_of((enum kind)kind);
        struct check check = check_of(KIND_SIGNATURE, &town);
        uint8_t content_hash[32], cert_hash[32];
        sha256(bytes_of_text("document"), content_hash);
        sha256(leaf[kind].cert.whole, cert_hash);
        struct buffer attributes CLEANUP_BUFFER, signed_bytes CLEANUP_BUFFER, der CLEANUP_BUFFER;
        buffer_init(&attributes, 4096);
        buffer_init(&signed_bytes, 1024);
        buffer_init(&der, LIMIT_CMS_DETACHED);
        struct cms_facts facts = {.signer = &leaf[kind].cert,
                                  .signer_sha256 = bytes_of(cert_hash, 32),
                                  .content_sha256 = bytes_of(content_hash, 32),
                                  .signing_time = WORLD_NOW};
        assert_ok(cms_encode_attributes(&facts, &attributes));
        sample_sign(&leaf[kind], buffer_bytes(&attributes), &signed_bytes);
        assert_ok(cms_assemble(&facts, buffer_bytes(&attributes), ALGORITHM_RSA_SHA256,
                               buffer_bytes(&signed_bytes), NULL, &der));
        static const char *const contents[] = {"document", "dokument"};
        for (size_t i = 0; i < COUNT_OF(contents); i++) {
            struct signature signature CLEANUP_SIGNATURE = {0};
            struct verdict verdict;
            assert_ok(signature_begin(buffer_bytes(&der), &signature, NULL));
            assert_ok(signature_content(&signature, bytes_of_text(contents[i])));
            check_signature(&check, &signature, &verdict);
            assert_verdict(&verdict, i == 0 ? wanted[kind] : REASON_CHANGED);
            page_saw("S01 S03 S04", "verify", verdict.answer == VERDICT_VALID);
        }
    }
}

static void knows_residents_by_pseudonyms(void **state)
{
    (void)state;
    uint8_t one[CHECK_PSEUDONYM], other[CHECK_PSEUDONYM];
    struct bytes cert = leaf[KIND_AUTHENTICATION].cert.whole;
    assert_ok(check_pseudonym(bytes_of_text("key of a site"), cert, one));
    assert_ok(check_pseudonym(bytes_of_text("key of a site"), cert, other));
    assert_memory_equal(one, other, sizeof one);
    assert_ok(check_pseudonym(bytes_of_text("key of another"), cert, other));
    assert_memory_not_equal(one, other, sizeof one);
    assert_ok(
        check_pseudonym(bytes_of_text("key of a site"), leaf[KIND_SIGNATURE].cert.whole, other));
    assert_memory_not_equal(one, other, sizeof one);
    /* as docs/PROTOCOL.login, section 8, writes it */
    uint8_t input[16 + 32], wanted[32];
    memcpy(input, "JPKI pseudonym 1", 16);
    sha256(cert, input + 16);
    assert_ok(mac_sha256(bytes_of_text("key of a site"), bytes_of(input, sizeof input), wanted));
    assert_memory_equal(one, wanted, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_valid),
        cmocka_unit_test(groups_the_reasons),
        cmocka_unit_test(judges_the_moment_asked_about),
        cmocka_unit_test(cannot_tell_within_a_released_hold),
        cmocka_unit_test(never_takes_one_kind_for_the_other),
        cmocka_unit_test(trusts_only_what_is_pinned),
        cmocka_unit_test(cannot_tell_without_a_status),
        cmocka_unit_test(cannot_tell_by_what_it_cannot_trust),
        cmocka_unit_test(checks_by_a_push_set_alone),
        cmocka_unit_test(asks_the_push_set_last),
        cmocka_unit_test(checks_a_login),
        cmocka_unit_test(checks_a_document),
        cmocka_unit_test(knows_residents_by_pseudonyms),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
