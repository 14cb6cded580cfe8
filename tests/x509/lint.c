/* The linter takes what the profiles make and refuses each single departure from them. */
#include "check.h"

#include <string.h>

#include "sample.h"
#include "x509/lint.h"

static struct sample authorities[NUM_KINDS], leaves[NUM_KINDS], responder;

static int make_samples(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        sample_authority(kind, &authorities[kind]);
        sample_leaf(kind, &authorities[kind], 16, &leaves[kind]);
    }
    sample_responder(KIND_SIGNATURE, &authorities[KIND_SIGNATURE], 17, &responder);
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        sample_free(&authorities[kind]);
        sample_free(&leaves[kind]);
    }
    sample_free(&responder);
    return 0;
}

static const enum profile_id ids[NUM_KINDS] = {PROFILE_SIGNATURE, PROFILE_AUTHENTICATION};

static void assert_lint(struct bytes tbs, enum profile_id id, const struct cert *issuer,
                        const char *complaint)
{
    struct fault fault = {0};
    enum err err = lint_cert(tbs, id, &sample_site, issuer, &fault);
    assert_string_equal(fault.text, complaint);
    assert_int_equal(err == ERR_NONE, *complaint == '\0');
}

static void accepts_what_the_profiles_make(void **state)
{
    (void)state;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        assert_lint(authorities[kind].cert.tbs, PROFILE_AUTHORITY, NULL, "");
        assert_lint(leaves[kind].cert.tbs, ids[kind], &authorities[kind].cert, "");
    }
    assert_lint(responder.cert.tbs, PROFILE_RESPONDER, &authorities[KIND_SIGNATURE].cert, "");
}

/* page:S03 — never one for the other's purpose. */
static void refuses_one_kind_as_the_other(void **state)
{
    (void)state;
    const struct cert *signature = &authorities[KIND_SIGNATURE].cert;
    const struct cert *authentication = &authorities[KIND_AUTHENTICATION].cert;
    assert_lint(leaves[KIND_SIGNATURE].cert.tbs, PROFILE_AUTHENTICATION, signature,
                "the subject has not 2 attributes");
    assert_lint(leaves[KIND_AUTHENTICATION].cert.tbs, PROFILE_SIGNATURE, authentication,
                "the subject has not 4 attributes");
    assert_lint(leaves[KIND_SIGNATURE].cert.tbs, PROFILE_SIGNATURE, authentication,
                "the issuer is another than the authority that signs");
    assert_lint(leaves[KIND_SIGNATURE].cert.tbs, PROFILE_RESPONDER, signature,
                "valid for 1502 days");
    assert_lint(authentication->tbs, PROFILE_SIGNATURE, authentication, "valid for 3652 days");
}

static void refuses_an_authority_of_the_same_name(void **state)
{
    (void)state;
    struct sample generation;
    sample_authority(KIND_SIGNATURE, &generation);
    assert_lint(leaves[KIND_SIGNATURE].cert.tbs, PROFILE_SIGNATURE, &generation.cert,
                "authorityKeyIdentifier is not the key that signs");
    sample_free(&generation);
}

