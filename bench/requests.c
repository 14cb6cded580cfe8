/* What a town's terminals would send to have certificates issued, made beforehand: for each of NUM
 * applications a card with its own key, a new RSA-2048 key, its PKCS#10 request, and the card's
 * statement that this key lies in its spare slot.
 *
 *     requests NUM signature|authentication      one line each on standard output:
 *     CARD-ID POINT IDENTITY NONCE STATEMENT REQUEST      (hexadecimal but for the first)
 *
 * The keys are products of pairs out of a pool of primes: all different, good in all that an
 * authority can see, and made in seconds. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ERR_STATE OPENSSL_ERR_STATE
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/x509.h>
#undef ERR_STATE

#include "base/encoding.h"
#include "base/limits.h"
#include "base/statement.h"
#include "crypto/hash.h"
#include "crypto/key.h"
#include "crypto/random.h"
#include "crypto/sign.h"
#include "x509/cert_request.h"

#define PRIME_BITS 1024
#define MUST(condition)                                                                            \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "requests: %s failed\n", #condition);                                  \
            exit(2);                                                                               \
        }                                                                                          \
    } while (0)

static BIGNUM **primes;
static size_t num_primes;

static void primes_make(size_t num_keys)
{
    num_primes = (size_t)ceil((1 + sqrt(1 + 8.0 * (double)num_keys)) / 2);
    primes = calloc(num_primes, sizeof *primes);
    for (size_t i = 0; i < num_primes;) {
        primes[i] = BN_new();
        MUST(BN_generate_prime_ex(primes[i], PRIME_BITS, 0, NULL, NULL, NULL));
        if (BN_is_bit_set(primes[i], PRIME_BITS - 2) && BN_mod_word(primes[i], 65537) != 1)
            i++; /* the two highest bits set: a product has exactly 2048 */
        else
            BN_free(primes[i]);
    }
}

static EVP_PKEY *key_of(const BIGNUM *p, const BIGNUM *q)
{
    BN_CTX *context = BN_CTX_new();
    BIGNUM *n = BN_new(), *e = BN_new(), *d = BN_new(), *p1 = BN_dup(p), *q1 = BN_dup(q);
    BIGNUM *phi = BN_new(), *dp = BN_new(), *dq = BN_new(), *qi = BN_new();
    BN_sub_word(p1, 1);
    BN_sub_word(q1, 1);
    BN_set_word(e, 65537);
    MUST(BN_mul(n, p, q, context) && BN_mul(phi, p1, q1, context) &&
         BN_mod_inverse(d, e, phi, context) && BN_mod(dp, d, p1, context) &&
         BN_mod(dq, d, q1, context) && BN_mod_inverse(qi, q, p, context));
    const struct {
        const char *name;
        BIGNUM *value;
    } parts[] = {{OSSL_PKEY_PARAM_RSA_N, n},
                 {OSSL_PKEY_PARAM_RSA_E, e},
                 {OSSL_PKEY_PARAM_RSA_D, d},
                 {OSSL_PKEY_PARAM_RSA_FACTOR1, BN_dup(p)},
                 {OSSL_PKEY_PARAM_RSA_FACTOR2, BN_dup(q)},
                 {OSSL_PKEY_PARAM_RSA_EXPONENT1, dp},
                 {OSSL_PKEY_PARAM_RSA_EXPONENT2, dq},
                 {OSSL_PKEY_PARAM_RSA_COEFFICIENT1, qi}};
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        MUST(OSSL_PARAM_BLD_push_BN(build, parts[i].name, parts[i].value));
    OSSL_PARAM *params = OSSL_PARAM_BLD_to_param(build);
    EVP_PKEY_CTX *maker = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    EVP_PKEY *pkey = NULL;
    MUST(EVP_PKEY_fromdata_init(maker) == 1 &&
         EVP_PKEY_fromdata(maker, &pkey, EVP_PKEY_KEYPAIR, params) == 1);
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        BN_free(parts[i].value);
    BN_free(p1);
    BN_free(q1);
    BN_free(phi);
    BN_CTX_free(context);
    OSSL_PARAM_free(params);
    OSSL_PARAM_BLD_free(build);
    EVP_PKEY_CTX_free(maker);
    return pkey;
}

