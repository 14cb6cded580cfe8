/* Keys in a PKCS#11 token. The folder's file `token` names it, and has the public half of each key:
 * what the token gives must belong to that. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "base/pairs.h"
#include "signer/keys_row.h"

#define TOKEN_FILE "token"

/* docs/PROTOCOL.signer 7 */
struct token_file {
    char module[PATH_MAX], label[TOKEN_LABEL_MAX + 1], files[PATH_MAX];
    struct buffer spkis[NUM_KEYS];
};

static void token_file_init(struct token_file *file)
{
    file->module[0] = file->label[0] = file->files[0] = '\0';
    for (size_t row = 0; row < NUM_KEYS; row++)
        buffer_init(&file->spkis[row], LIMIT_KEY_FILE);
}

static void token_file_done(struct token_file *file)
{
    for (size_t row = 0; row < NUM_KEYS; row++)
        buffer_done(&file->spkis[row]);
}

/* --- making --- */

static void put_pair(struct buffer *text, const char *key, const char *value)
{
    buffer_put_format(text, "%s = %s\n", key, value);
}

static enum err key_create(struct token *token, const struct key_row *row, struct buffer *text,
                           struct fault *fault)
{
    struct buffer spki CLEANUP_BUFFER;
    buffer_init(&spki, LIMIT_KEY_FILE);
    enum err err = token_generate(token, row->type, row->name, &spki, fault);
    if (err != ERR_NONE)
        return err;
    buffer_put_format(text, "%s = ", row->name);
    hex_encode(buffer_bytes(&spki), text);
    buffer_put_u8(text, '\n');
    return buffer_check(text);
}

enum err token_keys_create(const char *folder, enum key_type authority,
                           const struct signer_token *address, const struct secret *pin,
                           struct fault *fault)
{
    char path[PATH_MAX];
    struct token *token CLEANUP_TOKEN = NULL;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = path_join(folder, TOKEN_FILE, path, fault);
    if (err == ERR_NONE)
        err = token_open(address->module, address->label, pin, &token, fault);
    put_pair(&text, "module", address->module);
    put_pair(&text, "label", address->label);
    if (address->files)
        put_pair(&text, "files", address->files);
    for (size_t i = 0; i < NUM_KEYS && err == ERR_NONE; i++) {
        struct key_row row = key_row_of(i, authority);
        err = row.is_first ? key_create(token, &row, &text, fault) : ERR_NONE;
    }
    return err == ERR_NONE ? file_create(path, buffer_bytes(&text), 0600, fault) : err;
}

/* --- opening --- */

static enum err take_text(struct bytes value, char *out, size_t size)
{
    if (out[0] || value.len >= size || memchr(value.data, '\0', value.len))
        return ERR_MALFORMED;
    memcpy(out, value.data, value.len);
    out[value.len] = '\0';
    return ERR_NONE;
}

static enum err take_pair(struct token_file *file, struct bytes key, struct bytes value)
{
    const struct {
        const char *key;
        char *text;
        size_t size;
    } texts[] = {{"module", file->module, sizeof file->module},
                 {"label", file->label, sizeof file->label},
                 {"files", file->files, sizeof file->files}};
    for (size_t i = 0; i < COUNT_OF(texts); i++)
        if (bytes_equal_text(key, texts[i].key))
            return take_text(value, texts[i].text, texts[i].size);
    for (size_t row = 0; row < NUM_KEYS; row++)
        if (bytes_equal_text(key, key_row_of(row, KEY_P256).name))
            return file->spkis[row].len ? ERR_MALFORMED : hex_decode(value, &file->spkis[row]);
    return ERR_MALFORMED;
}

static bool is_complete(const struct token_file *file)
{
    for (size_t row = 0; row < NUM_KEYS; row++)
        if (file->spkis[row].len == 0 && key_row_of(row, KEY_P256).is_first)
            return false;
    return file->module[0] && file->label[0];
}

static enum err token_file_read(const char *folder, struct token_file *out, struct fault *fault)
{
    char path[PATH_MAX];
    struct bytes key, value;
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = path_join(folder, TOKEN_FILE, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &text, fault);
    if (err != ERR_NONE)
        return err;
    fault_name_input(fault, path);
    struct pairs pairs = pairs_of(buffer_bytes(&text));
    while ((err = pairs_next(&pairs, &key, &value, fault)) == ERR_NONE)
        if (take_pair(out, key, value) != ERR_NONE)
            return pairs_complain(&pairs, "token", "not a line of this file", fault);
    if (err != ERR_NOT_FOUND)
        return err;
    return is_complete(out) ? ERR_NONE
                            : fault_set(fault, ERR_MALFORMED, "token", "a line is missing");
}

static enum err key_open(struct signer_keys *keys, size_t i, enum key_type authority,
                         struct bytes spki, struct fault *fault)
{
    struct private_key **key = key_place_of(keys, i);
    struct key_row row = key_row_of(i, authority);
    if (spki.len == 0)
        return ERR_NONE;
    enum err err = token_find(keys->token, row.name, spki, key, fault);
    if (err != ERR_NONE || private_key_type(*key) == row.type)
        return err;
    fault_name_input(fault, row.name);
    return fault_set(fault, ERR_MALFORMED, "key", "not a key of its type");
}

enum err token_keys_open(const char *folder, enum key_type authority, const struct secret *pin,
                         struct signer_keys *out, struct fault *fault)
{
    struct token_file file CLEANUP(token_file_done);
    token_file_init(&file);
    enum err err = token_file_read(folder, &file, fault);
    if (err == ERR_NONE)
        err = token_open(file.module, file.label, pin, &out->token, fault);
    for (size_t row = 0; row < NUM_KEYS && err == ERR_NONE; row++)
        err = key_open(out, row, authority, buffer_bytes(&file.spkis[row]), fault);
    if (err == ERR_NONE)
        memcpy(out->token_files, file.files, sizeof file.files);
    return err;
}

/* The key first, then its line: what a crash leaves between the two is a key that nobody names. */
enum err token_key_add(const char *folder, size_t i, enum key_type authority,
                       struct signer_keys *keys, struct fault *fault)
{
    char path[PATH_MAX];
    struct key_row row = key_row_of(i, authority);
    struct token_file file CLEANUP(token_file_done);
    struct buffer text CLEANUP_BUFFER;
    token_file_init(&file);
    buffer_init(&text, LIMIT_CONFIG_FILE);
    enum err err = path_join(folder, TOKEN_FILE, path, fault);
    if (err == ERR_NONE)
        err = file_read(path, &text, fault);
    if (err == ERR_NONE)
        err = key_create(keys->token, &row, &text, fault);
    if (err == ERR_NONE)
        err = file_replace(path, buffer_bytes(&text), 0600, fault);
    if (err == ERR_NONE)
        err = token_file_read(folder, &file, fault);
    return err == ERR_NONE ? key_open(keys, i, authority, buffer_bytes(&file.spkis[i]), fault)
                           : err;
}

bool token_keys_are_there(const char *folder)
{
    char path[PATH_MAX];
    return path_join(folder, TOKEN_FILE, path, NULL) == ERR_NONE && access(path, F_OK) == 0;
}
