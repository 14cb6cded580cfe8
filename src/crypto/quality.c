/* Whether a resident's key may be certified. RSA: size, exponent, small factors, the form that a
 * broken key generator in smart cards left behind (ROCA, CVE-2017-15361). P-256: a point of the
 * curve, in its one form. */
#include "crypto/evp.h"

#define QUALITY_BITS          2048
#define QUALITY_EXPONENT      65537
#define QUALITY_P256_SPKI     91  /* bytes, of which the point is the last 65 */
#define QUALITY_SMALL_FACTORS 752 /* every prime below is tried (NIST SP 800-89 5.3.3) */
#define QUALITY_ROCA_PRIMES   167 /* a key of the broken generator shows up to here */
#define QUALITY_FERMAT_ROUNDS 100 /* primes so near to each other are found at once */

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

static bool is_prime(unsigned n)
{
    for (unsigned divisor = 2; divisor * divisor <= n; divisor++)
        if (n % divisor == 0)
            return false;
    return n >= 2;
}

/* The primes in groups whose product is one word: one long division serves a whole group. */
static struct prime_group {
    BN_ULONG product;
    size_t num;
    uint16_t primes[16];
} groups[64];
static size_t num_groups;

static void groups_make(void)
{
    struct prime_group *group = groups;
    *group = (struct prime_group){.product = 1};
    for (unsigned n = 2; n < QUALITY_SMALL_FACTORS; n++) {
        if (!is_prime(n))
            continue;
        if (group->product > UINT64_MAX / n || group->num == COUNT_OF(group->primes))
            *++group = (struct prime_group){.product = 1};
        group->product *= n;
        group->primes[group->num++] = (uint16_t)n;
    }
    num_groups = (size_t)(group - groups) + 1;
}

/* The smallest prime factor below QUALITY_SMALL_FACTORS, or 0; and whether modulo each of the odd
 * primes up to QUALITY_ROCA_PRIMES it is a power of 65537: then the broken generator made it. */
static unsigned look_at_residues(const BIGNUM *modulus, bool *has_roca_form)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, groups_make);
    *has_roca_form = true;
    for (size_t g = 0; g < num_groups; g++) {
        BN_ULONG residue = BN_mod_word(modulus, groups[g].product);
        for (size_t i = 0; i < groups[g].num; i++) {
            unsigned prime = groups[g].primes[i], rest = (unsigned)(residue % prime);
            if (rest == 0)
                return prime;
            if (prime > 2 && prime <= QUALITY_ROCA_PRIMES && *has_roca_form)
                *has_roca_form = is_power_of_exponent(rest, prime);
        }
    }
    return 0;
}

/* The whole part of the square root, by Newton's method from above. */
static bool square_root(const BIGNUM *n, BIGNUM *out, BN_CTX *context)
{
    BN_CTX_start(context);
    BIGNUM *next = BN_CTX_get(context);
    BN_zero(out);
    bool done = next && BN_set_bit(out, (BN_num_bits(n) + 1) / 2);
    for (bool falls = true; done && falls;) {
        done = BN_div(next, NULL, n, out, context) && BN_add(next, next, out) &&
               BN_rshift1(next, next);
        falls = done && BN_cmp(next, out) < 0;
        if (falls)
            done = BN_copy(out, next) != NULL;
    }
    BN_CTX_end(context);
    return done;
}

/* Squares leave few residues modulo 64, 63, 65 and 11: nearly all other numbers end here. */
static bool may_be_square(const BIGNUM *n)
{
    static const unsigned moduli[] = {64, 63, 65, 11};
    BN_ULONG residue = BN_mod_word(n, 64 * 63 * 65 * 11);
    for (size_t i = 0; i < COUNT_OF(moduli); i++) {
        unsigned rest = (unsigned)(residue % moduli[i]), root = 0;
        while (root < moduli[i] && root * root % moduli[i] != rest)
            root++;
        if (root == moduli[i])
            return false;
    }
    return true;
}

static bool is_square(const BIGNUM *n, BIGNUM *root, BN_CTX *context)
{
    BN_CTX_start(context);
    BIGNUM *square = BN_CTX_get(context);
    bool is = may_be_square(n) && square && square_root(n, root, context) &&
              BN_sqr(square, root, context) && BN_cmp(square, n) == 0;
    BN_CTX_end(context);
    return is;
}

/* Fermat: n = a² - b² with a just above the root of n. A square itself is found, too. */
static bool has_near_factors(const BIGNUM *modulus)
{
    BN_CTX *context CLEANUP_EVP(bn_ctx) = BN_CTX_new();
    BIGNUM *a CLEANUP_EVP(bn) = BN_new(), *rest CLEANUP_EVP(bn) = BN_new();
    BIGNUM *root CLEANUP_EVP(bn) = BN_new();
    if (!context || !a || !rest || !root || !square_root(modulus, a, context) ||
        !BN_sqr(rest, a, context))
        crypto_end("the square root of a modulus");
    if (BN_cmp(rest, modulus) == 0)
        return true;
    for (int round = 0; round < QUALITY_FERMAT_ROUNDS; round++) {
        if (!BN_add_word(a, 1) || !BN_sqr(rest, a, context) || !BN_sub(rest, rest, modulus))
            crypto_end("Fermat's method");
        if (is_square(rest, root, context))
            return true;
    }
    return false;
}

/* That the modulus is no prime is not asked: it costs modular exponentiations of full length,
 * and a card that makes one spoils its holder's key and no other. */
static enum err check_modulus(const BIGNUM *modulus, struct fault *fault)
{
    static const char rule[] = "RSA modulus";
    bool has_roca_form;
    if (BN_num_bits(modulus) != QUALITY_BITS)
        return fault_set(fault, ERR_MALFORMED, rule, "%d bits instead of %d", BN_num_bits(modulus),
                         QUALITY_BITS);
    unsigned factor = look_at_residues(modulus, &has_roca_form);
    if (factor)
        return fault_set(fault, ERR_MALFORMED, rule, "divisible by %u", factor);
    if (has_roca_form)
        return fault_set(fault, ERR_MALFORMED, rule, "made by a broken generator (CVE-2017-15361)");
    if (has_near_factors(modulus))
        return fault_set(fault, ERR_MALFORMED, rule, "its factors lie next to each other");
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
    return check_modulus(modulus, fault);
}