/* The request, and the digest of its key. */
static void request_make(EVP_PKEY *key, struct buffer *out, uint8_t digest[static SHA256_LEN])
{
    struct buffer info CLEANUP_BUFFER;
    buffer_init(&info, LIMIT_REQUEST);
    uint8_t spki[512], *at = spki, signature[256];
    size_t signature_len = sizeof signature;
    int len = i2d_PUBKEY(key, &at);
    MUST(len > 0);
    sha256(bytes_of(spki, (size_t)len), digest);
    MUST(cert_request_encode_info(bytes_of("", 0), bytes_of(spki, (size_t)len), &info) == ERR_NONE);
    EVP_MD_CTX *signer = EVP_MD_CTX_new();
    MUST(EVP_DigestSignInit(signer, NULL, EVP_sha256(), NULL, key) == 1 &&
         EVP_DigestSign(signer, signature, &signature_len, info.data, info.len) == 1);
    EVP_MD_CTX_free(signer);
    MUST(cert_request_assemble(buffer_bytes(&info), ALGORITHM_RSA_SHA256,
                               bytes_of(signature, signature_len), out) == ERR_NONE);
}

static void put_hex(struct bytes value)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, 2 * value.len + 1);
    hex_encode(value, &text);
    printf(" %s", buffer_text(&text));
}

static void point_of(const struct private_key *key, uint8_t out[static 65])
{
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, 256);
    MUST(private_key_spki(key, &spki) == ERR_NONE && spki.len > 65);
    memcpy(out, spki.data + spki.len - 65, 65);
}

static void line_make(size_t number, enum kind kind, EVP_PKEY *key)
{
    struct private_key *card CLEANUP_PRIVATE_KEY = NULL;
    struct buffer request CLEANUP_BUFFER;
    buffer_init(&request, LIMIT_REQUEST);
    uint8_t nonce[STATEMENT_NONCE_LEN], signed_part[STATEMENT_SIGNED_LEN], whole[STATEMENT_LEN];
    uint8_t point[65];
    char id[40];
    struct card_statement statement = {0};
    struct statement_of_kind *of_kind = &statement.kinds[kind];
    snprintf(id, sizeof id,
             "%014zu31372220340514"
             "0",
             number);
    id[CARD_ID_LEN] = 0;
    memcpy(statement.card_id, id, CARD_ID_LEN);
    random_bytes(of_kind->application, sizeof of_kind->application);
    random_bytes(nonce, sizeof nonce);
    of_kind->tries = 3;
    request_make(key, &request, of_kind->spare);
    MUST(private_key_generate(KEY_P256, 0, &card) == ERR_NONE);
    point_of(card, point);
    statement_encode_signed(&statement, nonce, signed_part);
    MUST(sign_raw_p256(card, bytes_of(signed_part, sizeof signed_part), statement.signature) ==
         ERR_NONE);
    statement_encode(&statement, whole);
    printf("%s", id);
    put_hex(bytes_of(point, sizeof point));
    put_hex(bytes_of(of_kind->application, sizeof of_kind->application));
    put_hex(bytes_of(nonce, sizeof nonce));
    put_hex(bytes_of(whole, sizeof whole));
    put_hex(buffer_bytes(&request));
    printf("\n");
}

int main(int argc, char **argv)
{
    enum kind kind;
    if (argc != 3 || kind_parse(argv[2], &kind) != ERR_NONE)
        return 64;
    size_t num = strtoul(argv[1], NULL, 10), made = 0;
    primes_make(num);
    for (size_t i = 1; i < num_primes; i++)
        for (size_t j = 0; j < i && made < num; j++, made++) {
            EVP_PKEY *key = key_of(primes[i], primes[j]);
            line_make(made + 1, kind, key);
            EVP_PKEY_free(key);
        }
    return 0;
}
