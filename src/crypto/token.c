/* Keys of a token, found and used. How they are made is in token_make.c. */
#include "crypto/token.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/evp.h"
#include "crypto/module.h"
#include "crypto/sign.h"

enum err token_open(const char *module, const char *label, const struct secret *pin,
                    struct token **out, struct fault *fault)
{
    struct token *token CLEANUP_TOKEN = calloc(1, sizeof *token);
    if (!token)
        return fault_set(fault, ERR_MEMORY, "token", "out of memory");
    enum err err = module_begin(&token->module, module, label, pin, fault);
    if (err == ERR_NONE)
        *out = steal(&token);
    return err;
}

void token_free(struct token *token)
{
    if (token)
        module_end(&token->module);
    free(token);
}

void token_cleanup(struct token **token)
{
    token_free(*token);
}

enum err token_check(struct token *token, struct fault *fault)
{
    pthread_mutex_lock(&token->module.lock);
    ck_rv_t failed = token->module.failed;
    pthread_mutex_unlock(&token->module.lock);
    if (failed == CKR_OK)
        return ERR_NONE;
    fault_name_input(fault, "token");
    return module_fault(fault, ERR_CRYPTO, "key", failed);
}

/* --- a key that signs in the token --- */

struct token_key {
    struct token *token;
    ck_object_handle_t handle;
};

static enum err sign_in_token(const struct private_key *key, ck_mechanism_type_t type,
                              struct bytes input, uint8_t out[static SIGNATURE_MAX],
                              unsigned long *len)
{
    const struct token_key *own = key->own;
    struct module *module = &own->token->module;
    struct ck_mechanism mechanism = {.mechanism = type};
    uint8_t copy[SIGNATURE_MAX]; /* the call takes no constant one */
    ck_session_handle_t session;
    if (input.len > sizeof copy || !module_take(module, &session))
        return ERR_LIMIT;
    memcpy(copy, input.data, input.len);
    *len = SIGNATURE_MAX;
    ck_rv_t answer = module->call->C_SignInit(session, &mechanism, own->handle);
    if (answer == CKR_OK)
        answer = module->call->C_Sign(session, copy, input.len, out, len);
    module_give_back(module, session);
    module_note(module, answer);
    return answer == CKR_OK ? ERR_NONE : ERR_CRYPTO;
}

static enum err token_sign_block(const struct private_key *key, struct bytes block,
                                 struct buffer *out)
{
    uint8_t signature[SIGNATURE_MAX];
    unsigned long len;
    enum err err = sign_in_token(key, CKM_RSA_PKCS, block, signature, &len);
    if (err != ERR_NONE)
        return err;
    buffer_put(out, signature, len);
    return buffer_check(out);
}

static enum err token_sign_rsa(const struct private_key *key, enum hash hash, struct bytes digest,
                               struct buffer *out)
{
    struct buffer block CLEANUP_BUFFER;
    buffer_init(&block, SIGNATURE_MAX);
    enum err err = digest_info_encode(hash, digest, &block);
    return err == ERR_NONE ? token_sign_block(key, buffer_bytes(&block), out) : err;
}

/* PKCS#11 gives r‖s. */
static enum err token_sign_p256(const struct private_key *key, enum hash hash, struct bytes digest,
                                struct buffer *out)
{
    uint8_t signature[SIGNATURE_MAX];
    unsigned long len;
    (void)hash;
    enum err err = sign_in_token(key, CKM_ECDSA, digest, signature, &len);
    if (err != ERR_NONE)
        return err;
    return len == 64 ? ecdsa_to_der(signature, out) : ERR_CRYPTO;
}

static enum err token_sign_digest(const struct private_key *key, enum hash hash,
                                  struct bytes digest, struct buffer *out)
{
    switch (private_key_type(key)) {
    case KEY_RSA:
        return token_sign_rsa(key, hash, digest, out);
    case KEY_P256:
        return token_sign_p256(key, hash, digest, out);
    case KEY_P384:
    case KEY_OTHER:
        break;
    }
    return ERR_UNSUPPORTED;
}

static enum err token_encode(const struct private_key *key, struct secret *out)
{
    (void)key;
    (void)out;
    return ERR_DENIED; /* it never leaves */
}

static void token_forget(struct private_key *key)
{
    free(key->own);
}

static const struct key_place in_token = {token_sign_digest, token_sign_block, token_encode,
                                          token_forget};

/* --- finding --- */

