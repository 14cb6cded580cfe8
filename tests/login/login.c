#include "check.h"

#include <string.h>

#include "base/encoding.h"
#include "crypto/login_message.h"
#include "crypto/sign.h"
#include "login/login.h"
#include "sample.h"
#include "x509/crl.h"

#define NOW     (SAMPLE_NOW + 3600)
#define ORIGIN  "https://portal.example"
#define SESSION "the session of these tests"
#define SERIAL  0x0705D990

static struct sample authority, signature_authority, other_authority; /* the last has its name */
static struct sample leaf, signature_leaf, other_leaf;
static struct authorities *authorities;
static const uint8_t key[LOGIN_KEY] = "a secret of this site alone";

static struct login_site site;
static struct login_attempt attempt;
static struct login_result result;
static uint8_t nonce[LOGIN_NONCE];
static struct buffer token;

/* The list that the site gets: at most one entry. */
static struct {
    bool is_missing, has_entry;
    int64_t made_at;
    struct crl_entry entry;
} list;

static bool list_next(void *context, struct crl_entry *out)
{
    bool *is_given = context;
    if (*is_given || !list.has_entry)
        return false;
    *is_given = true;
    *out = list.entry;
    return true;
}

static enum err bring_crl(void *context, struct buffer *out, struct fault *fault)
{
    (void)context;
    if (list.is_missing)
        return fault_set(fault, ERR_CLOSED, "test", "nobody answers");
    struct buffer tbs CLEANUP_BUFFER, signature CLEANUP_BUFFER;
    buffer_init(&tbs, 4096);
    buffer_init(&signature, 1024);
    bool is_given = false;
    struct crl_facts facts = {
        .this_update = list.made_at, .next_update = list.made_at + PROFILE_CRL_LIFE, .number = 1};
    assert_ok(
        crl_encode_tbs(&authority.cert, &facts, (struct crl_source){list_next, &is_given}, &tbs));
    sample_sign(&authority, buffer_bytes(&tbs), &signature);
    return crl_assemble(buffer_bytes(&tbs), ALGORITHM_RSA_SHA256, buffer_bytes(&signature), out);
}

static int make_hierarchy(void **state)
{
    (void)state;
    sample_authority(KIND_AUTHENTICATION, &authority);
    sample_authority(KIND_SIGNATURE, &signature_authority);
    sample_authority(KIND_AUTHENTICATION, &other_authority);
    sample_leaf(KIND_AUTHENTICATION, &authority, SERIAL, &leaf);
    sample_leaf(KIND_SIGNATURE, &signature_authority, SERIAL, &signature_leaf);
    sample_leaf(KIND_AUTHENTICATION, &other_authority, SERIAL, &other_leaf);
    assert_ok(authorities_new(&authorities));
    assert_ok(authorities_add(authorities, KIND_AUTHENTICATION, authority.cert.whole, NULL));
    assert_ok(authorities_add(authorities, KIND_SIGNATURE, signature_authority.cert.whole, NULL));
    buffer_init(&token, LOGIN_TOKEN_MAX);
    return 0;
}

static int free_hierarchy(void **state)
{
    (void)state;
    struct sample *const samples[] = {&authority, &signature_authority, &other_authority,
                                      &leaf,      &signature_leaf,      &other_leaf};
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        sample_free(samples[i]);
    authorities_free(authorities);
    buffer_done(&token);
    return 0;
}

/* Makes the token: the signer's signature over origin and nonce, beside a certificate. */
static void make_token(const struct sample *signer, const struct sample *shown, const char *origin)
{
    uint8_t message[LOGIN_SIGNED_LEN];
    login_message(origin, bytes_of(nonce, sizeof nonce), message);
    struct buffer signature CLEANUP_BUFFER;
    buffer_init(&signature, SIGNATURE_MAX);
    sample_sign(signer, bytes_of(message, sizeof message), &signature);
    struct login_token parts = {shown->cert.whole, buffer_bytes(&signature)};
    buffer_cut(&token, 0);
    login_token_encode(&parts, &token);
    attempt.token = buffer_bytes(&token);
}

/* A login that is right in everything; each test spoils one thing. */
static int begin(void **state)
{
    (void)state;
    memset(&list, 0, sizeof list);
    list.made_at = NOW - 60;
    list.entry = (struct crl_entry){.serial = leaf.cert.serial, .revoked_at = NOW - 120};
    site = (struct login_site){.origin = ORIGIN,
                               .pseudonym_key = key,
                               .authorities = authorities,
                               .source = {.crl = bring_crl}};
    if (challenges_new(8, &site.challenges) != ERR_NONE)
        return -1;
    assert_ok(challenge_issue(site.challenges, bytes_of_text(SESSION), NOW - 30, nonce));
    attempt = (struct login_attempt){
        .nonce = bytes_of(nonce, sizeof nonce), .session = bytes_of_text(SESSION), .now = NOW};
    make_token(&leaf, &leaf, ORIGIN);
    return 0;
}

