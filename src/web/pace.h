/* How fast the public may ask: so many at once from one address, then one in so many milliseconds.
 * Addresses of IPv6 are taken together by their first 64 bits. Kept in
 * memory: a new web begins anew. */
#pragma once

#include "http/peer.h"

enum pace_kind {
    PACE_BOOKING,
    PACE_WRONG_CODE,
    PACE_TERMINAL,
    PACE_FEED,
    PACE_WRONG_TOKEN,
    NUM_PACES
};

struct pace;

enum err pace_new(struct pace **out) MUST_USE;
void pace_free(struct pace *pace); /* takes NULL */

/* pace_wait: in how many milliseconds this one may ask again; 0: now. pace_take counts one that was
 * asked. The time is clock_monotonic's. */
int64_t pace_wait(struct pace *pace, struct http_peer peer, enum pace_kind kind, int64_t now);
void pace_take(struct pace *pace, struct http_peer peer, enum pace_kind kind, int64_t now);
