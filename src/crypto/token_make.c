/* Keys of a token, made. */
#include "crypto/token.h"

#include <string.h>

#include "base/limits.h"
#include "crypto/evp.h"
#include "crypto/module.h"

#define RSA_BITS   (8 * RSA_2048_LEN)
#define POINT_HEAD 2 /* of the OCTET STRING around it */

/* What new keys are asked to be; the calls take no constants, and change none. */
static uint8_t rsa_exponent[] = {0x01, 0x00, 0x01};
static unsigned long rsa_bits = RSA_BITS;
static uint8_t p256_oid[] = {0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}; /* DER */

/* A pair that is being made: a session that may write, and its two objects. */
struct pair {
    struct token *token;
    ck_session_handle_t session;
    ck_object_handle_t public, private; /* 0: not there */
};

static void pair_done(struct pair *pair)
{
    struct ck_function_list *call = pair->token->module.call;
    if (pair->private)
        call->C_DestroyObject(pair->session, pair->private);
    if (pair->public)
        call->C_DestroyObject(pair->session, pair->public);
    call->C_CloseSession(pair->session);
}

/* What only one type has: its mechanism, and what a new public key is asked to be. */
static ck_mechanism_type_t type_attributes(enum key_type type, struct ck_attribute *out,
                                           size_t *num)
{
    const struct ck_attribute rsa[] = {ATTRIBUTE(CKA_MODULUS_BITS, rsa_bits),
                                       ATTRIBUTE(CKA_PUBLIC_EXPONENT, rsa_exponent)};
    const struct ck_attribute p256[] = {ATTRIBUTE(CKA_EC_PARAMS, p256_oid)};
    if (type == KEY_RSA)
        memcpy(out, rsa, sizeof rsa);
    else
        memcpy(out, p256, sizeof p256);
    *num = type == KEY_RSA ? COUNT_OF(rsa) : COUNT_OF(p256);
    return type == KEY_RSA ? CKM_RSA_PKCS_KEY_PAIR_GEN : CKM_EC_KEY_PAIR_GEN;
}

static ck_rv_t pair_generate(struct pair *pair, enum key_type type, const char *name)
{
    unsigned char yes = 1, no = 0;
    char label[TOKEN_LABEL_MAX];
    size_t label_len = strlen(name), num = 0;
    if (label_len > sizeof label)
        return CKR_DATA_LEN_RANGE;
    memcpy(label, name, label_len);
    struct ck_attribute public[] = {
        ATTRIBUTE(CKA_TOKEN, yes),
        ATTRIBUTE(CKA_PRIVATE, no),
        {CKA_LABEL, label, label_len},
        ATTRIBUTE(CKA_VERIFY, yes),
        ATTRIBUTE(CKA_ENCRYPT, no),
        ATTRIBUTE(CKA_WRAP, no),
        {0, NULL, 0},
        {0, NULL, 0},
    };
    struct ck_attribute private[] = {
        ATTRIBUTE(CKA_TOKEN, yes),  ATTRIBUTE(CKA_PRIVATE, yes),   {CKA_LABEL, label, label_len},
        ATTRIBUTE(CKA_SIGN, yes),   ATTRIBUTE(CKA_SENSITIVE, yes), ATTRIBUTE(CKA_EXTRACTABLE, no),
        ATTRIBUTE(CKA_DECRYPT, no), ATTRIBUTE(CKA_UNWRAP, no),
    };
    const size_t common = COUNT_OF(public) - 2;
    struct ck_mechanism mechanism = {.mechanism = type_attributes(type, public + common, &num)};
    return pair->token->module.call->C_GenerateKeyPair(pair->session, &mechanism, public,
                                                       common + num, private, COUNT_OF(private),
                                                       &pair->public, &pair->private);
}

/* NULL when the token has made another key than it was asked for. */
static EVP_PKEY *modulus_read(const struct pair *pair)
{
    uint8_t modulus[RSA_2048_LEN], exponent[8];
    struct ck_attribute asked[] = {ATTRIBUTE(CKA_MODULUS, modulus),
                                   ATTRIBUTE(CKA_PUBLIC_EXPONENT, exponent)};
    if (pair->token->module.call->C_GetAttributeValue(pair->session, pair->public, asked,
                                                      COUNT_OF(asked)) != CKR_OK ||
        asked[0].value_len != sizeof modulus ||
        !bytes_equal(bytes_of(exponent, asked[1].value_len),
                     bytes_of(rsa_exponent, sizeof rsa_exponent)))
        return NULL;
    return evp_rsa_of_modulus(modulus);
}

static EVP_PKEY *point_read(const struct pair *pair)
{
    static const uint8_t head[POINT_HEAD] = {0x04, P256_POINT_LEN};
    uint8_t point[POINT_HEAD + P256_POINT_LEN];
    struct ck_attribute asked = ATTRIBUTE(CKA_EC_POINT, point);
    if (pair->token->module.call->C_GetAttributeValue(pair->session, pair->public, &asked, 1) !=
            CKR_OK ||
        asked.value_len != sizeof point || memcmp(point, head, sizeof head) != 0)
        return NULL;
    return evp_p256_of_point(bytes_of(point + POINT_HEAD, P256_POINT_LEN));
}

/* Both objects get the key identifier, by which the private one is found again. */
static enum err pair_identify(const struct pair *pair, struct bytes spki)
{
    struct ck_function_list *call = pair->token->module.call;
    uint8_t id[SHA1_LEN];
    struct ck_attribute attribute = ATTRIBUTE(CKA_ID, id);
    enum err err = key_identifier(spki, id);
    if (err != ERR_NONE)
        return err;
    return call->C_SetAttributeValue(pair->session, pair->public, &attribute, 1) == CKR_OK &&
                   call->C_SetAttributeValue(pair->session, pair->private, &attribute, 1) == CKR_OK
               ? ERR_NONE
               : ERR_CRYPTO;
}

static enum err pair_name(const struct pair *pair, enum key_type type, struct buffer *spki)
{
    EVP_PKEY *pkey CLEANUP_EVP(pkey) = type == KEY_RSA ? modulus_read(pair) : point_read(pair);
    struct buffer made CLEANUP_BUFFER;
    buffer_init(&made, LIMIT_KEY_FILE);
    enum err err = pkey ? evp_spki(pkey, &made) : ERR_CRYPTO;
    if (err == ERR_NONE)
        err = pair_identify(pair, buffer_bytes(&made));
    if (err != ERR_NONE)
        return err;
    buffer_put_bytes(spki, buffer_bytes(&made));
    return buffer_check(spki);
}

enum err token_generate(struct token *token, enum key_type type, const char *name,
                        struct buffer *spki, struct fault *fault)
{
    ck_session_handle_t session;
    if (type != KEY_RSA && type != KEY_P256)
        return fault_set(fault, ERR_UNSUPPORTED, "key", "%s: RSA-2048 or P-256", name);
    ck_rv_t answer = token->module.call->C_OpenSession(
        token->module.slot, CKF_SERIAL_SESSION | CKF_RW_SESSION, NULL, NULL, &session);
    if (answer != CKR_OK)
        return module_fault(fault, ERR_CRYPTO, "token", answer);
    struct pair pair CLEANUP(pair_done) = {token, session, 0, 0};
    answer = pair_generate(&pair, type, name);
    if (answer != CKR_OK)
        return module_fault(fault, ERR_CRYPTO, "key", answer);
    enum err err = pair_name(&pair, type, spki);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "%s could not be made", name);
    pair.public = pair.private = 0; /* they stay */
    return ERR_NONE;
}
