/* NIST's PKITS 1.0.1: every case is asked of path_check, a test for each section. No path may be
 * accepted that NIST calls invalid; two valid ones are known to be refused by libcrypto. */
#include "check.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/date.h"
#include "base/file.h"
#include "base/limits.h"
#include "crypto/path.h"

#define PKITS_CASES  249
#define PKITS_VALID  114
#define PKITS_INPUTS 8 /* at most, of one sort, in one case */

static const char *const known_false_rejects[] = {
    "4.1.5",   /* DSA parameters inherited from the issuer */
    "4.14.30", /* an indirect CRL whose issuer that very CRL covers */
};

static const struct {
    const char *name, *oid;
} policies[] = {
    {"NIST-test-policy-1", "2.16.840.1.101.3.2.1.48.1"},
    {"NIST-test-policy-2", "2.16.840.1.101.3.2.1.48.2"},
    {"NIST-test-policy-3", "2.16.840.1.101.3.2.1.48.3"},
    {"NIST-test-policy-4", "2.16.840.1.101.3.2.1.48.4"},
    {"NIST-test-policy-5", "2.16.840.1.101.3.2.1.48.5"},
    {"NIST-test-policy-6", "2.16.840.1.101.3.2.1.48.6"},
};

static const struct section {
    const char *suite; /* as pkits.json names it */
    int cases;
} sections[] = {
    {"PkitsTest01SignatureVerification", 6},
    {"PkitsTest02ValidityPeriods", 8},
    {"PkitsTest03VerifyingNameChaining", 11},
    {"PkitsTest04BasicCertificateRevocationTests", 21},
    {"PkitsTest05VerifyingPathswithSelfIssuedCertificates", 8},
    {"PkitsTest06VerifyingBasicConstraints", 17},
    {"PkitsTest07KeyUsage", 5},
    {"PkitsTest08CertificatePolicies", 35},
    {"PkitsTest09RequireExplicitPolicy", 8},
    {"PkitsTest10PolicyMappings", 23},
    {"PkitsTest11InhibitPolicyMapping", 11},
    {"PkitsTest12InhibitAnyPolicy", 11},
    {"PkitsTest13NameConstraints", 38},
    {"PkitsTest14DistributionPoints", 35},
    {"PkitsTest15DeltaCRLs", 10},
    {"PkitsTest16PrivateCertificateExtensions", 2},
};

static struct {
    int cases, accepted, false_accepts, false_rejects;
} total;

static void read_vector(const char *folder, const char *name, const char *ending,
                        struct buffer *out, struct path_input *input)
{
    char relative[256];
    snprintf(relative, sizeof relative, "pkits/%s/%s%s", folder, name, ending);
    const char *path = vectors_path(relative);
    assert_non_null(path);
    buffer_init(out, LIMIT_CERTIFICATE);
    assert_ok(file_read(path, out, NULL));
    *input = (struct path_input){buffer_bytes(out), name};
}

struct inputs {
    struct buffer buffers[PKITS_INPUTS];
    struct path_input inputs[PKITS_INPUTS];
    size_t num;
};

static void inputs_read(const json_t *names, const char *folder, const char *ending,
                        struct inputs *out)
{
    out->num = json_array_size(names);
    assert_in_range(out->num, 0, PKITS_INPUTS);
    for (size_t i = 0; i < out->num; i++)
        read_vector(folder, json_string_value(json_array_get(names, i)), ending, &out->buffers[i],
                    &out->inputs[i]);
}

static void inputs_done(struct inputs *inputs)
{
    for (size_t i = 0; i < inputs->num; i++)
        buffer_done(&inputs->buffers[i]);
}

static const char *policy_oid(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(policies); i++)
        if (strcmp(policies[i].name, name) == 0)
            return policies[i].oid;
    fail_msg("unknown policy %s", name);
    return NULL;
}

static bool flag(const json_t *test, const char *name)
{
    return json_is_true(json_object_get(test, name));
}

