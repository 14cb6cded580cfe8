/* The logins that sites asked for and that the resident has not answered yet. Each is known to the
 * page that shows it by a token: random, of this run, for that one question, good once. The table
 * is a ring: the oldest question makes room. One thread. */
#pragma once

#include "base/limits.h"
#include "client/login.h"

#define QUESTION_TOKEN   65  /* hexadecimal digits and a zero */
#define QUESTION_SECONDS 300 /* a site takes its nonce no longer: PROTOCOL.login 9 */

struct question {
    struct login_page page;
    int64_t asked; /* clock_boot */
};

struct questions {
    size_t next;
    struct {
        struct question question;
        char token[QUESTION_TOKEN];
    } rows[LIMIT_QUESTIONS];
};

/* question_keep keeps a copy and writes the token under which it will be found. */
void question_keep(struct questions *questions, const struct question *question,
                   char token[static QUESTION_TOKEN]);

/* question_take finds one by its token, which is used up by that. ERR_NOT_FOUND: never given out in
 * this run, used, or its question made room; ERR_TIMEOUT: too old. now is of clock_boot. */
enum err question_take(struct questions *questions, struct bytes token, int64_t now,
                       struct question *out) MUST_USE;