/* Each row changes one fact of an otherwise right certificate. */
static void wrong_serial(struct cert_facts *facts)
{
    facts->serial = UINT64_C(1) << 32;
}
static void wrong_length(struct cert_facts *facts)
{
    facts->not_after = facts->not_before + INT64_C(86400) * 2300;
}
static void wrong_last_second(struct cert_facts *facts)
{
    facts->not_after -= 1;
}
static void wrong_start(struct cert_facts *facts)
{
    facts->not_before = SAMPLE_NOW - 10 * 86400;
}
static void wrong_subject(struct cert_facts *facts)
{
    static const struct name_part parts[] = {{OID_COUNTRY, DER_PRINTABLE_STRING, "JP"},
                                             {OID_LOCALITY, DER_UTF8_STRING, "Tottori-ken"},
                                             {OID_LOCALITY, DER_UTF8_STRING, "Hokuei-cho"},
                                             {OID_COMMON_NAME, DER_UTF8_STRING, "Taro Mihon"}};
    static struct buffer name = {.cap = 1024};
    buffer_done(&name);
    name_encode(parts, COUNT_OF(parts), &name);
    facts->subject = buffer_bytes(&name);
}
static void wrong_country(struct cert_facts *facts)
{
    static const struct name_part parts[] = {
        {OID_COUNTRY, DER_PRINTABLE_STRING, "KR"},
        {OID_LOCALITY, DER_UTF8_STRING, "Tottori-ken"},
        {OID_LOCALITY, DER_UTF8_STRING, "Hokuei-cho"},
        {OID_COMMON_NAME, DER_UTF8_STRING, "2026112210020300016313720010A"}};
    static struct buffer name = {.cap = 1024};
    buffer_done(&name);
    name_encode(parts, COUNT_OF(parts), &name);
    facts->subject = buffer_bytes(&name);
}
static void wrong_key(struct cert_facts *facts)
{
    static struct buffer spki = {.cap = 1024};
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    buffer_done(&spki);
    assert_ok(private_key_generate(KEY_P384, 0, &key));
    assert_ok(private_key_spki(key, &spki));
    facts->spki = buffer_bytes(&spki);
}
static void wrong_own_key(struct cert_facts *facts)
{
    facts->spki = authorities[KIND_SIGNATURE].cert.spki;
}
static struct basic_four changed;
static void wrong_flags(struct cert_facts *facts)
{
    changed = sample_basic_four;
    changed.name_flags = bytes_of_text("0000");
    facts->basic_four = &changed;
}
static void wrong_flag(struct cert_facts *facts)
{
    changed = sample_basic_four;
    changed.name_flags = bytes_of_text("00x00");
    facts->basic_four = &changed;
}
static void wrong_sex(struct cert_facts *facts)
{
    changed = sample_basic_four;
    changed.sex = bytes_of_text("0");
    facts->basic_four = &changed;
}
static void wrong_birth_date(struct cert_facts *facts)
{
    changed = sample_basic_four;
    changed.birth_date = bytes_of_text("419901301");
    facts->basic_four = &changed;
}
static void wrong_selector(struct cert_facts *facts)
{
    changed = sample_basic_four;
    changed.name = bytes_of_text("葛󠄀　太郎");
    facts->basic_four = &changed;
}
static void wrong_point(struct cert_facts *facts)
{
    facts->crl_point = authorities[KIND_SIGNATURE].cert.subject;
}

static const struct {
    void (*change)(struct cert_facts *facts);
    const char *complaint;
} changes[] = {
    {wrong_serial, "the serial number has 5 bytes"},
    {wrong_length, "valid for 2300 days"},
    {wrong_last_second, "it does not end with a day in Japan"},
    {wrong_start, "valid beyond its authority"},
    {wrong_subject, "the common name is not of its shape"},
    {wrong_country, "the subject is not of Japan"},
    {wrong_key, "the key is of another type or length (384 bits)"},
    {wrong_own_key, "the key is the authority's own"},
    {wrong_flags, "the name: 4 flags for 5 characters"},
    {wrong_flag, "the name: a flag is neither 0 nor 1"},
    {wrong_sex, "the sex is none of 1, 2, 3"},
    {wrong_birth_date, "the birth date is not EYYYYMMDD"},
    {wrong_selector, "the name has the character U+E0100"},
    {wrong_point, "the CRL point has not 6 attributes"},
};

static void refuses_each_wrong_fact(void **state)
{
    (void)state;
    const struct cert *issuer = &authorities[KIND_SIGNATURE].cert;
    for (size_t i = 0; i < COUNT_OF(changes); i++) {
        struct buffer tbs CLEANUP_BUFFER, point CLEANUP_BUFFER;
        struct cert_facts facts;
        buffer_init(&tbs, 8192);
        buffer_init(&point, 1024);
        sample_leaf_facts(KIND_SIGNATURE, 16, &leaves[KIND_SIGNATURE], &point, &facts);
        changes[i].change(&facts);
        assert_ok(
            cert_encode_tbs(profile_get(PROFILE_SIGNATURE), &sample_site, issuer, &facts, &tbs));
        assert_lint(buffer_bytes(&tbs), PROFILE_SIGNATURE, issuer, changes[i].complaint);
    }
}

static void accepts_a_birth_date_that_is_not_known(void **state)
{
    (void)state;
    static const char *const dates[] = {"000000000", "400000000", "319550000", "319550200",
                                        "419890107", "508240831", "319900102", "31955020"};
    for (size_t i = 0; i < COUNT_OF(dates); i++) {
        struct basic_four four = sample_basic_four;
        struct fault fault = {0};
        four.birth_date = bytes_of_text(dates[i]);
        enum err err = basic_four_check(&four, &fault);
        assert_err(err, i < 5 ? ERR_NONE : ERR_MALFORMED);
    }
}

/* The facts are right and the bytes are not: another site's policy, and rows that differ by one
 * extension. */
