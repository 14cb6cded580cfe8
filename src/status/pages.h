/* The addresses that status answers. */
#pragma once

#include "http/server.h"
#include "status/metrics.h"
#include "status/push_sets.h"
#include "status/responder.h"

struct pages {
    struct responder *responder;
    struct push_sets *push_sets;
    const char *published;                /* folder */
    const struct status_map *const *maps; /* of both kinds */
    struct metrics metrics;
    const struct counters *counters; /* commit's; NULL: none */
};

/* pages must outlive the server. */
enum err pages_start(struct pages *pages, int listening, unsigned num_threads,
                     struct http_server **out) MUST_USE;
