#include "check.h"

#include <string.h>

#include "sample.h"
#include "verify/authority.h"

/* Two generations of one name, the other kind, and a forger who took the name. */
static struct sample first, second, other_kind, forger;
static struct sample leaf, leaf_of_second, leaf_of_forger;

static int make_samples(void **state)
{
    (void)state;
    sample_authority(KIND_SIGNATURE, &first);
    sample_authority(KIND_SIGNATURE, &second);
    sample_authority(KIND_AUTHENTICATION, &other_kind);
    sample_authority(KIND_SIGNATURE, &forger);
    sample_leaf(KIND_SIGNATURE, &first, 16, &leaf);
    sample_leaf(KIND_SIGNATURE, &second, 16, &leaf_of_second);
    sample_leaf(KIND_SIGNATURE, &forger, 16, &leaf_of_forger);
    return 0;
}

static int free_samples(void **state)
{
    (void)state;
    struct sample *const samples[] = {&first, &second,         &other_kind,    &forger,
                                      &leaf,  &leaf_of_second, &leaf_of_forger};
    for (size_t i = 0; i < COUNT_OF(samples); i++)
        sample_free(samples[i]);
    return 0;
}

static struct authorities *pin(void)
{
    struct authorities *authorities = NULL;
    assert_ok(authorities_new(&authorities));
    assert_ok(authorities_add(authorities, KIND_SIGNATURE, first.cert.whole, NULL));
    assert_ok(authorities_add(authorities, KIND_SIGNATURE, second.cert.whole, NULL));
    assert_ok(authorities_add(authorities, KIND_AUTHENTICATION, other_kind.cert.whole, NULL));
    return authorities;
}

static void finds_the_generation_by_its_key(void **state)
{
    (void)state;
    struct authorities *authorities CLEANUP_AUTHORITIES = pin();
    const struct authority *found = NULL;
    assert_true(bytes_equal(first.cert.subject, second.cert.subject));
    assert_ok(authorities_find(authorities, KIND_SIGNATURE, &leaf.cert, &found, NULL));
    assert_true(bytes_equal(found->cert.spki, first.cert.spki));
    assert_ok(authorities_find(authorities, KIND_SIGNATURE, &leaf_of_second.cert, &found, NULL));
    assert_true(bytes_equal(found->cert.spki, second.cert.spki));
}

static void decides_by_the_signature_without_a_key_identifier(void **state)
{
    (void)state;
    struct authorities *authorities CLEANUP_AUTHORITIES = pin();
    const struct authority *found = NULL;
    struct cert nameless = leaf_of_second.cert;
    nameless.authority_key_id.key_id = bytes_of(NULL, 0);
    assert_ok(authorities_find(authorities, KIND_SIGNATURE, &nameless, &found, NULL));
    assert_true(bytes_equal(found->cert.spki, second.cert.spki));
}

/* Promise 5: the name alone is nothing, and neither is a key identifier that anyone can copy. */
static void refuses_forgers(void **state)
{
    (void)state;
    struct authorities *authorities CLEANUP_AUTHORITIES = pin();
    const struct authority *found = NULL;
    struct fault fault = {0};
    assert_err(authorities_find(authorities, KIND_SIGNATURE, &leaf_of_forger.cert, &found, &fault),
               ERR_NOT_FOUND);
    assert_string_equal(fault.text, "no trusted authority of that name and key");
    struct cert copied = leaf_of_forger.cert;
    copied.authority_key_id.key_id = first.cert.subject_key_id;
    assert_err(authorities_find(authorities, KIND_SIGNATURE, &copied, &found, &fault),
               ERR_NOT_FOUND);
    assert_string_equal(fault.text, "not signed by the authority that it names");
    assert_null(found);
}

static void keeps_the_kinds_apart(void **state)
{
    (void)state;
    struct authorities *authorities CLEANUP_AUTHORITIES = pin();
    const struct authority *found = NULL;
    struct fault fault = {0};
    assert_err(authorities_find(authorities, KIND_AUTHENTICATION, &leaf.cert, &found, NULL),
               ERR_NOT_FOUND);
    assert_err(authorities_add(authorities, KIND_AUTHENTICATION, first.cert.whole, &fault),
               ERR_EXISTS);
    assert_ok(authorities_add(authorities, KIND_SIGNATURE, first.cert.whole, &fault));
    assert_null(found);
}

static void refuses_to_pin_what_is_no_authority(void **state)
{
    (void)state;
    struct authorities *authorities CLEANUP_AUTHORITIES = pin();
    struct buffer changed CLEANUP_BUFFER;
    struct fault fault = {0};
    assert_err(authorities_add(authorities, KIND_SIGNATURE, leaf.cert.whole, &fault),
               ERR_MALFORMED);
    assert_string_equal(fault.text, "not the certificate of an authority");
    buffer_init(&changed, 4096);
    buffer_put_bytes(&changed, forger.cert.whole);
    changed.data[changed.len - 1] ^= 1; /* the last byte of its signature */
    assert_err(authorities_add(authorities, KIND_SIGNATURE, buffer_bytes(&changed), &fault),
               ERR_MALFORMED);
    assert_string_equal(fault.text, "not signed by itself");
    assert_err(authorities_add(authorities, KIND_SIGNATURE, bytes_of("0", 1), &fault),
               ERR_MALFORMED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_generation_by_its_key),
        cmocka_unit_test(decides_by_the_signature_without_a_key_identifier),
        cmocka_unit_test(refuses_forgers),
        cmocka_unit_test(keeps_the_kinds_apart),
        cmocka_unit_test(refuses_to_pin_what_is_no_authority),
    };
    return cmocka_run_group_tests(tests, make_samples, free_samples);
}