static enum path_verdict ask(const json_t *test, struct fault *fault)
{
    struct inputs certs CLEANUP(inputs_done) = {0}, crls CLEANUP(inputs_done) = {0};
    inputs_read(json_object_get(test, "certs"), "certs", ".crt", &certs);
    inputs_read(json_object_get(test, "crls"), "crls", ".crl", &crls);
    const char *wanted[PKITS_INPUTS];
    size_t num_wanted = 0, i;
    const json_t *name;
    json_array_foreach (json_object_get(test, "initial_policy_set"), i, name)
        if (strcmp(json_string_value(name), "anyPolicy") != 0)
            wanted[num_wanted++] = policy_oid(json_string_value(name));
    int64_t time;
    assert_ok(time_parse("2026-01-01T00:00:00Z", &time));
    struct path_request request = {
        .cert = certs.inputs[certs.num - 1],
        .anchors = certs.inputs,
        .num_anchors = 1,
        .untrusted = certs.inputs + 1,
        .num_untrusted = certs.num - 2,
        .crls = crls.inputs,
        .num_crls = crls.num,
        .policies = wanted,
        .num_policies = num_wanted,
        .explicit_policy = flag(test, "initial_explicit_policy"),
        .inhibit_map = flag(test, "initial_policy_mapping_inhibit"),
        .inhibit_any = flag(test, "initial_inhibit_any_policy"),
        .time = time,
    };
    enum path_verdict verdict = PATH_NOT_VALID;
    if (path_check(&request, &verdict, fault) != ERR_NONE)
        assert_int_equal(verdict, PATH_NOT_VALID);
    return verdict;
}

static bool is_known(const char *id)
{
    for (size_t i = 0; i < COUNT_OF(known_false_rejects); i++)
        if (strcmp(known_false_rejects[i], id) == 0)
            return true;
    return false;
}

/* True when path_check answers as NIST does, or refuses where that is known. */
static bool judge(const json_t *test)
{
    const char *id = json_string_value(json_object_get(test, "id"));
    bool wanted = flag(test, "should_validate");
    struct fault fault = {0};
    bool accepted = ask(test, &fault) == PATH_VALID;
    total.cases++;
    total.accepted += accepted;
    total.false_accepts += accepted && !wanted;
    total.false_rejects += !accepted && wanted;
    if (accepted == wanted || (!accepted && is_known(id)))
        return true;
    char text[512];
    print_error("%s: %s, but it is %s: %s\n", id, accepted ? "accepted" : "refused",
                wanted ? "valid" : "invalid", fault_print(&fault, text, sizeof text));
    return false;
}

static void asks_a_section(void **state)
{
    const struct section *section = *state;
    const char *path = vectors_path("pkits/pkits.json");
    if (!path)
        skip();
    json_t *tests = json_load_file(path, 0, NULL);
    assert_non_null(tests);
    int cases = 0, wrong = 0;
    size_t i;
    const json_t *test;
    json_array_foreach (tests, i, test)
        if (strcmp(json_string_value(json_object_get(test, "suite")), section->suite) == 0) {
            cases++;
            wrong += !judge(test);
        }
    json_decref(tests);
    assert_int_equal(cases, section->cases);
    assert_int_equal(wrong, 0);
}

static void asked_everything(void **state)
{
    (void)state;
    if (!vectors_path("pkits/pkits.json"))
        skip();
    print_message("# PKITS: %d cases, %d accepted, %d false accepts, %d false rejects\n",
                  total.cases, total.accepted, total.false_accepts, total.false_rejects);
    assert_int_equal(total.cases, PKITS_CASES);
    assert_int_equal(total.false_accepts, 0);
    assert_in_range(total.false_rejects, 0, COUNT_OF(known_false_rejects));
    assert_int_equal(total.accepted, PKITS_VALID - total.false_rejects);
}

int main(void)
{
    struct CMUnitTest tests[COUNT_OF(sections) + 1];
    for (size_t i = 0; i < COUNT_OF(sections); i++)
        tests[i] = (struct CMUnitTest){.name = sections[i].suite,
                                       .test_func = asks_a_section,
                                       .initial_state = (void *)(uintptr_t)&sections[i]};
    tests[COUNT_OF(sections)] = (struct CMUnitTest)cmocka_unit_test(asked_everything);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
