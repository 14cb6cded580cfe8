#include "base/login_token.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/encoding.h"
#include "base/limits.h"

static const struct {
    const char *prefix, *default_port;
    bool loopback_only;
} schemes[] = {{"https://", ":443", false}, {"http://", ":80", true}};

static bool is_loopback(const char *host, size_t len)
{
    static const char *const names[] = {"127.0.0.1", "[::1]", "localhost"};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (strlen(names[i]) == len && memcmp(host, names[i], len) == 0)
            return true;
    return false;
}

static bool is_authority_character(char c)
{
    return isalnum((unsigned char)c) || strchr(".-:[]", c);
}

/* Length of the host before an optional ":port"; 0 when there is none or the port is no number. */
static size_t host_len(const char *authority, size_t len)
{
    const char *close = authority[0] == '[' ? memchr(authority, ']', len) : NULL;
    const char *from = close ? close : authority;
    const char *colon = memchr(from, ':', len - (size_t)(from - authority));
    if (!colon)
        return len;
    size_t digits = len - (size_t)(colon - authority) - 1;
    if (digits < 1 || digits > 5 || strspn(colon + 1, "0123456789") < digits)
        return 0;
    return (size_t)(colon - authority);
}

enum err login_origin_of_url(const char *url, char out[static LOGIN_ORIGIN_MAX],
                             struct fault *fault)
{
    const char *rule = "RFC 6454 4";
    for (size_t i = 0; i < COUNT_OF(schemes); i++) {
        size_t prefix = strlen(schemes[i].prefix);
        if (strncasecmp(url, schemes[i].prefix, prefix) != 0)
            continue;
        size_t len = strcspn(url + prefix, "/?#");
        if (prefix + len >= LOGIN_ORIGIN_MAX)
            return fault_set(fault, ERR_LIMIT, rule, "longer than %d bytes", LOGIN_ORIGIN_MAX - 1);
        char origin[LOGIN_ORIGIN_MAX];
        snprintf(origin, sizeof origin, "%s%.*s", schemes[i].prefix, (int)len, url + prefix);
        for (char *c = origin + prefix; *c; c++) {
            if (!is_authority_character(*c))
                return fault_set(fault, ERR_MALFORMED, rule, "a character that no host has");
            *c = (char)tolower((unsigned char)*c);
        }
        size_t host = host_len(origin + prefix, len);
        if (host == 0)
            return fault_set(fault, ERR_MALFORMED, rule, "no host, or no proper port");
        if (schemes[i].loopback_only && !is_loopback(origin + prefix, host))
            return fault_set(fault, ERR_MALFORMED, "https", "plain http is for loopback alone");
        if (strcmp(origin + prefix + host, schemes[i].default_port) == 0)
            origin[prefix + host] = '\0';
        memcpy(out, origin, strlen(origin) + 1);
        return ERR_NONE;
    }
    return fault_set(fault, ERR_MALFORMED, rule, "neither https nor http");
}

void login_token_encode(const struct login_token *token, struct buffer *out)
{
    struct buffer plain CLEANUP_BUFFER;
    buffer_init(&plain, LOGIN_TOKEN_MAX);
    buffer_put_sized(&plain, token->cert);
    buffer_put_sized(&plain, token->signature);
    if (buffer_check(&plain) != ERR_NONE)
        out->failed = buffer_check(&plain);
    else
        base64_encode(buffer_bytes(&plain), out);
}

enum err login_token_parse(struct bytes text, struct buffer *room, struct login_token *out,
                           struct fault *fault)
{
    const char *rule = "PROTOCOL.login token";
    fault_name_input(fault, "login token");
    if (text.len > LOGIN_TOKEN_MAX)
        return fault_set(fault, ERR_LIMIT, rule, "longer than %d bytes", LOGIN_TOKEN_MAX);
    buffer_cut(room, 0);
    if (base64_decode(text, room) != ERR_NONE)
        return fault_set(fault, ERR_MALFORMED, rule, "not base64");
    struct login_token token;
    struct reader reader = reader_of(buffer_bytes(room));
    if (!reader_sized(&reader, &token.cert) || !reader_sized(&reader, &token.signature) ||
        !reader_is_done(&reader))
        return fault_set(fault, ERR_MALFORMED, rule, "not two sized parts");
    if (token.cert.len == 0 || token.cert.len > LIMIT_CERTIFICATE || token.signature.len == 0)
        return fault_set(fault, ERR_LIMIT, rule, "a part of impossible length");
    *out = token;
    return ERR_NONE;
}
