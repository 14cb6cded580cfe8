/* One block of a push set's layer as bytes: which of at most 65536 positions are members
 * (PROTOCOL.push-set, 2). Private to x509. */
#pragma once

#include "x509/push_set.h"

#define RICE_BLOCK    PUSH_SET_BLOCK
#define RICE_WORDS    (RICE_BLOCK / 64)
#define RICE_INVERTED 0x80
#define RICE_K_MAX    15

/* The members of a block as bits, position 0 the lowest bit of the first word. */
struct rice_block {
    uint64_t words[RICE_WORDS];
    unsigned num; /* positions; bits from there on are zero */
};

unsigned rice_members(const struct rice_block *block);
/* rice_encode appends the shortest form, nothing for a block without members. Returns the number of
 * members. */
unsigned rice_encode(const struct rice_block *block, struct buffer *out);

/* A walk over the coded positions of a block. */
struct rice {
    struct bytes bits;
    size_t at; /* bit */
    unsigned num, next, k;
    bool is_inverted, is_broken;
};

/* rice_begin reads the parameters; *rice is broken when they are none. */
void rice_begin(struct rice *rice, struct bytes coded, unsigned num);
/* rice_next: false at the end, and when the block breaks a rule: is_broken then. */
bool rice_next(struct rice *rice, unsigned *position);
/* rice_has says whether a position is a member. False in a broken block as well. */
bool rice_has(struct bytes coded, unsigned num, unsigned position);
/* rice_decode reads all of a block, strictly. */
enum err rice_decode(struct bytes coded, unsigned num, struct rice_block *out) MUST_USE;