static int end(void **state)
{
    (void)state;
    challenges_free(site.challenges);
    return 0;
}

static void check(const char *answer, const char *reason)
{
    login_check(&site, &attempt, &result);
    assert_string_equal(login_reason_name(&result), reason);
    assert_string_equal(verdict_name(result.answer), answer);
    assert_int_equal(strlen(result.pseudonym),
                     result.answer == VERDICT_VALID ? 2 * CHECK_PSEUDONYM : 0);
    page_saw("S01 S06", "login", result.answer == VERDICT_VALID);
}

static void refuses(const char *reason)
{
    check("invalid", reason);
    assert_string_not_equal(login_reason_sentence(&result, LANGUAGE_EN), "");
    assert_string_not_equal(login_reason_sentence(&result, LANGUAGE_JA), "");
}

/* After any other reason, the right token with the same nonce comes too late. */
static void is_used_up(void)
{
    make_token(&leaf, &leaf, ORIGIN);
    refuses("nonce-used");
}

static void logs_in(void **state)
{
    (void)state;
    check("valid", "good");
    assert_int_equal(result.verdict.source, SOURCE_CRL);
    page_saw("S03", "kind", result.answer == VERDICT_VALID);
}

static void refuses_a_replayed_nonce(void **state)
{
    (void)state;
    check("valid", "good");
    refuses("nonce-used");
}

static void refuses_a_token_for_another_origin(void **state)
{
    (void)state;
    static const char *const origins[] = {"https://evil.example", "https://portal.example:8443",
                                          "http://portal.example", "https://portal.example/",
                                          "https://Portal.example"};
    for (size_t i = 0; i < COUNT_OF(origins); i++) {
        assert_ok(challenge_issue(site.challenges, attempt.session, NOW, nonce));
        make_token(&leaf, &leaf, origins[i]);
        refuses("changed");
        is_used_up();
    }
}

static void refuses_another_session(void **state)
{
    (void)state;
    attempt.session = bytes_of_text("a session of somebody else");
    refuses("nonce-other-session");
    attempt.session = bytes_of_text(SESSION);
    is_used_up();
}

static void refuses_a_late_nonce(void **state)
{
    (void)state;
    attempt.now = NOW - 30 + CHALLENGE_SECONDS + 1;
    refuses("nonce-late");
    is_used_up();
}

static void refuses_an_unknown_nonce(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof nonce; i++)
        nonce[i] ^= 0x5A;
    make_token(&leaf, &leaf, ORIGIN);
    refuses("nonce-unknown");
    attempt.nonce = bytes_of(nonce, 0);
    refuses("nonce-unknown");
}

static void refuses_the_answer_to_another_nonce(void **state)
{
    (void)state;
    uint8_t fresh[LOGIN_NONCE];
    assert_ok(challenge_issue(site.challenges, attempt.session, NOW, fresh));
    attempt.nonce = bytes_of(fresh, sizeof fresh);
    refuses("changed");
}

/* page:S03: its own authority is pinned, its signature is right, its status would be good. */
static void refuses_a_signature_certificate(void **state)
{
    (void)state;
    make_token(&signature_leaf, &signature_leaf, ORIGIN);
    refuses("kind");
    page_saw("S03", "kind", result.answer == VERDICT_VALID);
    is_used_up();
}

static void refuses_the_signature_of_another_key(void **state)
{
    (void)state;
    make_token(&signature_leaf, &leaf, ORIGIN);
    refuses("changed");
    is_used_up();
}

static void refuses_a_changed_token(void **state)
{
    (void)state;
    struct buffer plain CLEANUP_BUFFER;
    buffer_init(&plain, LOGIN_TOKEN_MAX);
    assert_ok(base64_decode(buffer_bytes(&token), &plain));
    plain.data[plain.len - 1] ^= 1; /* the signature's last bit */
    buffer_cut(&token, 0);
    base64_encode(buffer_bytes(&plain), &token);
    attempt.token = buffer_bytes(&token);
    refuses("changed");
}

static void refuses_a_malformed_token(void **state)
{
    (void)state;
    static const char *const bad[] = {"", "====", "AAAAAQ==", "<script>", "AAAAAAAAAAA="};
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        assert_ok(challenge_issue(site.challenges, attempt.session, NOW, nonce));
        attempt.token = bytes_of_text(bad[i]);
        refuses("malformed");
        is_used_up();
    }
}

static void refuses_trailing_bytes(void **state)
{
    (void)state;
    struct buffer plain CLEANUP_BUFFER;
    buffer_init(&plain, LOGIN_TOKEN_MAX);
    assert_ok(base64_decode(buffer_bytes(&token), &plain));
    buffer_put_u8(&plain, 0);
    buffer_cut(&token, 0);
    base64_encode(buffer_bytes(&plain), &token);
    attempt.token = buffer_bytes(&token);
    refuses("malformed");
}

