/* Keys in files of the folder, each sealed under the passphrase. */
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "crypto/seal.h"
#include "signer/keys_row.h"

#define RSA_BITS 2048

static enum err sealed_path(const char *folder, const struct key_row *row,
                            char path[static PATH_MAX], struct fault *fault)
{
    char name[64];
    snprintf(name, sizeof name, "%s.key", row->name);
    return path_join(folder, name, path, fault);
}

static enum err key_create(const char *folder, const struct key_row *row, struct seal *seal,
                           struct fault *fault)
{
    char path[PATH_MAX];
    struct private_key *key CLEANUP_PRIVATE_KEY = NULL;
    struct secret content CLEANUP_SECRET;
    secret_init(&content);
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, LIMIT_KEY_FILE);
    enum err err = sealed_path(folder, row, path, fault);
    if (err == ERR_NONE)
        err = private_key_generate(row->type, RSA_BITS, &key);
    if (err == ERR_NONE)
        err = private_key_encode(key, &content);
    if (err == ERR_NONE)
        err = seal_close(seal, row->name, secret_bytes(&content), &sealed);
    if (err != ERR_NONE)
        return fault_set(fault, err, "key", "%s could not be made", row->name);
    if (access(path, F_OK) == 0)
        return fault_set(fault, ERR_EXISTS, "key", "%s is there already", row->name);
    return file_replace(path, buffer_bytes(&sealed), 0600, fault); /* whole, or not at all */
}

enum err sealed_keys_create(const char *folder, enum key_type authority,
                            const struct secret *passphrase, struct fault *fault)
{
    struct seal seal CLEANUP_SEAL;
    seal_init(&seal, passphrase);
    enum err err = ERR_NONE;
    for (size_t i = 0; i < NUM_KEYS && err == ERR_NONE; i++) {
        struct key_row row = key_row_of(i, authority);
        err = row.is_first ? key_create(folder, &row, &seal, fault) : ERR_NONE;
    }
    return err;
}

static enum err key_open(const char *folder, const struct key_row *row, struct seal *seal,
                         struct private_key **out, struct fault *fault)
{
    char path[PATH_MAX];
    struct buffer sealed CLEANUP_BUFFER;
    buffer_init(&sealed, LIMIT_KEY_FILE);
    struct secret content CLEANUP_SECRET;
    secret_init(&content);
    enum err err = sealed_path(folder, row, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &sealed, fault);
    if (err == ERR_NOT_FOUND && !row->is_first)
        return ERR_NONE;
    if (err != ERR_NONE)
        return err;
    fault_name_input(fault, path);
    if (seal_open(seal, row->name, buffer_bytes(&sealed), &content) != ERR_NONE)
        return fault_set(fault, ERR_CRYPTO, "seal", "wrong passphrase, or the file was changed");
    err = private_key_parse(secret_bytes(&content), out);
    if (err == ERR_NONE && private_key_type(*out) != row->type)
        err = ERR_MALFORMED; /* *out stands in the caller's keys, who frees them */
    return err == ERR_NONE ? ERR_NONE : fault_set(fault, err, "key", "not a key of its type");
}

enum err sealed_keys_open(const char *folder, enum key_type authority,
                          const struct secret *passphrase, struct signer_keys *out,
                          struct fault *fault)
{
    struct seal seal CLEANUP_SEAL;
    seal_init(&seal, passphrase);
    enum err err = ERR_NONE;
    for (size_t i = 0; i < NUM_KEYS && err == ERR_NONE; i++) {
        struct key_row row = key_row_of(i, authority);
        err = key_open(folder, &row, &seal, key_place_of(out, i), fault);
    }
    return err;
}

enum err sealed_key_add(const char *folder, size_t i, enum key_type authority,
                        const struct secret *passphrase, struct signer_keys *keys,
                        struct fault *fault)
{
    struct key_row row = key_row_of(i, authority);
    struct seal seal CLEANUP_SEAL;
    seal_init(&seal, passphrase);
    enum err err = key_create(folder, &row, &seal, fault);
    return err == ERR_NONE ? key_open(folder, &row, &seal, key_place_of(keys, i), fault) : err;
}
