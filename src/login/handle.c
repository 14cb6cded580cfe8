#include "login/handle.h"

#include <stdlib.h>
#include <string.h>

#include "base/encoding.h"
#include "base/secret.h"
#include "crypto/random.h"

#define HANDLE_LEN ((HANDLE_TEXT - 1) / 2)

struct handle {
    int64_t kept_at;
    uint8_t name[HANDLE_LEN];
    uint8_t *data; /* nonce, then token; NULL: nothing kept here */
    size_t nonce_len, token_len;
};

struct handles {
    size_t max, next;
    struct handle rows[];
};

enum err handles_new(size_t max, struct handles **out)
{
    struct handles *handles = calloc(1, sizeof *handles + max * sizeof(struct handle));
    if (!handles)
        return ERR_MEMORY;
    handles->max = max;
    *out = handles;
    return ERR_NONE;
}

static void handle_forget(struct handle *row)
{
    free(row->data);
    *row = (struct handle){0};
}

void handles_free(struct handles *handles)
{
    if (!handles)
        return;
    for (size_t i = 0; i < handles->max; i++)
        handle_forget(&handles->rows[i]);
    free(handles);
}

enum err handle_keep(struct handles *handles, struct bytes nonce, struct bytes token, int64_t now,
                     char handle[static HANDLE_TEXT])
{
    if (nonce.len > LOGIN_NONCE || token.len > LOGIN_TOKEN_MAX)
        return ERR_LIMIT;
    uint8_t *data = malloc(nonce.len + token.len + 1);
    if (!data)
        return ERR_MEMORY;
    if (nonce.len)
        memcpy(data, nonce.data, nonce.len);
    if (token.len)
        memcpy(data + nonce.len, token.data, token.len);
    struct handle *row = &handles->rows[handles->next];
    handles->next = (handles->next + 1) % handles->max;
    handle_forget(row);
    *row = (struct handle){
        .kept_at = now, .data = data, .nonce_len = nonce.len, .token_len = token.len};
    random_bytes(row->name, sizeof row->name);
    hex_print(row->name, sizeof row->name, handle);
    return ERR_NONE;
}

static struct handle *handle_find(struct handles *handles, const char *handle)
{
    uint8_t name[HANDLE_LEN];
    if (hex_decode_exactly(handle, name, sizeof name) != ERR_NONE)
        return NULL;
    for (size_t i = 0; i < handles->max; i++) {
        struct handle *row = &handles->rows[i];
        if (row->data &&
            secret_equal(bytes_of(name, sizeof name), bytes_of(row->name, sizeof row->name)))
            return row;
    }
    return NULL;
}

/* Appends to both, or to none. */
static enum err handle_copy(const struct handle *row, struct buffer *nonce, struct buffer *token)
{
    size_t nonce_before = nonce->len, token_before = token->len;
    buffer_put(nonce, row->data, row->nonce_len);
    buffer_put(token, row->data + row->nonce_len, row->token_len);
    enum err err = buffer_check(nonce) != ERR_NONE ? buffer_check(nonce) : buffer_check(token);
    if (err != ERR_NONE) {
        buffer_cut(nonce, nonce_before);
        buffer_cut(token, token_before);
    }
    return err;
}

enum err handle_take(struct handles *handles, const char *handle, int64_t now, struct buffer *nonce,
                     struct buffer *token)
{
    struct handle *row = handle_find(handles, handle);
    if (!row)
        return ERR_NOT_FOUND;
    bool in_time = now >= row->kept_at && now - row->kept_at <= HANDLE_SECONDS;
    enum err err = in_time ? handle_copy(row, nonce, token) : ERR_NOT_FOUND;
    handle_forget(row);
    return err;
}
