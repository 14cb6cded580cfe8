/* Handles: what a login posted to the site from elsewhere is kept under for a minute, until the
 * browser comes back with its cookie (docs/PROTOCOL.login, section 5). Nothing is checked here.
 * Bounded: when the table is full the oldest makes room. One thread. */
#pragma once

#include "base/login_token.h"

#define HANDLE_SECONDS 60
#define HANDLE_TEXT    65 /* 64 hexadecimal digits and a zero */

struct handles;

enum err handles_new(size_t max, struct handles **out) MUST_USE;
void handles_free(struct handles *handles); /* takes NULL */

/* handle_keep copies nonce and token, as they were posted, and gives the handle, which may stand in
 * a URL. ERR_LIMIT: longer than LOGIN_NONCE or LOGIN_TOKEN_MAX. now: seconds. */
enum err handle_keep(struct handles *handles, struct bytes nonce, struct bytes token, int64_t now,
                     char handle[static HANDLE_TEXT]) MUST_USE;

/* handle_take appends what was kept and forgets it. ERR_NOT_FOUND when the handle is unknown, was
 * taken before or is older than HANDLE_SECONDS; ERR_LIMIT by the caps, and then it is gone too. */
enum err handle_take(struct handles *handles, const char *handle, int64_t now, struct buffer *nonce,
                     struct buffer *token) MUST_USE;
