/* A follower's side of the database: its own maps and published files, kept as the writer's are, by
 * a database user who may only read. docs/PROTOCOL.status 7 says what that is worth.
 *
 * Change rows become visible in the order of their epochs and without gaps: writing transactions
 * come one after the other (store/postgres.c, engine_begin), and each takes its epochs inside. So
 * whoever read to the end has every change that was committed before the reading began. */
#pragma once

#include "centre/feed_list.h"
#include "centre/maps.h"
#include "centre/wish.h"

struct feed_paths {
    const char *database; /* an address of PostgreSQL (store_open) */
    const char *maps[NUM_KINDS];
    const char *synced;
    const char *published;
};

struct feed {
    struct centre centre; /* store, maps, authorities without their keys, paths: no more of it */
    struct feed_list lists[NUM_KINDS][STATUS_GENERATIONS_MAX];
    enum maps_were maps_were;
    struct wish_desk desk;
    bool was_unknown; /* this node's key, when status last asked */
};

/* feed_open connects and brings maps and authorities in line; nothing counts as fresh by that.
 * Errors of store_open for STORE_FOLLOWER; ERR_STATE for another version. feed_done takes what was
 * begun, and a zeroed struct. */
enum err feed_open(const struct feed_paths *paths, struct feed *out, struct fault *fault) MUST_USE;
void feed_done(struct feed *feed);
#define CLEANUP_FEED CLEANUP(feed_done)

/* feed_turn reads what is new, in a bounded part. *is_behind: there is more, go on at once. When
 * there is not, the maps are as fresh as the moment when this turn began, and say so. ERR_STATE:
 * the database was set back. ERR_DENIED: a list is not signed by its authority. */
enum err feed_turn(struct feed *feed, bool *is_behind, struct fault *fault) MUST_USE;

/* feed_answer reads what status wishes on fd, without waiting, and sends the newest certificate of
 * each authority for its key. *is_unknown: the key is not registered. ERR_PEER: what came is none,
 * or the answer is not read. */
enum err feed_answer(struct feed *feed, int fd, bool *is_unknown, struct fault *fault) MUST_USE;
