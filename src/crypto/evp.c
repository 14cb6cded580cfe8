/* How this room reaches libcrypto: the table of hash functions, the kinds of keys, and the two
 * forms of an ECDSA signature. No decision is made here. */
#include "crypto/evp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct hash_row {
    size_t len;
    const char *name;
    EVP_MD *evp;
} hashes[] = {
    [HASH_SHA1] = {20, "SHA1", NULL},       [HASH_SHA224] = {28, "SHA2-224", NULL},
    [HASH_SHA256] = {32, "SHA2-256", NULL}, [HASH_SHA384] = {48, "SHA2-384", NULL},
    [HASH_SHA512] = {64, "SHA2-512", NULL},
};

/* libcrypto looks a function up at each use unless it was fetched before; never freed. */
static void hashes_fetch(void)
{
    for (size_t i = 0; i < COUNT_OF(hashes); i++)
        hashes[i].evp = EVP_MD_fetch(NULL, hashes[i].name, NULL);
}

const EVP_MD *evp_hash(enum hash hash)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, hashes_fetch);
    if (!hashes[hash].evp)
        crypto_end("fetching a hash function");
    return hashes[hash].evp;
}

size_t hash_len(enum hash hash)
{
    return hashes[hash].len;
}

enum key_type evp_key_type(const EVP_PKEY *pkey)
{
    if (EVP_PKEY_is_a(pkey, "RSA"))
        return KEY_RSA;
    char group[32] = "";
    if (!EVP_PKEY_is_a(pkey, "EC") ||
        !EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_GROUP_NAME, group, sizeof group,
                                        NULL))
        return KEY_OTHER;
    if (strcmp(group, "prime256v1") == 0)
        return KEY_P256;
    return strcmp(group, "secp384r1") == 0 ? KEY_P384 : KEY_OTHER;
}

enum err evp_spki(const EVP_PKEY *pkey, struct buffer *out)
{
    uint8_t *der = NULL;
    int len = i2d_PUBKEY(pkey, &der);
    if (len <= 0)
        return ERR_CRYPTO;
    buffer_put(out, der, (size_t)len);
    OPENSSL_free(der);
    return buffer_check(out);
}

static EVP_PKEY *key_of(const char *type, int selection, OSSL_PARAM *parameters)
{
    EVP_PKEY *pkey = NULL;
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_name(NULL, type, NULL);
    if (!context || EVP_PKEY_fromdata_init(context) != 1 ||
        EVP_PKEY_fromdata(context, &pkey, selection, parameters) != 1)
        return NULL;
    return pkey;
}

/* The curve without a point: a copy of it costs a tenth of setting the curve up. Never freed. */
static EVP_PKEY *p256;

static void p256_make(void)
{
    char group[] = "P-256";
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_PKEY_PARAM_GROUP_NAME, group, 0),
        OSSL_PARAM_construct_end(),
    };
    p256 = key_of("EC", EVP_PKEY_KEY_PARAMETERS, parameters);
    if (!p256)
        crypto_end("setting up P-256");
}

EVP_PKEY *evp_p256_of_point(struct bytes point)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, p256_make);
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = EVP_PKEY_dup(p256);
    if (!pkey || point.len != P256_POINT_LEN || point.data[0] != 0x04 ||
        EVP_PKEY_set1_encoded_public_key(pkey, point.data, point.len) != 1)
        return NULL;
    return steal(&pkey);
}

EVP_PKEY *evp_rsa_of_modulus(const uint8_t modulus[static RSA_2048_LEN])
{
    uint8_t native[RSA_2048_LEN];
    unsigned long exponent = 65537;
    for (size_t i = 0; i < sizeof native;
         i++) /* OSSL_PARAM's integers are in the machine's order */
        native[i] = modulus[sizeof native - 1 - i];
    OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_BN(OSSL_PKEY_PARAM_RSA_N, native, sizeof native),
        OSSL_PARAM_construct_ulong(OSSL_PKEY_PARAM_RSA_E, &exponent),
        OSSL_PARAM_construct_end(),
    };
    return key_of("RSA", EVP_PKEY_PUBLIC_KEY, parameters);
}

void crypto_end(const char *what)
{
    fprintf(stderr, "crypto: %s failed, the process ends\n", what);
    abort();
}

enum err ecdsa_to_der(const uint8_t raw[static 64], struct buffer *out)
{
    ECDSA_SIG *signature CLEANUP_EVP(ecdsa_sig) = ECDSA_SIG_new();
    BIGNUM *r CLEANUP_EVP(bn) = BN_bin2bn(raw, 32, NULL);
    BIGNUM *s CLEANUP_EVP(bn) = BN_bin2bn(raw + 32, 32, NULL);
    if (!signature || !r || !s || !ECDSA_SIG_set0(signature, r, s))
        return ERR_MEMORY;
    r = s = NULL; /* the signature's now */
    uint8_t der[80], *at = der;
    int len = i2d_ECDSA_SIG(signature, NULL);
    if (len <= 0 || len > (int)sizeof der || i2d_ECDSA_SIG(signature, &at) != len)
        return ERR_CRYPTO;
    buffer_put(out, der, (size_t)len);
    return buffer_check(out);
}

enum err ecdsa_to_raw(struct bytes der, uint8_t raw[static 64])
{
    const uint8_t *at = der.data;
    ECDSA_SIG *signature CLEANUP_EVP(ecdsa_sig) = d2i_ECDSA_SIG(NULL, &at, (long)der.len);
    if (!signature || at != der.data + der.len)
        return ERR_MALFORMED;
    uint8_t both[64];
    if (BN_bn2binpad(ECDSA_SIG_get0_r(signature), both, 32) != 32 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature), both + 32, 32) != 32)
        return ERR_MALFORMED;
    memcpy(raw, both, sizeof both);
    return ERR_NONE;
}
