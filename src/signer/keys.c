#include "signer/keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "crypto/sign.h"
#include "signer/keys_row.h"
#include "x509/spki.h"

/* The generations of one key stand behind each other; the journal key has one. */
enum { SERIES_PERMIT = NUM_KINDS, SERIES_JOURNAL };

static const char *const series[] = {
    [KIND_SIGNATURE] = "authority-signature",
    [KIND_AUTHENTICATION] = "authority-authentication",
    [SERIES_PERMIT] = "permit",
    [SERIES_JOURNAL] = "journal",
};

static size_t row_of(size_t in_series, unsigned generation)
{
    return in_series * SIGNER_GENERATIONS_MAX + generation - 1;
}

struct key_row key_row_of(size_t row, enum key_type authority)
{
    unsigned generation = row % SIGNER_GENERATIONS_MAX + 1;
    size_t own = row / SIGNER_GENERATIONS_MAX;
    struct key_row out = {.is_first = generation == 1,
                          .type = own < NUM_KINDS ? authority : KEY_P256};
    snprintf(out.name, sizeof out.name, "%s-%u", series[own], generation);
    return out;
}

struct private_key **key_place_of(struct signer_keys *keys, size_t row)
{
    size_t own = row / SIGNER_GENERATIONS_MAX, i = row % SIGNER_GENERATIONS_MAX;
    if (own == SERIES_JOURNAL)
        return &keys->journal;
    return own == SERIES_PERMIT ? &keys->permit[i] : &keys->authority[own][i];
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
static enum err generations_count(struct signer_keys *keys, size_t own, unsigned *out,
                                  struct fault *fault)
{
    unsigned num = 0;
    for (unsigned g = 1; g <= SIGNER_GENERATIONS_MAX; g++) {
        bool is_there = *key_place_of(keys, row_of(own, g)) != NULL;
        if (is_there && g != num + 1)
            return fault_set(fault, ERR_NOT_FOUND, "key", "%s-%u is missing", series[own], num + 1);
        num += is_there;
    }
    *out = num;
    return ERR_NONE;
}

static enum err all_count(struct signer_keys *keys, struct fault *fault)
{
    enum err err = generations_count(keys, SERIES_PERMIT, &keys->num_permits, fault);
    for (size_t kind = 0; kind < NUM_KINDS && err == ERR_NONE; kind++)
        err = generations_count(keys, kind, &keys->num_generations[kind], fault);
    return err;
}

/* num: of the generations of its series, one more when it was made. */
static enum err key_add(const char *folder, size_t own, enum key_type authority,
                        const struct secret *passphrase, struct signer_keys *keys, unsigned *num,
                        struct fault *fault)
{
    if (*num == SIGNER_GENERATIONS_MAX)
        return fault_set(fault, ERR_LIMIT, "generation", "there are %d of %s already",
                         SIGNER_GENERATIONS_MAX, series[own]);
    size_t row = row_of(own, *num + 1);
    enum err err = keys->token ? token_key_add(folder, row, authority, keys, fault)
                               : sealed_key_add(folder, row, authority, passphrase, keys, fault);
    if (err == ERR_NONE)
        ++*num;
    return err;
}

enum err signer_keys_add(const char *folder, enum kind kind, enum key_type authority,
                         const struct secret *passphrase, struct signer_keys *keys,
                         struct fault *fault)
{
    return key_add(folder, kind, authority, passphrase, keys, &keys->num_generations[kind], fault);
}

enum err signer_keys_add_permit(const char *folder, const struct secret *passphrase,
                                struct signer_keys *keys, struct fault *fault)
{
    return key_add(folder, SERIES_PERMIT, KEY_P256, passphrase, keys, &keys->num_permits, fault);
}

enum err signer_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault)
{
    struct signer_keys keys CLEANUP(signer_keys_done) = {0};
    enum err err = token_keys_are_there(folder)
                       ? token_keys_open(folder, authority, passphrase, &keys, fault)
                       : sealed_keys_open(folder, authority, passphrase, &keys, fault);
    if (err == ERR_NONE)
        err = all_count(&keys, fault);
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