/* A private key of this name; with this identifier, if one is given. */
static ck_rv_t handle_search(struct token *token, const char *name, struct bytes id,
                             ck_object_handle_t *out, unsigned long *num)
{
    struct ck_function_list *call = token->module.call;
    ck_object_class_t class = CKO_PRIVATE_KEY;
    char label[TOKEN_LABEL_MAX + 1];
    uint8_t id_copy[SHA1_LEN];
    int len = snprintf(label, sizeof label, "%s", name);
    struct ck_attribute wanted[] = {ATTRIBUTE(CKA_CLASS, class),
                                    {CKA_LABEL, label, (unsigned long)len},
                                    {CKA_ID, id_copy, id.len}};
    ck_object_handle_t found[2] = {0};
    ck_session_handle_t session;
    if (len > TOKEN_LABEL_MAX || id.len > sizeof id_copy || !module_take(&token->module, &session))
        return CKR_GENERAL_ERROR;
    if (id.len)
        memcpy(id_copy, id.data, id.len);
    ck_rv_t answer = call->C_FindObjectsInit(session, wanted, COUNT_OF(wanted) - (id.len ? 0 : 1));
    if (answer == CKR_OK) {
        answer = call->C_FindObjects(session, found, COUNT_OF(found), num);
        call->C_FindObjectsFinal(session);
    }
    module_give_back(&token->module, session);
    *out = found[0];
    return answer;
}

/* The fault of a key that is not there says whether another pair has its name. */
static enum err key_missing(struct token *token, const char *name, struct fault *fault)
{
    ck_object_handle_t handle;
    unsigned long num = 0;
    ck_rv_t answer = handle_search(token, name, (struct bytes){0}, &handle, &num);
    if (answer == CKR_OK && num > 0)
        return fault_set(fault, ERR_DENIED, "key", "%s in this token is of another pair", name);
    return fault_set(fault, ERR_NOT_FOUND, "key", "%s is not in this token", name);
}

static enum err handle_find(struct token *token, const char *name, struct bytes spki,
                            ck_object_handle_t *out, struct fault *fault)
{
    uint8_t id[SHA1_LEN];
    unsigned long num = 0;
    enum err err = key_identifier(spki, id);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "%s has no public key", name);
    ck_rv_t answer = handle_search(token, name, bytes_of(id, sizeof id), out, &num);
    if (answer != CKR_OK)
        return module_fault(fault, ERR_CRYPTO, "key", answer);
    if (num == 0)
        return key_missing(token, name, fault);
    return num == 1 ? ERR_NONE
                    : fault_set(fault, ERR_DENIED, "key", "%s is there more than once", name);
}

static enum err check_stays_inside(struct token *token, ck_object_handle_t handle, const char *name,
                                   struct fault *fault)
{
    ck_session_handle_t session;
    unsigned char was_sensitive = 0, was_inside = 0;
    struct ck_attribute asked[] = {ATTRIBUTE(CKA_ALWAYS_SENSITIVE, was_sensitive),
                                   ATTRIBUTE(CKA_NEVER_EXTRACTABLE, was_inside)};
    if (!module_take(&token->module, &session))
        return ERR_LIMIT;
    ck_rv_t answer =
        token->module.call->C_GetAttributeValue(session, handle, asked, COUNT_OF(asked));
    module_give_back(&token->module, session);
    if (answer != CKR_OK)
        return module_fault(fault, ERR_CRYPTO, "key", answer);
    return was_sensitive && was_inside
               ? ERR_NONE
               : fault_set(fault, ERR_DENIED, "key", "%s could be outside of the token too", name);
}

/* Does the private half belong to the public one? */
static enum err check_pair(const struct private_key *key, const char *name, struct fault *fault)
{
    enum err err = sign_prove(key);
    if (err == ERR_DENIED)
        return fault_set(fault, err, "key", "%s in this token is of another pair", name);
    return err == ERR_NONE ? ERR_NONE : fault_set(fault, err, "key", "%s does not sign", name);
}

static enum err key_wrap(struct token *token, ck_object_handle_t handle,
                         const struct public_key *public, struct private_key **out)
{
    struct private_key *key = calloc(1, sizeof *key);
    struct token_key *own = calloc(1, sizeof *own);
    if (!key || !own || EVP_PKEY_up_ref(public->pkey) != 1) {
        free(key);
        free(own);
        return ERR_MEMORY;
    }
    *own = (struct token_key){token, handle};
    *key = (struct private_key){.place = &in_token, .pkey = public->pkey, .own = own};
    *out = key;
    return ERR_NONE;
}

enum err token_find(struct token *token, const char *name, struct bytes spki,
                    struct private_key **out, struct fault *fault)
{
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct public_key *public CLEANUP_PUBLIC_KEY = NULL;
    ck_object_handle_t handle = 0;
    enum err err = public_key_parse(spki, &public);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "%s has no public key", name);
    err = handle_find(token, name, spki, &handle, fault);
    if (err == ERR_NONE)
        err = check_stays_inside(token, handle, name, fault);
    if (err == ERR_NONE)
        err = key_wrap(token, handle, public, &key);
    if (err == ERR_NONE)
        err = check_pair(key, name, fault);
    if (err == ERR_NONE)
        *out = steal(&key);
    return err;
}
