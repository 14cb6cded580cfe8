/* What a stranger may post to a site that takes card logins: a form, the token in it, an address.
 * What was read must survive being written again. */
#include "base/login_token.h"
#include "http/form.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_token(struct bytes text)
{
    struct login_token token;
    struct buffer room CLEANUP_BUFFER, again CLEANUP_BUFFER;
    buffer_init(&room, LOGIN_TOKEN_MAX);
    buffer_init(&again, LOGIN_TOKEN_MAX);
    if (login_token_parse(text, &room, &token, NULL) != ERR_NONE)
        return;
    login_token_encode(&token, &again);
    if (!bytes_equal(buffer_bytes(&again), text))
        abort();
}

static void read_origin(const char *url)
{
    char origin[LOGIN_ORIGIN_MAX], again[LOGIN_ORIGIN_MAX];
    if (login_origin_of_url(url, origin, NULL) != ERR_NONE)
        return;
    if (login_origin_of_url(origin, again, NULL) != ERR_NONE || strcmp(origin, again) != 0)
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buffer field CLEANUP_BUFFER, form CLEANUP_BUFFER, again CLEANUP_BUFFER;
    buffer_init(&field, LOGIN_TOKEN_MAX);
    buffer_init(&form, (size_t)4 * LOGIN_TOKEN_MAX);
    buffer_init(&again, LOGIN_TOKEN_MAX);
    read_token(bytes_of(data, size));
    if (http_form_find(bytes_of(data, size), "token", &field) != ERR_NONE)
        return 0;
    read_token(buffer_bytes(&field));
    read_origin(buffer_text(&field));
    http_form_put(&form, "token", buffer_bytes(&field));
    if (http_form_find(buffer_bytes(&form), "token", &again) != ERR_NONE ||
        !bytes_equal(buffer_bytes(&again), buffer_bytes(&field)))
        abort();
    return 0;
}
