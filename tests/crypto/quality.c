#include "check.h"

#include <string.h>

#include "crypto/evp.h"

/* Appends the SubjectPublicKeyInfo of an RSA key with these numbers. */
static void rsa_spki(const BIGNUM *modulus, unsigned long exponent, struct buffer *out)
{
    OSSL_PARAM_BLD *builder = OSSL_PARAM_BLD_new();
    BIGNUM *e = BN_new();
    assert_true(BN_set_word(e, exponent));
    assert_true(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_N, modulus));
    assert_true(OSSL_PARAM_BLD_push_BN(builder, OSSL_PKEY_PARAM_RSA_E, e));
    OSSL_PARAM *parameters = OSSL_PARAM_BLD_to_param(builder);
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *pkey = NULL;
    assert_int_equal(EVP_PKEY_fromdata_init(context), 1);
    assert_int_equal(EVP_PKEY_fromdata(context, &pkey, EVP_PKEY_PUBLIC_KEY, parameters), 1);
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);
    buffer_put(out, der, (size_t)len);
    OPENSSL_free(der);
    EVP_PKEY_free(pkey);
    EVP_PKEY_CTX_free(context);
    OSSL_PARAM_free(parameters);
    OSSL_PARAM_BLD_free(builder);
    BN_free(e);
}

static void assert_refused(const BIGNUM *modulus, unsigned long exponent, const char *rule,
                           const char *text)
{
    struct buffer spki CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&spki, 4096);
    rsa_spki(modulus, exponent, &spki);
    assert_err(public_key_check_quality(buffer_bytes(&spki), &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, rule);
    assert_non_null(strstr(fault.text, text));
}

static void accepts_a_fresh_key(void **state)
{
    (void)state;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&spki, 1024);
    assert_ok(private_key_generate(KEY_RSA, 2048, &key));
    assert_ok(private_key_spki(key, &spki));
    assert_ok(public_key_check_quality(buffer_bytes(&spki), &fault));
    assert_string_equal(fault.rule, "");
}

static void p256_spki(struct buffer *out)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    buffer_init(out, 1024);
    assert_ok(private_key_generate(KEY_P256, 0, &key));
    assert_ok(private_key_spki(key, out));
}

static void accepts_a_point_of_p256(void **state)
{
    (void)state;
    struct buffer spki CLEANUP_BUFFER;
    struct fault fault = {0};
    p256_spki(&spki);
    assert_ok(public_key_check_quality(buffer_bytes(&spki), &fault));
    assert_string_equal(fault.rule, "");
}

