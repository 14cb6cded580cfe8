/* Who asks for a login, and the token that carries what a card signed to the site
 * (docs/PROTOCOL.login). What is signed: crypto/login_message; deciding is login's. */
#pragma once

#include "base/bytes.h"

/* Where a site's page finds the resident's agent (docs/PROTOCOL.agent 1): 1, then JPKI on a
 * telephone's keys; below the ports that are given to clients. */
#define LOGIN_AGENT_PORT 15754
#define LOGIN_AGENT      "http://127.0.0.1:15754"

#define LOGIN_NONCE      32 /* bytes, at least 256 bits */
#define LOGIN_ORIGIN_MAX 256
#define LOGIN_TOKEN_MAX  (16 * 1024)

/* login_origin_of_url writes the origin of a URL ("https://host[:port]", lower case, without the
 * default port) into out. ERR_MALFORMED when it has none: another scheme than https, user
 * information, an empty host; plain http only to 127.0.0.1, [::1] and localhost. RFC 6454 4. */
enum err login_origin_of_url(const char *url, char out[static LOGIN_ORIGIN_MAX],
                             struct fault *fault) MUST_USE;

/* The authentication certificate and the signature over the above; both borrowed. */
struct login_token {
    struct bytes cert;
    struct bytes signature;
};

/* Base64 of u32-sized certificate and signature: one form field. */
void login_token_encode(const struct login_token *token, struct buffer *out);
/* login_token_parse decodes into *room, which the parts of *out borrow. Strict: all bytes used. */
enum err login_token_parse(struct bytes text, struct buffer *room, struct login_token *out,
                           struct fault *fault) MUST_USE;
