/* The signer of another site than the delivered one. */
#include "check.h"

#include <string.h>

#include "fixture.h"

#define LIKE_JLIS "etc/profile-jpki-test"

static int begin_like_jlis(void **state)
{
    sample_site_read(LIKE_JLIS);
    return signer_begin(state);
}

static void assert_signs(enum kind kind, uint64_t serial)
{
    struct sample leaf;
    struct fault fault = {0};
    fixture_leaf(kind, serial, &leaf);
    if (fixture_sign(kind, SIGNER_LEAF, leaf.cert.tbs, &fault) != ERR_NONE)
        fail_msg("%s: %s", fault.rule, fault.text);
    sample_free(&leaf);
}

/* Numbers and addresses of another site under the right names. */
static void signs_what_its_own_site_writes(void **state)
{
    (void)state;
    const struct profile_site own = sample_site;
    for (enum kind kind = 0; kind < NUM_KINDS; kind++) {
        struct sample leaf;
        struct fault fault = {0};
        sample_site = own;
        assert_signs(kind, 2);
        memcpy(sample_site.policy, profile_site_default()->policy, sizeof own.policy);
        fixture_leaf(kind, 3, &leaf);
        assert_err(fixture_sign(kind, SIGNER_LEAF, leaf.cert.tbs, &fault), ERR_DENIED);
        assert_string_equal(fault.text,
                            "the same facts are written in other bytes by this profile and site");
        sample_free(&leaf);
    }
    sample_site = own;
}

/* The folder opened with another profile than it was made with. */
static void refuses_to_open_for_another_site(void **state)
{
    (void)state;
    struct signer *opened = NULL;
    struct secret passphrase CLEANUP_SECRET;
    struct fault fault = {0};
    fixture_passphrase(&passphrase);
    signer_free(signer);
    signer = NULL;
    assert_err(signer_open(signer_folder, profile_site_default(), &passphrase, &opened, &fault),
               ERR_DENIED);
    assert_string_equal(fault.rule, "own name");
    assert_null(opened);
    signer_again();
    assert_signs(KIND_SIGNATURE, 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(signs_what_its_own_site_writes, begin_like_jlis,
                                        signer_end),
        cmocka_unit_test_setup_teardown(refuses_to_open_for_another_site, begin_like_jlis,
                                        signer_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
