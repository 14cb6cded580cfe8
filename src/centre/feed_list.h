/* A follower's copy of a list. The database has number, times, digest and signature, not the bytes:
 * the map at the list's epoch gives the same ones, which the digest proves. */
#pragma once

#include "centre/crl.h"

enum feed_list_state {
    FEED_LIST_NONE,
    FEED_LIST_WANTED,   /* to be built when the map is at its epoch */
    FEED_LIST_BUILT,    /* waits for its signature */
    FEED_LIST_FINISHED, /* published; or the map was beyond its epoch, and the next list counts */
};

struct feed_list {
    enum feed_list_state state;
    struct crl_row crl;
    int64_t last_this_update; /* of the list before it; 0: none */
    int memfd;                /* of FEED_LIST_BUILT: what was signed */
};
void feed_list_done(struct feed_list *list);

/* feed_list_look reads the last list of an authority, and publishes it when it is built and signed.
 */
enum err feed_list_look(struct centre *centre, enum kind kind, const struct authority *authority,
                        struct feed_list *list, struct fault *fault) MUST_USE;
/* feed_list_build makes the bytes of a wanted list, from the map at its epoch. */
enum err feed_list_build(struct centre *centre, enum kind kind, const struct authority *authority,
                         struct feed_list *list, struct fault *fault) MUST_USE;
