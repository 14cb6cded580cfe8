/* Logging in at a site, the resident's side (docs/PROTOCOL.login): what the site's page asks, what
 * has to be signed, and the way back. Card, PIN and screen are not here: the caller shows the
 * origin, has the digest signed by the authentication key, and comes back with the signature. */
#pragma once

#include "base/login_token.h"
#include "crypto/hash.h"
#include "http/client.h"

#define LOGIN_URL_MAX      HTTP_LOCATION
#define LOGIN_REASON_MAX   64
#define LOGIN_SENTENCE_MAX 512

/* What a page asked. The origin is the one that the page was fetched from, or that the browser
 * told, never what the page says. */
struct login_page {
    char origin[LOGIN_ORIGIN_MAX];
    char return_url[LOGIN_URL_MAX];
    char cookie[HTTP_COOKIE]; /* the session, as to be sent back; "" when the site set none */
    uint8_t nonce[LOGIN_NONCE];
};

/* login_page_fetch asks for the page as JSON. ERR_USAGE: the URL has no origin. ERR_DENIED: the
 * return address has another origin, or none. ERR_PEER: the page is no login page. Other errors are
 * http_fetch's. Nothing is followed. */
enum err login_page_fetch(const char *url, struct login_page *out, struct fault *fault) MUST_USE;

/* login_page_make takes the three from a browser that posted a page's form: the Origin that it
 * wrote itself, and the two fields. ERR_USAGE: not written as an origin of section 1 is; others as
 * above.
 */
enum err login_page_make(const char *origin, const char *nonce, const char *return_url,
                         struct login_page *out, struct fault *fault) MUST_USE;

/* login_page_digest writes the SHA-256 of what the card is to sign. */
void login_page_digest(const struct login_page *page, uint8_t digest[static SHA256_LEN]);

/* Zero is "the site could not tell". */
enum login_outcome { LOGIN_CANNOT_TELL, LOGIN_REFUSED, LOGIN_DONE };

/* What the site answered, made safe to print: no control characters, and "" where it said none. */
struct login_answer {
    enum login_outcome outcome;
    char reason[LOGIN_REASON_MAX];     /* the name of a reason */
    char sentence[LOGIN_SENTENCE_MAX]; /* for people, in the site's words */
};

/* login_page_answer posts the token, takes the 303 and asks for the answer with the session's
 * cookie. ERR_PEER: another answer than docs/PROTOCOL.login has; ERR_DENIED: sent elsewhere. */
enum err login_page_answer(const struct login_page *page, const struct login_token *token,
                           struct login_answer *out, struct fault *fault) MUST_USE;

const char *login_outcome_name(enum login_outcome outcome); /* "cannot-tell", "refused", "done" */
