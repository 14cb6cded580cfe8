#include "signer/keys.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/seal.h"
#include "x509/spki.h"

#define RSA_BITS 2048
#define NUM_KEYS 4

/* One row a key: its file, which is also the label of its seal. The type of an authority's key is
 * the site's choice; the others are P-256. */
static const struct {
    const char *name;
    bool is_authority;
    size_t offset;
} rows[NUM_KEYS] = {
    {"authority-signature-1", true, offsetof(struct signer_keys, authority[KIND_SIGNATURE])},
    {"authority-authentication-1", true,
     offsetof(struct signer_keys, authority[KIND_AUTHENTICATION])},
    {"permit-1", false, offsetof(struct signer_keys, permit)},
    {"journal-1", false, offsetof(struct signer_keys, journal)},
};

static enum key_type key_type_of(size_t row, enum key_type authority)
{
    return rows[row].is_authority ? authority : KEY_P256;
}

static struct private_key **key_at(struct signer_keys *keys, size_t row)
{
    return (struct private_key **)(void *)((char *)keys + rows[row].offset);
}

static enum err key_path(const char *folder, size_t row, char path[static PATH_MAX])
{
    int len = snprintf(path, PATH_MAX, "%s/%s.key", folder, rows[row].name);
    return len < 0 || len >= PATH_MAX ? ERR_LIMIT : ERR_NONE;
}

static enum err key_create(const char *folder, size_t row, enum key_type type,
                           const struct secret *passphrase, struct fault *fault)
{
    char path[PATH_MAX];
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret content CLEANUP_SECRET;
    secret_init(&content);
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, LIMIT_KEY_FILE);
    enum err err = key_path(folder, row, path);
    if (err == ERR_NONE)
        err = private_key_generate(type, RSA_BITS, &key);
    if (err == ERR_NONE)
        err = private_key_encode(key, &content);
    if (err == ERR_NONE)
        err = seal_close(passphrase, rows[row].name, secret_bytes(&content), &sealed);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "%s could not be made", rows[row].name);
    return file_create(path, buffer_bytes(&sealed), 0600, fault);
}

enum err signer_keys_create(const char *folder, enum key_type authority,
                            const struct secret *passphrase, struct fault *fault)
{
    enum err err = ERR_NONE;
    for (size_t row = 0; row < NUM_KEYS && err == ERR_NONE; row++)
        err = key_create(folder, row, key_type_of(row, authority), passphrase, fault);
    return err;
}

static enum err key_open(const char *folder, size_t row, enum key_type type,
                         const struct secret *passphrase, struct private_key **out,
                         struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, LIMIT_KEY_FILE);
    struct secret content CLEANUP_SECRET;
    secret_init(&content);
    enum err err = key_path(folder, row, path);
    if (err == ERR_NONE)
        err = file_read(path, &sealed, fault);
    if (err != ERR_NONE)
        return err;
    fault_name_input(fault, path);
    if (seal_open(passphrase, rows[row].name, buffer_bytes(&sealed), &content) != ERR_NONE)
        return fault_set(fault, ERR_CRYPTO, "seal", "wrong passphrase, or the file was changed");
    err = private_key_parse(secret_bytes(&content), out);
    if (err == ERR_NONE && private_key_type(*out) != type)
        err = ERR_MALFORMED; /* *out stands in the caller's keys, who frees them */
    return err == ERR_NONE ? ERR_NONE : fault_set(fault, err, "key", "not a key of its type");
}

enum err signer_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault)
{
    struct signer_keys keys CLEANUP(signer_keys_done) = {0};
    for (size_t row = 0; row < NUM_KEYS; row++) {
        enum err err = key_open(folder, row, key_type_of(row, authority), passphrase,
                                key_at(&keys, row), fault);
        if (err != ERR_NONE)
            return err;
    }
    *out = keys;
    keys = (struct signer_keys){0};
    return ERR_NONE;
}

void signer_keys_done(struct signer_keys *keys)
{
    for (size_t row = 0; row < NUM_KEYS; row++)
        private_key_free(*key_at(keys, row));
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
