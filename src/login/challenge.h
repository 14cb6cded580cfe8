/* Challenges of a relying site: a nonce for a browser session, used once, within five minutes of
 * the site's own clock. Bounded: when the table is full the oldest makes room. One thread. */
#pragma once

#include "base/login_token.h"

#define CHALLENGE_SECONDS     300
#define CHALLENGE_SESSION_MAX 64

/* Zero is "never given out here". */
enum challenge_verdict {
    CHALLENGE_UNKNOWN,
    CHALLENGE_USED,
    CHALLENGE_LATE,
    CHALLENGE_OTHER_SESSION,
    CHALLENGE_GOOD
};

struct challenges;

enum err challenges_new(size_t max, struct challenges **out) MUST_USE;
void challenges_free(struct challenges *challenges);

/* challenge_issue gives a fresh nonce to a session; session is the site's own session id, at most
 * CHALLENGE_SESSION_MAX bytes. now: seconds. */
enum err challenge_issue(struct challenges *challenges, struct bytes session, int64_t now,
                         uint8_t nonce[static LOGIN_NONCE]) MUST_USE;

/* challenge_consume uses the nonce up, whatever else goes wrong afterwards (promise 12): call it
 * before the signature is looked at. */
enum challenge_verdict challenge_consume(struct challenges *challenges, struct bytes nonce,
                                         struct bytes session, int64_t now);

const char *challenge_verdict_name(enum challenge_verdict verdict);