static void refuses_other_bytes(void **state)
{
    (void)state;
    const struct cert *issuer = &authorities[KIND_SIGNATURE].cert;
    struct profile_site other = sample_site;
    struct fault fault = {0};
    strcpy(other.policy[KIND_SIGNATURE], "1.2.3.4");
    assert_err(
        lint_cert(leaves[KIND_SIGNATURE].cert.tbs, PROFILE_SIGNATURE, &other, issuer, &fault),
        ERR_DENIED);
    assert_string_equal(fault.text,
                        "the same facts are written in other bytes by this profile and site");
    uint8_t room[8192];
    struct bytes tbs = leaves[KIND_SIGNATURE].cert.tbs;
    memcpy(room, tbs.data, tbs.len);
    uint8_t *usage = memmem(room, tbs.len, "\x03\x02\x06\xC0", 4);
    usage[3] = 0x40;
    assert_lint(bytes_of(room, tbs.len), PROFILE_SIGNATURE, issuer, "keyUsage is 4000");
    usage[3] = 0xC0;
    uint8_t *name = memmem(room, tbs.len, "\x55\x1D\x11", 3);
    uint8_t *issuer_name = memmem(room, tbs.len, "\x55\x1D\x12", 3);
    uint8_t *last = memmem(room, tbs.len, "\x55\x1D\x0E", 3);
    assert_true(name && issuer_name && last);
    issuer_name[2] = 0x7E;
    assert_lint(bytes_of(room, tbs.len), PROFILE_SIGNATURE, issuer,
                "extension 3 is unknown where issuerAltName belongs");
}

/* Rows that differ from the real one by a single flag, or in their order. */
static void refuses_another_row(void **state)
{
    (void)state;
    const struct cert *issuer = &authorities[KIND_SIGNATURE].cert;
    struct profile rows[3] = {*profile_get(PROFILE_SIGNATURE), *profile_get(PROFILE_SIGNATURE),
                              *profile_get(PROFILE_SIGNATURE)};
    static const char *const complaints[3] = {
        "certificatePolicies is not critical", "6 extensions where 7 belong",
        "extension 6 is subjectKeyIdentifier where authorityKeyIdentifier belongs"};
    rows[0].extensions[3].critical = false;
    rows[1].num_extensions = 6;
    rows[2].extensions[5].oid = OID_SUBJECT_KEY_ID;
    rows[2].extensions[6].oid = OID_AUTHORITY_KEY_ID;
    for (size_t i = 0; i < COUNT_OF(rows); i++) {
        struct buffer tbs CLEANUP_BUFFER, point CLEANUP_BUFFER;
        struct cert_facts facts;
        buffer_init(&tbs, 8192);
        buffer_init(&point, 1024);
        sample_leaf_facts(KIND_SIGNATURE, 16, &leaves[KIND_SIGNATURE], &point, &facts);
        assert_ok(cert_encode_tbs(&rows[i], &sample_site, issuer, &facts, &tbs));
        assert_lint(buffer_bytes(&tbs), PROFILE_SIGNATURE, issuer, complaints[i]);
    }
}

static void refuses_bytes_that_are_no_certificate(void **state)
{
    (void)state;
    struct fault fault = {.input = "frame"};
    assert_err(lint_cert(bytes_of("\x30\x00", 2), PROFILE_SIGNATURE, &sample_site,
                         &authorities[KIND_SIGNATURE].cert, &fault),
               ERR_MALFORMED);
    assert_string_equal(fault.text, "an element is missing");
    assert_err(lint_cert(authorities[0].cert.tbs, PROFILE_AUTHORITY, &sample_site,
                         &authorities[0].cert, &fault),
               ERR_USAGE);
}

/* ---- lists and answers ---- */

struct pair {
    unsigned given;
    uint8_t serials[2];
    int64_t revoked_at;
};

static bool next_of_pair(void *context, struct crl_entry *out)
{
    struct pair *pair = context;
    if (pair->given == 2)
        return false;
    *out = (struct crl_entry){bytes_of(&pair->serials[pair->given++], 1), pair->revoked_at,
                              CRL_REASON_HOLD};
    return true;
}

static void assert_crl(struct pair pair, struct crl_facts facts, const struct cert *issuer,
                       const char *complaint)
{
    struct buffer tbs CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&tbs, 8192);
    assert_ok(crl_encode_tbs(&authorities[KIND_SIGNATURE].cert, &facts,
                             (struct crl_source){next_of_pair, &pair}, &tbs));
    enum err err = lint_crl(buffer_bytes(&tbs), issuer, &fault);
    assert_string_equal(fault.text, complaint);
    assert_int_equal(err == ERR_NONE, *complaint == '\0');
}