static void refuses_trailing_bytes_in_a_part(void **state)
{
    (void)state;
    struct buffer cert CLEANUP_BUFFER;
    buffer_init(&cert, LOGIN_TOKEN_MAX);
    buffer_put_bytes(&cert, leaf.cert.whole);
    buffer_put_u8(&cert, 0);
    struct sample longer = {.cert.whole = buffer_bytes(&cert)};
    make_token(&leaf, &longer, ORIGIN);
    refuses("malformed");
}

static void refuses_held_and_revoked(void **state)
{
    (void)state;
    static const struct {
        enum crl_reason reason;
        const char *name;
    } rows[] = {{CRL_REASON_HOLD, "lost-or-held"},
                {CRL_REASON_KEY_COMPROMISE, "lost-or-held"},
                {CRL_REASON_SUPERSEDED, "renewed"},
                {CRL_REASON_CESSATION, "ended"}};
    list.has_entry = true;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        list.entry.reason = rows[i].reason;
        assert_ok(challenge_issue(site.challenges, attempt.session, NOW, nonce));
        make_token(&leaf, &leaf, ORIGIN);
        refuses(rows[i].name);
        page_saw("S38", "status-held", result.answer == VERDICT_VALID);
    }
    list.has_entry = false;
    assert_ok(challenge_issue(site.challenges, attempt.session, NOW, nonce));
    make_token(&leaf, &leaf, ORIGIN);
    check("valid", "good");
    page_saw("S38", "status-held", result.answer == VERDICT_VALID);
}

static void at_that_time(int64_t now)
{
    attempt.now = now;
    list.made_at = now - 60;
    assert_ok(challenge_issue(site.challenges, attempt.session, now, nonce));
    make_token(&leaf, &leaf, ORIGIN);
}

static void refuses_before_and_after_its_dates(void **state)
{
    (void)state;
    at_that_time(leaf.cert.not_after);
    check("valid", "good");
    at_that_time(leaf.cert.not_after + 1);
    refuses("ended");
    at_that_time(leaf.cert.not_before - 1);
    refuses("not-yet");
}

/* Promise 5: the same name, the same kind, the same serial; another key. */
static void refuses_an_unknown_authority(void **state)
{
    (void)state;
    make_token(&other_leaf, &other_leaf, ORIGIN);
    refuses("authority");
    is_used_up();
}

static void cannot_tell_without_a_status(void **state)
{
    (void)state;
    list.is_missing = true;
    check("cannot-tell", "no-status");
    is_used_up();
    list.is_missing = false;
    site.source.crl = NULL;
    assert_ok(challenge_issue(site.challenges, attempt.session, NOW, nonce));
    make_token(&leaf, &leaf, ORIGIN);
    check("cannot-tell", "no-status");
}

static void cannot_tell_from_an_old_list(void **state)
{
    (void)state;
    list.made_at = NOW - PROFILE_CRL_LIFE - 3600;
    check("cannot-tell", "status-refused");
}

static bool result_holds(const char *text)
{
    return memmem(&result, sizeof result, text, strlen(text)) != NULL;
}

/* Promise 13 */
static void tells_a_pseudonym_and_nothing_else(void **state)
{
    (void)state;
    static const uint8_t other_key[LOGIN_KEY] = "a secret of another site";
    char first[LOGIN_PSEUDONYM], thumbprint[2 * SHA256_LEN + 1];
    uint8_t digest[SHA256_LEN];
    check("valid", "good");
    memcpy(first, result.pseudonym, sizeof first);
    sha256(leaf.cert.whole, digest);
    assert_string_not_equal(first, hex_print(digest, sizeof digest, thumbprint));
    assert_false(result_holds("0705d990"));
    assert_false(result_holds("0705D990"));
    assert_false(result_holds("31372001A"));
    at_that_time(NOW + 1);
    check("valid", "good");
    assert_string_equal(result.pseudonym, first);
    site.pseudonym_key = other_key;
    at_that_time(NOW + 2);
    check("valid", "good");
    assert_string_not_equal(result.pseudonym, first);
}

#define CASE(function) cmocka_unit_test_setup_teardown(function, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(logs_in),
        CASE(refuses_a_replayed_nonce),
        CASE(refuses_a_token_for_another_origin),
        CASE(refuses_another_session),
        CASE(refuses_a_late_nonce),
        CASE(refuses_an_unknown_nonce),
        CASE(refuses_the_answer_to_another_nonce),
        CASE(refuses_a_signature_certificate),
        CASE(refuses_the_signature_of_another_key),
        CASE(refuses_a_changed_token),
        CASE(refuses_a_malformed_token),
        CASE(refuses_trailing_bytes),
        CASE(refuses_trailing_bytes_in_a_part),
        CASE(refuses_held_and_revoked),
        CASE(refuses_before_and_after_its_dates),
        CASE(refuses_an_unknown_authority),
        CASE(cannot_tell_without_a_status),
        CASE(cannot_tell_from_an_old_list),
        CASE(tells_a_pseudonym_and_nothing_else),
    };
    return cmocka_run_group_tests(tests, make_hierarchy, free_hierarchy);
}
