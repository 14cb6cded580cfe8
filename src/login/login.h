/* The relying side of card login: was this token made with a card, for this site, in this session,
 * now? (docs/PROTOCOL.login, section 7.) The certificate is verify's to judge; here are the
 * challenge, the order of the checks and what the site may know afterwards. */
#pragma once

#include "login/challenge.h"
#include "verify/check.h"

#define LOGIN_KEY       32 /* bytes of a site's pseudonym key */
#define LOGIN_PSEUDONYM (2 * CHECK_PSEUDONYM + 1)

/* A site, for as long as it runs. Everything is borrowed. */
struct login_site {
    const char *origin;           /* as login_origin_of_url writes it */
    const uint8_t *pseudonym_key; /* LOGIN_KEY bytes, the site's own secret */
    struct challenges *challenges;
    const struct authorities *authorities;
    struct check_source source; /* how to come by a status */
};

/* What came back from a browser. */
struct login_attempt {
    struct bytes nonce;   /* decoded */
    struct bytes token;   /* text, as it was posted */
    struct bytes session; /* of the cookie that came with the request */
    int64_t now;          /* the site's clock, seconds */
};

struct login_result {
    enum verdict_answer answer; /* nobody is logged in but by == VERDICT_VALID */
    enum challenge_verdict challenge;
    struct verdict verdict; /* of token and certificate; only when challenge is CHALLENGE_GOOD */
    char pseudonym[LOGIN_PSEUDONYM]; /* hexadecimal; "" unless valid */
};

/* login_check writes one result, whatever comes in. The challenge is used up before anything else
 * is looked at (promise 12); a signature certificate is refused, whatever else is right with it
 * (page:S03). */
void login_check(const struct login_site *site, const struct login_attempt *attempt,
                 struct login_result *out);

/* The reason of a result: "nonce-used", … or one of verify's. Never NULL. */
const char *login_reason_name(const struct login_result *result);
const char *login_reason_sentence(const struct login_result *result, enum language language);