static void holds_a_list_against_its_profile(void **state)
{
    (void)state;
    const struct cert *issuer = &authorities[KIND_SIGNATURE].cert;
    struct crl_facts facts = {SAMPLE_NOW, SAMPLE_NOW + PROFILE_CRL_LIFE, 3, {NULL, 0}};
    struct pair pair = {0, {16, 17}, SAMPLE_NOW};
    assert_crl(pair, facts, issuer, "");
    facts.issuing_point = leaves[KIND_SIGNATURE].cert.crl_point;
    assert_crl(pair, facts, issuer, "");
    facts.issuing_point = leaves[KIND_AUTHENTICATION].cert.crl_point;
    assert_crl(pair, facts, issuer, "the distribution point has another OU");
    facts.issuing_point = issuer->subject;
    assert_crl(pair, facts, issuer, "the distribution point has not 6 attributes");
    facts.issuing_point = leaves[KIND_SIGNATURE].cert.crl_point;
    assert_crl(pair, facts, &authorities[KIND_AUTHENTICATION].cert,
               "the issuer is another than the authority that signs");
    assert_crl((struct pair){0, {17, 16}, SAMPLE_NOW}, facts, issuer,
               "the serial numbers do not rise at 16");
    assert_crl((struct pair){0, {16, 16}, SAMPLE_NOW}, facts, issuer,
               "the serial numbers do not rise at 16");
    assert_crl((struct pair){0, {16, 17}, SAMPLE_NOW + 1}, facts, issuer,
               "16 is revoked after thisUpdate");
    facts.number = 0;
    assert_crl(pair, facts, issuer, "cRLNumber is missing, zero or above 64 bits");
    facts.number = 1;
    facts.next_update += 1;
    assert_crl(pair, facts, issuer, "nextUpdate is not 48 hours after thisUpdate");
}

/* A reason that is written although it is the default: the same facts, other bytes. */
static void refuses_other_bytes_of_a_list(void **state)
{
    (void)state;
    const struct cert *issuer = &authorities[KIND_SIGNATURE].cert;
    const struct crl_facts facts = {SAMPLE_NOW, SAMPLE_NOW + PROFILE_CRL_LIFE, 3, {NULL, 0}};
    struct pair pair = {0, {16, 17}, SAMPLE_NOW};
    struct buffer tbs CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&tbs, 8192);
    assert_ok(crl_encode_tbs(issuer, &facts, (struct crl_source){next_of_pair, &pair}, &tbs));
    uint8_t *reason = memmem(tbs.data, tbs.len, "\x0A\x01\x06", 3);
    assert_non_null(reason);
    reason[2] = 0;
    assert_err(lint_crl(buffer_bytes(&tbs), issuer, &fault), ERR_DENIED);
    assert_string_equal(fault.text, "the same facts are written in other bytes by this profile");
}

static void assert_ocsp(struct ocsp_facts facts, const char *complaint)
{
    struct buffer tbs CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&tbs, 8192);
    assert_ok(ocsp_encode_tbs(&facts, &tbs));
    enum err err = lint_ocsp(buffer_bytes(&tbs), &responder.cert, &fault);
    assert_string_equal(fault.text, complaint);
    assert_int_equal(err == ERR_NONE, *complaint == '\0');
}

static void holds_an_answer_against_its_profile(void **state)
{
    (void)state;
    struct bytes digest = bytes_of(responder.key_id, 20);
    struct ocsp_single single = {{ALGORITHM_SHA1, digest, digest, bytes_of("\x10", 1), {NULL, 0}},
                                 OCSP_STATUS_GOOD,
                                 0,
                                 CRL_REASON_UNSPECIFIED,
                                 SAMPLE_NOW,
                                 SAMPLE_NOW + PROFILE_OCSP_LIFE};
    struct ocsp_facts facts = {digest, SAMPLE_NOW, &single, 1, {NULL, 0}};
    assert_ocsp(facts, "");
    single.next_update++;
    assert_ocsp(facts, "an answer lives more than 15 minutes");
    single.next_update--;
    facts.produced_at--;
    assert_ocsp(facts, "made outside of the responder's validity");
    facts.produced_at = SAMPLE_NOW + 5;
    single.this_update = SAMPLE_NOW + 6;
    assert_ocsp(facts, "thisUpdate lies after producedAt");
    single.this_update = SAMPLE_NOW;
    single.status = OCSP_STATUS_REVOKED;
    single.revoked_at = SAMPLE_NOW + 6;
    assert_ocsp(facts, "revoked after producedAt");
    facts.responder_key_id = bytes_of(authorities[0].key_id, 20);
    assert_ocsp(facts, "the responder is another than the one that signs");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_what_the_profiles_make),
        cmocka_unit_test(refuses_one_kind_as_the_other),
        cmocka_unit_test(refuses_an_authority_of_the_same_name),
        cmocka_unit_test(refuses_each_wrong_fact),
        cmocka_unit_test(accepts_a_birth_date_that_is_not_known),
        cmocka_unit_test(refuses_other_bytes),
        cmocka_unit_test(refuses_another_row),
        cmocka_unit_test(refuses_bytes_that_are_no_certificate),
        cmocka_unit_test(holds_a_list_against_its_profile),
        cmocka_unit_test(refuses_other_bytes_of_a_list),
        cmocka_unit_test(holds_an_answer_against_its_profile),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
