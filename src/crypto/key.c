/* Keys: made, read and written as DER. Whether a key is good enough for a resident's certificate
 * is decided in quality.c. */
#include "crypto/key.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/evp.h"
#include "crypto/spki_form.h"

enum err private_key_generate(enum key_type type, unsigned bits, struct private_key **out)
{
    if (type == KEY_OTHER || (type == KEY_RSA && (bits < 2048 || bits > 4096)))
        return ERR_UNSUPPORTED;
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = type == KEY_RSA    ? EVP_RSA_gen(bits)
                                       : type == KEY_P256 ? EVP_EC_gen("P-256")
                                                          : EVP_EC_gen("P-384");
    return pkey ? key_here(&pkey, out) : ERR_CRYPTO;
}

enum err private_key_encode(const struct private_key *key, struct secret *out)
{
    return key->place->encode(key, out);
}

/* A private key that does not belong to its public half would sign what nobody can check. For RSA
 * the comparison is e·d ≡ 1 by libcrypto's own test; it also looks at the primes. */
static bool private_key_is_whole(EVP_PKEY *pkey)
{
    EVP_PKEY_CTX *context CLEANUP_EVP(pkey_ctx) = EVP_PKEY_CTX_new_from_pkey(NULL, pkey, NULL);
    return context && EVP_PKEY_pairwise_check(context) == 1;
}

enum err private_key_parse(struct bytes pkcs8, struct private_key **out)
{
    if (pkcs8.len > LONG_MAX)
        return ERR_LIMIT;
    const uint8_t *at = pkcs8.data;
    PKCS8_PRIV_KEY_INFO *info CLEANUP_EVP(pkcs8) =
        d2i_PKCS8_PRIV_KEY_INFO(NULL, &at, (long)pkcs8.len);
    if (!info || at != pkcs8.data + pkcs8.len)
        return ERR_MALFORMED;
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = EVP_PKCS82PKEY(info);
    if (!pkey)
        return ERR_MALFORMED;
    if (evp_key_type(pkey) == KEY_OTHER)
        return ERR_UNSUPPORTED;
    if (!private_key_is_whole(pkey))
        return ERR_MALFORMED;
    return key_here(&pkey, out);
}

enum err private_key_spki(const struct private_key *key, struct buffer *out)
{
    return evp_spki(key->pkey, out);
}

enum key_type private_key_type(const struct private_key *key)
{
    return evp_key_type(key->pkey);
}

void private_key_free(struct private_key *key)
{
    if (!key)
        return;
    key->place->forget(key);
    EVP_PKEY_free(key->pkey);
    free(key);
}

/* A key has one encoding: what comes back from libcrypto must be what went in. Refuses BER, unused
 * bits, curve parameters written out, trailing bytes inside. */
static bool spki_is_canonical(const EVP_PKEY *pkey, struct bytes spki)
{
    char form[32] = "";
    if (EVP_PKEY_is_a(pkey, "EC") &&
        (!EVP_PKEY_get_utf8_string_param(pkey, OSSL_PKEY_PARAM_EC_ENCODING, form, sizeof form,
                                         NULL) ||
         strcmp(form, OSSL_PKEY_EC_ENCODING_GROUP) != 0))
        return false;
    struct buffer again CLEANUP_BUFFER;
    buffer_init(&again, spki.len);
    return evp_spki(pkey, &again) == ERR_NONE && bytes_equal(buffer_bytes(&again), spki);
}

static EVP_PKEY *other_read(struct bytes spki)
{
    const uint8_t *at = spki.data;
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = d2i_PUBKEY(NULL, &at, (long)spki.len);
    if (!pkey || at != spki.data + spki.len || !spki_is_canonical(pkey, spki))
        return NULL;
    return steal(&pkey);
}

enum err public_key_parse(struct bytes spki, struct public_key **out)
{
    if (spki.len > LONG_MAX)
        return ERR_LIMIT;
    const struct spki_form *form = spki_form_of(spki);
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = form ? spki_form_read(form, spki) : other_read(spki);
    if (!pkey)
        return ERR_MALFORMED;
    struct public_key *key = malloc(sizeof *key);
    if (!key)
        return ERR_MEMORY;
    key->pkey = steal(&pkey);
    *out = key;
    return ERR_NONE;
}

enum key_type public_key_type(const struct public_key *key)
{
    return evp_key_type(key->pkey);
}

unsigned public_key_bits(const struct public_key *key)
{
    return (unsigned)EVP_PKEY_get_bits(key->pkey);
}

void public_key_free(struct public_key *key)
{
    if (key)
        EVP_PKEY_free(key->pkey);
    free(key);
}

enum err key_identifier(struct bytes spki, uint8_t out[static 20])
{
    if (spki.len > LONG_MAX)
        return ERR_LIMIT;
    const struct spki_form *form = spki_form_of(spki);
    if (form)
        return hash_once(HASH_SHA1, bytes_of(spki.data + form->bits_at, spki.len - form->bits_at),
                         out);
    const uint8_t *at = spki.data, *bits;
    int len;
    X509_PUBKEY *parsed CLEANUP_EVP(x509_pubkey) = d2i_X509_PUBKEY(NULL, &at, (long)spki.len);
    if (!parsed || at != spki.data + spki.len ||
        !X509_PUBKEY_get0_param(NULL, &bits, &len, NULL, parsed))
        return ERR_MALFORMED;
    return hash_once(HASH_SHA1, bytes_of(bits, (size_t)len), out);
}

void private_key_cleanup(struct private_key **key)
{
    private_key_free(*key);
}

void public_key_cleanup(struct public_key **key)
{
    public_key_free(*key);
}
