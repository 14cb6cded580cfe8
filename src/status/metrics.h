/* Counting what is answered, and telling it to whoever watches (docs/PROTOCOL.status 5). Numbers
 * alone: nothing says about which certificate. */
#pragma once

#include <stdatomic.h>

#include "base/counters.h"
#include "status/responder.h"

struct metrics {
    atomic_uint_fast64_t answers[NUM_RESPONDER_OUTCOMES];
};

void metrics_count(struct metrics *metrics, enum responder_outcome outcome);

struct metrics_facts {
    uint64_t epochs[NUM_KINDS];    /* of the maps */
    uint64_t highest[NUM_KINDS];   /* serials that were ever set */
    uint64_t published[NUM_KINDS]; /* epochs of the published lists */
    int64_t renewal;               /* responder_renewal */
    bool has_feed;                 /* of a follower alone */
    int64_t feed_age;              /* responder_feed_age */
};

/* metrics_put writes them in the text format of Prometheus, version 0.0.4. */
void metrics_put(struct metrics *metrics, const struct metrics_facts *facts, struct buffer *out);
/* metrics_put_counters writes those of commit in the same format. */
void metrics_put_counters(const struct counters *counters, struct buffer *out);
