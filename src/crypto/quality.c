/* Whether a resident's key may be certified. RSA: size, exponent, small factors, the form that a
 * broken key generator in smart cards left behind (ROCA, CVE-2017-15361). P-256: a point of the
 * curve, in its one form. */
#include "crypto/spki_form.h"

#define QUALITY_BITS          2048
#define QUALITY_EXPONENT      65537
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

/* Is a² - n a square? Not when it is negative. */
static bool is_square_over(const BIGNUM *a, const BIGNUM *n, BN_CTX *context)
{
    BN_CTX_start(context);
    BIGNUM *rest = BN_CTX_get(context), *root = BN_CTX_get(context);
    BIGNUM *square = BN_CTX_get(context);
    if (!square || !BN_sqr(rest, a, context) || !BN_sub(rest, rest, n))
        crypto_end("Fermat's method");
    bool is = BN_is_zero(rest);
    if (!is && !BN_is_negative(rest)) {
        if (!square_root(rest, root, context) || !BN_sqr(square, root, context))
            crypto_end("Fermat's method");
        is = BN_cmp(square, rest) == 0;
    }
    BN_CTX_end(context);
    return is;
}

/* A sieve: squares leave few residues modulo these, and a² - n is known modulo each. */
static const unsigned sieve_moduli[] = {64, 63, 61, 59, 55, 53, 47, 43};
static uint64_t sieve_squares[COUNT_OF(sieve_moduli)]; /* bit r: r is a square's residue */

static void sieve_make(void)
{
    for (size_t i = 0; i < COUNT_OF(sieve_moduli); i++)
        for (unsigned root = 0; root < sieve_moduli[i]; root++)
            sieve_squares[i] |= (uint64_t)1 << root * root % sieve_moduli[i];
}

struct sieve {
    unsigned a[COUNT_OF(sieve_moduli)], n[COUNT_OF(sieve_moduli)]; /* residues */
};

static void sieve_start(const BIGNUM *a, const BIGNUM *n, struct sieve *out)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, sieve_make);
    for (size_t i = 0; i < COUNT_OF(sieve_moduli); i++) {
        out->a[i] = (unsigned)BN_mod_word(a, sieve_moduli[i]);
        out->n[i] = (unsigned)BN_mod_word(n, sieve_moduli[i]);
    }
}

/* May (a + round)² - n be a square? */
static bool sieve_lets_pass(const struct sieve *sieve, unsigned round)
{
    for (size_t i = 0; i < COUNT_OF(sieve_moduli); i++) {
        unsigned a = sieve->a[i] + round;
        unsigned rest = (a * a + sieve_moduli[i] - sieve->n[i]) % sieve_moduli[i];
        if (!(sieve_squares[i] >> rest & 1))
            return false;
    }
    return true;
}

/* Fermat: n = a² - b² with a at or just above the root of n. */
static bool has_near_factors(const BIGNUM *modulus)
{
    BN_CTX *context CLEANUP_EVP(bn_ctx) = BN_CTX_new();
    BIGNUM *a CLEANUP_EVP(bn) = BN_new();
    struct sieve sieve;
    if (!context || !a || !square_root(modulus, a, context))
        crypto_end("the square root of a modulus");
    sieve_start(a, modulus, &sieve);
    for (unsigned round = 0, last = 0; round <= QUALITY_FERMAT_ROUNDS; round++) {
        if (!sieve_lets_pass(&sieve, round))
            continue;
        if (!BN_add_word(a, round - last))
            crypto_end("Fermat's method");
        last = round;
        if (is_square_over(a, modulus, context))
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

/* RFC 5480 2.2 */
static enum err check_point(struct bytes point, struct fault *fault)
{
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = evp_p256_of_point(point);
    return pkey ? ERR_NONE : fault_set(fault, ERR_MALFORMED, "P-256 point", "not on the curve");
}

/* The numbers of a key that has not the usual form. */
static enum err check_other_rsa(const EVP_PKEY *pkey, struct fault *fault)
{
    BIGNUM *modulus CLEANUP_EVP(bn) = NULL;
    BIGNUM *exponent CLEANUP_EVP(bn) = NULL;
    if (!EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_N, &modulus) ||
        !EVP_PKEY_get_bn_param(pkey, OSSL_PKEY_PARAM_RSA_E, &exponent))
        return fault_set(fault, ERR_CRYPTO, "RSA key", "no modulus or exponent");
    if (!BN_is_word(exponent, QUALITY_EXPONENT))
        return fault_set(fault, ERR_MALFORMED, "RSA exponent", "not %d", QUALITY_EXPONENT);
    return check_modulus(modulus, fault);
}

static enum err check_other(struct bytes spki, struct fault *fault)
{
    struct public_key *key CLEANUP_PUBLIC_KEY = NULL;
    if (public_key_parse(spki, &key) != ERR_NONE)
        return fault_set(fault, ERR_MALFORMED, "SubjectPublicKeyInfo", "not a public key in DER");
    if (public_key_type(key) == KEY_P256)
        return fault_set(fault, ERR_MALFORMED, "P-256 point", "not uncompressed");
    if (public_key_type(key) != KEY_RSA)
        return fault_set(fault, ERR_MALFORMED, "key type", "neither RSA nor P-256");
    return check_other_rsa(key->pkey, fault);
}

enum err public_key_check_quality(struct bytes spki, struct fault *fault)
{
    const struct spki_form *form = spki_form_of(spki);
    if (!form)
        return check_other(spki, fault);
    struct bytes number = spki_form_number(form, spki);
    if (form->type == KEY_P256)
        return check_point(number, fault);
    BIGNUM *modulus CLEANUP_EVP(bn) = BN_bin2bn(number.data, (int)number.len, NULL);
    if (!modulus)
        crypto_end("reading a modulus");
    return check_modulus(modulus, fault);
}