/* y changed; x and y zero; the same point compressed, with every length right. */
static void refuses_other_points(void **state)
{
    (void)state;
    struct buffer spki CLEANUP_BUFFER;
    struct fault fault = {0};
    p256_spki(&spki);
    uint8_t *point = spki.data + spki.len - 65;
    point[64] ^= 1;
    assert_err(public_key_check_quality(buffer_bytes(&spki), &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "not on the curve");
    point[64] ^= 1;
    assert_ok(public_key_check_quality(buffer_bytes(&spki), NULL));
    point[0] = 0x02 | (point[64] & 1);
    spki.data[1] -= 32;
    spki.data[spki.len - 65 - 2] -= 32;
    assert_err(public_key_check_quality(bytes_of(spki.data, spki.len - 32), &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "not uncompressed");
    spki.data[1] += 32;
    spki.data[spki.len - 65 - 2] += 32;
    point[0] = 0x04;
    memset(point + 1, 0, 64);
    assert_err(public_key_check_quality(buffer_bytes(&spki), &fault), ERR_MALFORMED);
}

/* secp256k1 by its name, and P-384. */
static void refuses_other_curves(void **state)
{
    (void)state;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&spki, 1024);
    assert_ok(private_key_generate(KEY_P384, 0, &key));
    assert_ok(private_key_spki(key, &spki));
    assert_err(public_key_check_quality(buffer_bytes(&spki), &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, "key type");
    EVP_PKEY *other = EVP_EC_gen("secp256k1");
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(other, &der);
    assert_err(public_key_check_quality(bytes_of(der, (size_t)len), &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, "key type");
    OPENSSL_free(der);
    EVP_PKEY_free(other);
}

static void refuses_what_is_no_key(void **state)
{
    (void)state;
    struct fault fault = {0};
    assert_err(public_key_check_quality(bytes_of_text("no key"), &fault), ERR_MALFORMED);
    assert_string_equal(fault.rule, "SubjectPublicKeyInfo");
}

static void refuses_other_sizes(void **state)
{
    (void)state;
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct buffer spki CLEANUP_BUFFER;
    struct fault fault = {0};
    buffer_init(&spki, 1024);
    assert_ok(private_key_generate(KEY_RSA, 3072, &key));
    assert_ok(private_key_spki(key, &spki));
    assert_err(public_key_check_quality(buffer_bytes(&spki), &fault), ERR_MALFORMED);
    assert_string_equal(fault.text, "3072 bits instead of 2048");
    BIGNUM *short_modulus = BN_new();
    assert_true(BN_rand(short_modulus, 2047, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
    assert_refused(short_modulus, 65537, "RSA modulus", "2047 bits");
    BN_free(short_modulus);
}

static void refuses_other_exponents(void **state)
{
    (void)state;
    BIGNUM *modulus = BN_new();
    assert_true(BN_rand(modulus, 2048, BN_RAND_TOP_ONE, BN_RAND_BOTTOM_ODD));
    assert_refused(modulus, 3, "RSA exponent", "not 65537");
    assert_refused(modulus, 65539, "RSA exponent", "not 65537");
    BN_free(modulus);
}

/* n·p with 2048 bits for a random n: divisible by 2, by 641, by the greatest prime below 752. */
static void refuses_small_factors(void **state)
{
    (void)state;
    static const unsigned long factors[] = {2, 3, 641, 751};
    for (size_t i = 0; i < COUNT_OF(factors); i++) {
        BIGNUM *modulus = BN_new();
        do {
            assert_true(BN_rand(modulus, 2048, BN_RAND_TOP_TWO, BN_RAND_BOTTOM_ANY));
            assert_true(BN_sub_word(modulus, BN_mod_word(modulus, factors[i])));
        } while (BN_num_bits(modulus) != 2048);
        assert_refused(modulus, 65537, "RSA modulus", "divisible by");
        BN_free(modulus);
    }
}

/* A square, the product of two primes that follow each other, and of two whose mean lies some 32
 * above the root of their product. */
static void refuses_near_factors(void **state)
{
    (void)state;
    BN_CTX *context = BN_CTX_new();
    BIGNUM *p = BN_new(), *q = BN_new(), *modulus = BN_new();
    assert_true(BN_generate_prime_ex(p, 1024, 0, NULL, NULL, NULL));
    assert_true(BN_set_bit(p, 1022));
    do
        assert_true(BN_add_word(p, 2));
    while (!BN_check_prime(p, context, NULL));
    assert_true(BN_sqr(modulus, p, context));
    assert_refused(modulus, 65537, "RSA modulus", "next to each other");
    assert_true(BN_copy(q, p));
    do
        assert_true(BN_add_word(q, 2));
    while (!BN_check_prime(q, context, NULL));
    assert_true(BN_mul(modulus, p, q, context));
    assert_refused(modulus, 65537, "RSA modulus", "next to each other");
    assert_true(BN_one(q) && BN_lshift(q, q, 516) && BN_add(q, q, p));
    while (!BN_check_prime(q, context, NULL))
        assert_true(BN_add_word(q, 2));
    assert_true(BN_mul(modulus, p, q, context));
    assert_refused(modulus, 65537, "RSA modulus", "next to each other");
    BN_free(p);
    BN_free(q);
    BN_free(modulus);
    BN_CTX_free(context);
}

/* A modulus as the broken generator makes it: k·M + (65537^a mod M), M the product of the first 126
 * primes (Nemec and others, "The Return of Coppersmith's Attack", 2017, 2.1). */
static void refuses_the_broken_generator(void **state)
{
    (void)state;
    BN_CTX *context = BN_CTX_new();
    BIGNUM *product = BN_new(), *power = BN_new(), *modulus = BN_new(), *generator = BN_new();
    assert_true(BN_one(product));
    for (unsigned long n = 2, found = 0; found < 126; n++) {
        bool prime = true;
        for (unsigned long d = 2; d * d <= n && prime; d++)
            prime = n % d != 0;
        if (prime)
            assert_true(BN_mul_word(product, n));
        found += prime;
    }
    assert_true(BN_set_word(generator, 65537));
    assert_true(BN_rand(power, 200, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY));
    assert_true(BN_mod_exp(power, generator, power, product, context));
    do {
        assert_true(BN_rand(modulus, 2048 - BN_num_bits(product), BN_RAND_TOP_TWO, 0));
        assert_true(BN_mul(modulus, modulus, product, context));
        assert_true(BN_add(modulus, modulus, power));
    } while (BN_num_bits(modulus) != 2048);
    assert_refused(modulus, 65537, "RSA modulus", "broken generator");
    BN_free(product);
    BN_free(power);
    BN_free(modulus);
    BN_free(generator);
    BN_CTX_free(context);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepts_a_fresh_key),     cmocka_unit_test(accepts_a_point_of_p256),
        cmocka_unit_test(refuses_other_points),    cmocka_unit_test(refuses_other_curves),
        cmocka_unit_test(refuses_what_is_no_key),  cmocka_unit_test(refuses_other_sizes),
        cmocka_unit_test(refuses_other_exponents), cmocka_unit_test(refuses_small_factors),
        cmocka_unit_test(refuses_near_factors),    cmocka_unit_test(refuses_the_broken_generator),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
