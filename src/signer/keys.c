#include "signer/keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/sign.h"
#include "signer/keys_row.h"
#include "x509/spki.h"

const struct key_row key_rows[NUM_KEYS] = {
    {"authority-signature-1", true, offsetof(struct signer_keys, authority[KIND_SIGNATURE])},
    {"authority-authentication-1", true,
     offsetof(struct signer_keys, authority[KIND_AUTHENTICATION])},
    {"permit-1", false, offsetof(struct signer_keys, permit)},
    {"journal-1", false, offsetof(struct signer_keys, journal)},
};

enum key_type key_row_type(size_t row, enum key_type authority)
{
    return key_rows[row].is_authority ? authority : KEY_P256;
}

struct private_key **key_row_of(struct signer_keys *keys, size_t row)
{
    return (struct private_key **)(void *)((char *)keys + key_rows[row].offset);
}

enum err signer_keys_create(const char *folder, enum key_type authority,
                            const struct signer_token *token, const struct secret *passphrase,
                            struct fault *fault)
{
    if (token_keys_are_there(folder))
        return fault_set(fault, ERR_EXISTS, "keys", "they are in a token already");
    return token ? token_keys_create(folder, authority, token, passphrase, fault)
                 : sealed_keys_create(folder, authority, passphrase, fault);
}

enum err signer_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault)
{
    struct signer_keys keys CLEANUP(signer_keys_done) = {0};
    enum err err = token_keys_are_there(folder)
                       ? token_keys_open(folder, authority, passphrase, &keys, fault)
                       : sealed_keys_open(folder, authority, passphrase, &keys, fault);
    if (err != ERR_NONE)
        return err;
    *out = keys;
    keys = (struct signer_keys){0};
    return ERR_NONE;
}

static const struct private_key *key_get(const struct signer_keys *keys, size_t row)
{
    return *(struct private_key *const *)(const void *)((const char *)keys + key_rows[row].offset);
}

enum err signer_keys_prove(const struct signer_keys *keys, struct fault *fault)
{
    for (size_t row = 0; row < NUM_KEYS; row++) {
        enum err err = sign_prove(key_get(keys, row));
        if (err != ERR_NONE)
            return fault_set(fault, err, "key", "%s does not sign", key_rows[row].name);
    }
    return ERR_NONE;
}

enum err signer_keys_check(const struct signer_keys *keys, struct fault *fault)
{
    return keys->token ? token_check(keys->token, fault) : ERR_NONE;
}

void signer_keys_done(struct signer_keys *keys)
{
    for (size_t row = 0; row < NUM_KEYS; row++)
        private_key_free(*key_row_of(keys, row));
    token_free(keys->token);
    *keys = (struct signer_keys){0};
}

enum err signer_key_point(const struct private_key *key, uint8_t point[static SIGNER_POINT_LEN])
{
    struct spki parsed;
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    enum err err = private_key_spki(key, &spki);
    if (err == ERR_NONE)
        err = spki_parse(buffer_bytes(&spki), &parsed, NULL);
    if (err != ERR_NONE)
        return err;
    if (parsed.type != SPKI_P256 || parsed.point.len != SIGNER_POINT_LEN)
        return ERR_UNSUPPORTED;
    memcpy(point, parsed.point.data, SIGNER_POINT_LEN);
    return ERR_NONE;
}
