/* Whether a resident's key may be certified. RSA: size, exponent, small factors, the form that a
 * broken key generator in smart cards left behind (ROCA, CVE-2017-15361). P-256: a point of the
 * curve, in its one form. */
#include "crypto/evp.h"

#define QUALITY_BITS          2048
#define QUALITY_EXPONENT      65537
#define QUALITY_P256_SPKI     91    /* bytes, of which the point is the last 65 */
#define QUALITY_SMALL_FACTORS 65536 /* every prime below is tried */

/* The odd primes up to 167: a key of the broken generator is a power of 65537 modulo each. */
static const uint8_t roca_primes[] = {
    3,  5,  7,  11, 13, 17,  19,  23,  29,  31,  37,  41,  43,  47,  53,  59,  61,  67,  71,
    73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131, 137, 139, 149, 151, 157, 163, 167};

static bool is_power_of_exponent(unsigned residue, unsigned prime)
{
    unsigned generator = QUALITY_EXPONENT % prime, power = 1;
    do {
        if (power == residue)
            return true;
        power = power * generator % prime;
    } while (power != 1);
    return false;
}

static bool has_roca_form(const BIGNUM *modulus)
{
    for (size_t i = 0; i < COUNT_OF(roca_primes); i++) {
        BN_ULONG residue = BN_mod_word(modulus, roca_primes[i]);
        if (!is_power_of_exponent((unsigned)residue, roca_primes[i]))
            return false;
    }
    return true;
}

/* The smallest prime factor below QUALITY_SMALL_FACTORS, or 0. Sieve of Eratosthenes as it goes. */
static unsigned small_factor(const BIGNUM *modulus)
{
    static const unsigned sqrt_limit = 256;
    bool composite[QUALITY_SMALL_FACTORS] = {false};
    for (unsigned n = 2; n < QUALITY_SMALL_FACTORS; n++) {
        if (composite[n])
            continue;
        if (BN_mod_word(modulus, n) == 0)
            return n;
        for (unsigned multiple = n * n; n < sqrt_limit && multiple < QUALITY_SMALL_FACTORS;
             multiple += n)
            composite[multiple] = true;
    }
    return 0;
}

static enum err check_modulus(EVP_PKEY *pkey, const BIGNUM *modulus, struct fault *fault)
{
    static const char rule[] = "RSA modulus";
    if (BN_num_bits(modulus) != QUALITY_BITS)
        return fault_set(fault, ERR_MALFORMED, rule, "%d bits instead of %d", BN_num_bits(modulus),
                         QUALITY_BITS);
    if (has_roca_form(modulus))
        return fault_set(fault, ERR_MALFORMED, rule, "made by a broken generator (CVE-2017-15361)");
    unsigned factor = small_factor(modulus);
    if (factor)
        return fault_set(fault, ERR_MALFORMED, rule, "divisible by %u", factor);
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (!context || EVP_PKEY_public_check(context) != 1)
        return fault_set(fault, ERR_MALFORMED, rule, "a prime, or the power of one");
    return ERR_NONE;
}

/* RFC 5480 2.2. libcrypto refuses a point beside the curve when it reads one, and keeps a
 * compressed one compressed; both are looked at again here. */
static enum err check_point(EVP_PKEY *pkey, struct bytes spki, struct fault *fault)
{
    static const char rule[] = "P-256 point";
    if (spki.len != QUALITY_P256_SPKI || spki.data[QUALITY_P256_SPKI - 65] != 0x04)
        return fault_set(fault, ERR_MALFORMED, rule, "not uncompressed");
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    if (!context || EVP_PKEY_public_check(context) != 1)
        return fault_set(fault, ERR_MALFORMED, rule, "not on the curve");
    return ERR_NONE;
}

enum err public_key_check_quality(struct bytes spki, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    if (public_key_parse(spki, &key) != ERR_NONE)
        return fault_set(fault, ERR_MALFORMED, "SubjectPublicKeyInfo", "not a public key in DER");
    if (public_key_type(key) == KEY_P256)
        return check_point(key->pkey, spki, fault);
    if (public_key_type(key) != KEY_RSA)
        return fault_set(fault, ERR_MALFORMED, "key type", "neither RSA nor P-256");
    BIGNUM *modulus CLEANUP_EVP(bn) = NULL;
    BIGNUM *exponent CLEANUP_EVP(bn) = NULL;
    if (!EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) ||
        !EVP_PKEY_get_bn_param(key->pkey, OSSL_PKEY_PARAM_RSA_E, &exponent))
        return fault_set(fault, ERR_CRYPTO, "RSA key", "no modulus or exponent");
    if (!BN_is_word(exponent, QUALITY_EXPONENT))
        return fault_set(fault, ERR_MALFORMED, "RSA exponent", "not %d", QUALITY_EXPONENT);
    return check_modulus(key->pkey, modulus, fault);
}
