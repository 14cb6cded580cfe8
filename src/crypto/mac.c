/* HMAC-SHA256 (RFC 2104). */
#include "crypto/mac.h"

#include "crypto/evp.h"

/* Looked up and told its hash function once, then copied, not made for each MAC. Never
 * freed. */
static EVP_MAC_CTX *hmac;

static void hmac_make(void)
{
    char hash[] = "SHA2-256";
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, hash, 0),
        OSSL_PARAM_construct_end(),
    };
    EVP_MAC *mac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    hmac = mac ? EVP_MAC_CTX_new(mac) : NULL;
    EVP_MAC_free(mac);
    if (!hmac || EVP_MAC_CTX_set_params(hmac, parameters) != 1)
        crypto_end("setting up HMAC");
}

enum err mac_sha256(struct bytes key, struct bytes input, uint8_t out[static SHA256_LEN])
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, hmac_make);
    size_t len = 0;
    const uint8_t *data = key.len ? key.data : (const uint8_t *)""; /* NULL would mean "no key" */
    EVP_MAC_CTX *context = EVP_MAC_CTX_dup(hmac);
    bool is_made = context && EVP_MAC_init(context, data, key.len, NULL) == 1 &&
                   EVP_MAC_update(context, input.data, input.len) == 1 &&
                   EVP_MAC_final(context, out, &len, SHA256_LEN) == 1 && len == SHA256_LEN;
    EVP_MAC_CTX_free(context);
    return is_made ? ERR_NONE : ERR_CRYPTO;
}
