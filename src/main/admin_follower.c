/* jpki admin follower-add, follower-remove: what their arguments become. */
#include "base/encoding.h"
#include "base/file.h"
#include "base/limits.h"
#include "main/counter.h"

static enum err key_read(const char *path, struct buffer *der, struct fault *fault)
{
    struct buffer text CLEANUP_BUFFER;
    buffer_init(&text, LIMIT_KEY_FILE);
    fault_name_input(fault, path);
    enum err err = file_read(path, &text, fault);
    if (err == ERR_NONE && pem_decode(buffer_bytes(&text), "PUBLIC KEY", der, NULL) != ERR_NONE)
        err = fault_set(fault, ERR_MALFORMED, "PUBLIC KEY", "not PEM, or not a public key");
    return err;
}

int admin_follower_name_key(const struct counter_line *line, json_t *fields)
{
    struct fault fault = {0};
    struct buffer der CLEANUP_BUFFER, hex CLEANUP_BUFFER;
    buffer_init(&der, LIMIT_KEY_FILE);
    buffer_init(&hex, 2 * LIMIT_KEY_FILE + 1);
    if (key_read(line->words[1], &der, &fault) != ERR_NONE)
        return complain_fault(&fault);
    hex_encode(buffer_bytes(&der), &hex);
    json_object_set_new(fields, "key", json_stringn((const char *)hex.data, hex.len));
    return counter_word_name(line, fields);
}
