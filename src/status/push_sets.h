/* The push sets that status gives out, one for each authority (and generation), made anew when they
 * are due (PROTOCOL.push-set, 4). */
#pragma once

#include "status/responder.h"

struct push_sets;

enum err push_sets_new(struct responder *responder, struct push_sets **out) MUST_USE; /* borrowed */
void push_sets_free(struct push_sets *sets); /* takes NULL */

/* push_sets_turn makes those that are due; one thread calls it. Before the responder has its
 * certificate there is nothing to do. */
enum err push_sets_turn(struct push_sets *sets, int64_t now, struct fault *fault) MUST_USE;
/* push_sets_open gives a descriptor of the newest set, the caller's to close, and its epoch; -1
 * when there is none yet. Any thread. */
int push_sets_open(struct push_sets *sets, enum kind kind, unsigned generation, uint64_t *epoch);
