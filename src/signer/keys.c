#include "signer/keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/sign.h"
#include "signer/keys_row.h"
#include "x509/spki.h"

static const char *const others[] = {"permit-1", "journal-1"};

#define NUM_AUTHORITY_ROWS (NUM_KINDS * SIGNER_GENERATIONS_MAX)

size_t key_row_of_authority(enum kind kind, unsigned generation)
{
    return (size_t)kind * SIGNER_GENERATIONS_MAX + generation - 1;
}

struct key_row key_row_of(size_t row, enum key_type authority)
{
    struct key_row out = {.is_first = true, .type = KEY_P256};
    if (row >= NUM_AUTHORITY_ROWS) {
        snprintf(out.name, sizeof out.name, "%s", others[row - NUM_AUTHORITY_ROWS]);
        return out;
    }
    unsigned generation = row % SIGNER_GENERATIONS_MAX + 1;
    snprintf(out.name, sizeof out.name, "authority-%s-%u",
             kind_name((enum kind)(row / SIGNER_GENERATIONS_MAX)), generation);
    out.is_first = generation == 1;
    out.type = authority;
    return out;
}

struct private_key **key_place_of(struct signer_keys *keys, size_t row)
{
    if (row >= NUM_AUTHORITY_ROWS)
        return row == NUM_AUTHORITY_ROWS ? &keys->permit : &keys->journal;
    return &keys->authority[row / SIGNER_GENERATIONS_MAX][row % SIGNER_GENERATIONS_MAX];
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

/* A key that is missing between two others was lost. */
static enum err generations_count(struct signer_keys *keys, enum kind kind, struct fault *fault)
{
    unsigned num = 0;
    for (unsigned i = 0; i < SIGNER_GENERATIONS_MAX; i++) {
        if (keys->authority[kind][i] && i != num)
            return fault_set(fault, ERR_NOT_FOUND, "key", "authority-%s-%u is missing",
                             kind_name(kind), num + 1);
        num += keys->authority[kind][i] != NULL;
    }
    keys->num_generations[kind] = num;
    return ERR_NONE;
}

enum err signer_keys_add(const char *folder, enum kind kind, enum key_type authority,
                         const struct secret *passphrase, struct signer_keys *keys,
                         struct fault *fault)
{
    unsigned generation = keys->num_generations[kind] + 1;
    if (generation > SIGNER_GENERATIONS_MAX)
        return fault_set(fault, ERR_LIMIT, "generation", "there are %d of %s already",
                         SIGNER_GENERATIONS_MAX, kind_name(kind));
    size_t row = key_row_of_authority(kind, generation);
    enum err err = keys->token ? token_key_add(folder, row, authority, keys, fault)
                               : sealed_key_add(folder, row, authority, passphrase, keys, fault);
    if (err == ERR_NONE)
        keys->num_generations[kind] = generation;
    return err;
}

enum err signer_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault)
{
    struct signer_keys keys CLEANUP(signer_keys_done) = {0};
    enum err err = token_keys_are_there(folder)
                       ? token_keys_open(folder, authority, passphrase, &keys, fault)
                       : sealed_keys_open(folder, authority, passphrase, &keys, fault);
    for (int kind = 0; kind < NUM_KINDS && err == ERR_NONE; kind++)
        err = generations_count(&keys, (enum kind)kind, fault);
    if (err != ERR_NONE)
        return err;
    *out = keys;
    keys = (struct signer_keys){0};
    return ERR_NONE;
}

enum err signer_keys_prove(struct signer_keys *keys, struct fault *fault)
{
    for (size_t row = 0; row < NUM_KEYS; row++) {
        const struct private_key *key = *key_place_of(keys, row);
        enum err err = key ? sign_prove(key) : ERR_NONE;
        if (err != ERR_NONE)
            return fault_set(fault, err, "key", "%s does not sign", key_row_of(row, KEY_P256).name);
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
        private_key_free(*key_place_of(keys, row));
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
