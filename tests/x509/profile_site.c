#include "check.h"

#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "sample.h"
#include "x509/lint.h"

#define DELIVERED  "etc/profile"
#define LIKE_JLIS  "etc/profile-jpki-test"
#define J_LIS_TEST "1.2.392.200149.8.5.1.0.20"

static void is_delivered_with_the_compiled_values(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER = source_read(DELIVERED);
    struct profile_site site;
    struct fault fault = {0};
    assert_ok(profile_site_parse(buffer_bytes(&text), &site, &fault));
    assert_memory_equal(&site, profile_site_default(), sizeof site);
    assert_null(strstr(buffer_text(&text), J_LIS_TEST));
}

static void names_the_numbers_of_j_lis_for_their_test_organization_alone(void **state)
{
    (void)state;
    struct buffer text CLEANUP_BUFFER = source_read(LIKE_JLIS);
    struct profile_site site;
    struct fault fault = {0};
    assert_ok(profile_site_parse(buffer_bytes(&text), &site, &fault));
    assert_string_equal(site.organization, "JPKI-TEST");
    assert_string_equal(site.policy[KIND_SIGNATURE], J_LIS_TEST);
    memcpy(strstr(buffer_text(&text), "= JPKI-TEST") + 2, "JPKI-TOWN", 9);
    assert_err(profile_site_parse(buffer_bytes(&text), &site, &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, "policy-signature");
    assert_string_equal(fault.text, "line 17: J-LIS's number, and not JPKI-TEST");
}

/* The delivered file with one line in the place of another. */
static void assert_refused(const char *key, const char *line, const char *rule, const char *text)
{
    struct buffer file CLEANUP_BUFFER = source_read(DELIVERED), changed CLEANUP_BUFFER;
    struct profile_site site = {.cps = "untouched"};
    struct fault fault = {0};
    char begin[64];
    buffer_init(&changed, LIMIT_CONFIG_FILE);
    snprintf(begin, sizeof begin, "\n%s = ", key);
    const char *start = buffer_text(&file), *at = strstr(start, begin);
    assert_non_null(at);
    buffer_put(&changed, start, (size_t)(at + 1 - start));
    buffer_put_text(&changed, line);
    buffer_put_text(&changed, strchr(at + 1, '\n') + 1);
    assert_err(profile_site_parse(buffer_bytes(&changed), &site, &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, rule);
    assert_string_equal(fault.text, text);
    assert_string_equal(site.cps, "untouched");
}

#define LONG64 "0123456789012345678901234567890123456789012345678901234567890123"

static void refuses_what_is_no_profile(void **state)
{
    (void)state;
    static const struct {
        const char *key, *line, *rule, *text;
    } rows[] = {
        {"agency", "", "agency", "line 25: the file ends without this key"},
        {"agency", "agency=x\n", "key = value", "line 11: not of this form"},
        {"agency", "agent = x\n", "known key", "line 11: there is no such key"},
        {"agency", "cps = http://a\n", "cps", "line 22: stands there twice"},
        {"agency", "agency = " LONG64 "4\n", "agency", "line 11: not 1 to 64 characters of UTF-8"},
        {"agency", "agency = \xC3\x28\n", "agency", "line 11: not 1 to 64 characters of UTF-8"},
        {"agency", "agency = a\tb\n", "agency", "line 11: a hidden or control character"},
        {"agency",
         "agency = a\xE2\x80\xAE"
         "b\n",
         "agency", "line 11: a hidden or control character"},
        {"organization", "organization = JPKI\n", "organization",
         "line 8: that is the real service"},
        {"ocsp", "ocsp = https://a/\n", "ocsp", "line 23: not an address that begins with http://"},
        {"ocsp", "ocsp = http://\n", "ocsp", "line 23: not an address that begins with http://"},
        {"ocsp", "ocsp = http://a b\n", "ocsp",
         "line 23: a blank, or a character outside of ASCII"},
        {"cps", "cps = http://\xE5\x8C\x97\n", "cps",
         "line 22: a blank, or a character outside of ASCII"},
        {"cps", "cps = http://" LONG64 LONG64 LONG64 "\n", "cps", "line 22: too long"},
        {"policy-signature", "policy-signature = 2.25.x\n", "policy-signature",
         "line 18: not an OID in dotted digits"},
        {"policy-signature", "policy-signature = 1.2.392.200149.8.5.1.1.20\n", "policy-signature",
         "line 18: J-LIS's number, and not JPKI-TEST"},
        {"algorithm", "algorithm = p-384\n", "algorithm", "line 26: neither rsa-2048 nor p-256"},
        {"policy-authentication", "policy-authentication = 3.1\n", "policy-authentication",
         "line 19: not an OID in dotted digits"},
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        assert_refused(rows[i].key, rows[i].line, rows[i].rule, rows[i].text);
}

static enum err lint_by(const struct sample *sample, enum profile_id id,
                        const struct profile_site *site, const struct cert *issuer,
                        struct fault *fault)
{
    return lint_cert(sample->cert.tbs, id, site, issuer, fault);
}

/* What one profile makes, the linter accepts for it and refuses for the other. */
static void is_what_the_linter_goes_by(void **state)
{
    (void)state;
    static const enum profile_id ids[NUM_KINDS] = {PROFILE_SIGNATURE, PROFILE_AUTHENTICATION};
    const char *const files[] = {DELIVERED, LIKE_JLIS};
    struct profile_site sites[2];
    for (size_t i = 0; i < 2; i++) {
        sample_site_read(files[1 - i]);
        sites[1 - i] = sample_site;
        sample_site_read(files[i]);
        sites[i] = sample_site;
        for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
            struct sample authority, leaf;
            struct fault fault = {0};
            sample_authority(kind, &authority);
            sample_leaf(kind, &authority, 16, &leaf);
            assert_ok(lint_by(&leaf, ids[kind], &sites[i], &authority.cert, &fault));
            assert_err(lint_by(&leaf, ids[kind], &sites[1 - i], &authority.cert, &fault),
                       ERR_DENIED);
            assert_string_equal(
                fault.text, "the same facts are written in other bytes by this profile and site");
            sample_free(&authority);
            sample_free(&leaf);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_delivered_with_the_compiled_values),
        cmocka_unit_test(names_the_numbers_of_j_lis_for_their_test_organization_alone),
        cmocka_unit_test(refuses_what_is_no_profile),
        cmocka_unit_test(is_what_the_linter_goes_by),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
