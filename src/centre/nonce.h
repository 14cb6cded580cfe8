/* Nonces: 16 random bytes for one statement of one card. Each is stored with the application it was
 * given for and counts once; a refused act burns it too. */
#pragma once

#include "centre/act.h"

#define NONCE_SECONDS (15 * 60) /* for an application */
#define NONCE_SECONDS_FREE                                                                         \
    (24 * 60 * 60) /* without one: a card's registration waits for a person */

/* nonce_random fills 16 random bytes; also an application's identity. */
void nonce_random(uint8_t out[static 16]);
/* nonce_give makes one; application 0 for none. */
bool nonce_give(struct act_call *call, int64_t application, uint8_t out[static 16]) MUST_USE;
/* nonce_take uses up call->fields.nonce: refused when it is unknown, was used, is too old, or was
 * given for something else. */
bool nonce_take(struct act_call *call, int64_t application) MUST_USE;
/* nonce_burn uses it up again after a refusal has undone the act's writes. */
enum err nonce_burn(struct act_call *call) MUST_USE;
